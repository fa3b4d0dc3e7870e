"""Bytes over httpx: both wires say the same of what goes wrong, and a token stays with its host."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from musings.remote.connection import Connection
from musings.remote.wire import NoReply, ServerRequest, StreamRefused, completed
from musings.remote.wires import AsyncWire, BlockingWire
from tests.musings.api.conftest import Api
from tests.musings.remote.between import Fault, between
from tests.ports import free_port

Doing = Callable[[Any], Awaitable[Any]]


def by_blocking(connection: Connection, doing: Doing) -> Any:
    wire = BlockingWire(connection)
    try:
        return completed(doing(wire))  # type: ignore[arg-type]
    finally:
        wire.close()


def by_loop(connection: Connection, doing: Doing) -> Any:
    async def run() -> Any:
        wire = AsyncWire(connection)
        try:
            return await doing(wire)
        finally:
            await wire.close()

    return asyncio.run(run())


BOTH = pytest.mark.parametrize("by", [by_blocking, by_loop])


@BOTH
def test_no_reply_says_whether_it_was_sent(by: Callable[..., Any], staffed_api: Api) -> None:
    health = ServerRequest("GET", "/health")
    with pytest.raises(NoReply) as caught:
        by(Connection(f"http://127.0.0.1:{free_port()}"), lambda wire: wire.ask(health))
    assert caught.value.sent is False
    with between(staffed_api.address, Fault("/health", lost=True)) as way, pytest.raises(NoReply) as caught:
        by(Connection(way.url), lambda wire: wire.ask(health))
    assert caught.value.sent is True


@BOTH
def test_a_file_is_saved_and_a_refusal_is_not(by: Callable[..., Any], staffed_api: Api, tmp_path: Path) -> None:
    saved = by(Connection(staffed_api.address), lambda wire: wire.save(ServerRequest("GET", "/health"), tmp_path / "a"))
    assert (saved.status, saved.content) == (200, b"")
    assert (tmp_path / "a").read_bytes().startswith(b'{"status"')
    gone = ServerRequest("GET", "/api/artifacts/999999")
    refused = by(Connection(staffed_api.address), lambda wire: wire.save(gone, tmp_path / "b"))
    assert (refused.status, (tmp_path / "b").exists()) == (404, False)


@BOTH
def test_what_is_no_stream_is_refused(by: Callable[..., Any], staffed_api: Api) -> None:
    async def first(wire: Any) -> None:
        async for _ in wire.listen(ServerRequest("GET", "/health"), 5):
            return

    with pytest.raises(StreamRefused) as caught:
        by(Connection(staffed_api.address), first)
    assert caught.value.answer.status == 200


@BOTH
def test_the_token_does_not_follow_to_another_host(by: Callable[..., Any], staffed_api: Api) -> None:
    with between(staffed_api.address) as other:
        target = other.url.replace("127.0.0.1", "localhost") + "/health"
        with between(other.url, Fault("/file", status=307, headers={"location": target})) as way:
            connection = Connection(way.url, "mus_secret")
            assert by(connection, lambda wire: wire.ask(ServerRequest("GET", "/file"))).status == 200
        assert way.seen[0][2]["authorization"] == "Bearer mus_secret"
        assert "authorization" not in other.seen[0][2]
