"""The server's end: at once for open streams, at once when asked twice, and without a second signal."""

import signal
import socket
import threading

import httpx
import pytest

from musings.api.broadcast import Broadcaster
from musings.api.server import HttpServer, make_server
from musings.commands.serve import listening_socket
from musings.config.settings import Settings
from musings.store.database import Database
from tests.conftest import MakeSettings


@pytest.fixture
def served(make_settings: MakeSettings) -> Settings:
    return make_settings(server={"port": 0})


def test_a_signal_is_remembered_and_not_raised_again(served: Settings, database: Database) -> None:
    server = make_server(served, database)
    server.handle_exit(signal.SIGTERM, None)
    assert (server.should_exit, server.force_exit, server.stopped_by) == (True, False, signal.SIGTERM)


def test_asked_twice_it_ends_at_once(served: Settings, database: Database) -> None:
    server = make_server(served, database)
    server.handle_exit(signal.SIGINT, None)
    server.handle_exit(signal.SIGINT, None)
    assert server.force_exit


def test_it_serves_until_it_is_asked_and_ends_its_streams(served: Settings, database: Database) -> None:
    server = make_server(served, database)
    with listening_socket(served) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            with httpx.Client(timeout=10) as client, client.stream("GET", f"{address}/api/events") as stream:
                lines = stream.iter_lines()
                assert next(lines)
                server.should_exit = True
                list(lines)  # ends: nobody has to hang up first
        finally:
            server.should_exit = True
            thread.join(10)
        assert not thread.is_alive()
    with pytest.raises(OSError):
        socket.create_connection(listener_address(address), timeout=5)


def listener_address(address: str) -> tuple[str, int]:
    return "127.0.0.1", int(address.rpartition(":")[2])


def test_no_header_tells_which_server_this_is(served: Settings, database: Database) -> None:
    server: HttpServer = make_server(served, database)
    assert server.config.server_header is False
    assert isinstance(server.broadcaster, Broadcaster)
