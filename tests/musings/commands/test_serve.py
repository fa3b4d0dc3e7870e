"""`musings serve`: the door is refused where nobody could log in, and the port is taken at once or not at all."""

import socket

import pytest

from musings.commands.serve import listening_socket, refuse_open_door
from musings.errors import ConfigError, MusingsError
from musings.security import passwords
from musings.store.access import owner
from musings.store.database import Database
from tests.conftest import MakeSettings

OPEN = {"host": "0.0.0.0", "port": 0}


def test_an_open_door_without_a_key_is_refused_with_three_ways_out(
    make_settings: MakeSettings, database: Database
) -> None:
    with pytest.raises(ConfigError) as refused:
        refuse_open_door(make_settings(server=OPEN), database)
    assert "nobody could log in" in str(refused.value)
    for way in ("musings token password", "musings token create NAME", "security.require_auth"):
        assert way in (refused.value.hint or "")


def test_a_password_or_the_owners_word_opens_it(make_settings: MakeSettings, database: Database) -> None:
    refuse_open_door(make_settings(server=OPEN, security={"require_auth": False}), database)
    database.writing(owner.set_password, passwords.hashed("a long enough password"))
    refuse_open_door(make_settings(server=OPEN), database)


def test_this_machine_alone_needs_no_key(make_settings: MakeSettings, database: Database) -> None:
    refuse_open_door(make_settings(server={"port": 0}), database)
    refuse_open_door(
        make_settings(server={"port": 0}, security={"require_auth": True}), database
    )  # a warning is enough


def test_the_socket_listens_and_frees_the_port(make_settings: MakeSettings) -> None:
    with listening_socket(make_settings(server={"port": 0})) as listener:
        address = listener.getsockname()
        with socket.create_connection(address, timeout=5):
            pass
    with pytest.raises(OSError):
        socket.create_connection(address, timeout=5)


def test_a_port_that_is_taken_is_told(make_settings: MakeSettings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(MusingsError, match=f"port {port}") as refused:
            listening_socket(make_settings(server={"port": port}))
    assert "--port" in (refused.value.hint or "")


def test_an_address_of_ipv6_is_one(make_settings: MakeSettings) -> None:
    if not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    try:
        listener = listening_socket(make_settings(server={"host": "::1", "port": 0}))
    except MusingsError:
        pytest.skip("no IPv6 here")
    with listener:
        assert listener.family is socket.AF_INET6
