"""Servers that drip: every read is short, all together are bounded."""

import gc
import socket
import time
import weakref
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import httpcore
import httpx
import pytest

from musings.errors import PassingFault, UnreachableError
from musings.makers.comfyui import fetching
from musings.makers.comfyui.client import ComfyServer
from musings.makers.comfyui.fetching import fetch
from musings.makers.comfyui.outputs import OutputFile
from musings.makers.comfyui.timed_reads import OpenStreams, TimedStream, TimedTransport
from tests.campaigns.hostile import Behaviour, HostileServer, Right, drips_its_body, drips_its_head

CHUNKED = b"HTTP/1.1 200 OK\r\ncontent-type: image/png\r\ntransfer-encoding: chunked\r\n\r\n"


def dripping(first: bytes, piece: bytes) -> Behaviour:
    """Sends ``first`` at once, then ``piece`` again and again."""

    def behaviour(connection: socket.socket, right: Right) -> None:
        connection.sendall(first)
        while True:
            connection.sendall(piece)
            time.sleep(0.02)  # the fault itself, not a wait for something

    return behaviour


DRIPS: dict[str, Behaviour] = {
    "its head": drips_its_head,
    "its first line": dripping(b"HTTP/1.1 200 ", b"O"),
    "heads before the head": dripping(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    "the length of a chunk": dripping(CHUNKED + b"5;a=", b"b"),
    "its body": drips_its_body,
}


@pytest.mark.parametrize("name", DRIPS)
def test_an_answer_that_drips_is_given_up(name: str) -> None:
    with HostileServer() as hostile, ComfyServer(hostile.url, head_seconds=0.5, most_answer_seconds=0.5) as server:
        hostile.behaviours["queue"] = DRIPS[name]
        with pytest.raises(UnreachableError, match=r"a few bytes at a time|longer than 0\.5 s"):
            server.queue()
        hostile.heal()
        assert server.queue().pending == (), "and the next answer counts again"


@pytest.mark.parametrize("name", DRIPS)
def test_a_file_that_drips_is_given_up(tmp_path: Path, name: str) -> None:
    output = OutputFile("2", "images", "a.png")
    with (
        HostileServer() as hostile,
        ComfyServer(hostile.url, head_seconds=0.5) as server,
        mock.patch.object(fetching, "MOST_PIECE_SECONDS", 0.5),
    ):
        hostile.behaviours["view"] = DRIPS[name]
        with pytest.raises(PassingFault, match="a few bytes at a time"):
            fetch(server, output, tmp_path / "a.png", tries=1)
        assert not list(tmp_path.iterdir()), "nothing of it is left"
        hostile.heal()
        assert fetch(server, output, tmp_path / "a.png").size > 0


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def stream(pieces: list[bytes], before_each: Callable[[], None], clock: Clock) -> TimedStream:
    """What reads ``pieces``, with something that happens before each."""

    class Inner(httpcore.MockStream):
        def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
            before_each()
            return super().read(max_bytes, timeout)

    return TimedStream(Inner(pieces), 10.0, clock, OpenStreams())


def test_a_server_may_think_before_it_answers() -> None:
    """A busy ComfyUI takes long for its first byte; that is bounded by the time of a single read alone."""
    clock = Clock()
    timed = stream([b"HTTP/1.1 200 OK\r\n", b"a: b\r\n\r\n"], lambda: setattr(clock, "seconds", 100.0), clock)
    timed.write(b"GET / HTTP/1.1\r\n\r\n")
    assert timed.read(100) == b"HTTP/1.1 200 OK\r\n"
    assert timed.read(100) == b"a: b\r\n\r\n"


def test_each_question_and_each_piece_has_its_own_time() -> None:
    clock = Clock()

    def pass_six_seconds() -> None:
        clock.seconds += 6.0

    timed = stream([b"a", b"b", b"c", b"d", b"e", b"f", b"g"], pass_six_seconds, clock)
    timed.write(b"a question")
    assert timed.read(1) + timed.read(1) == b"ab"
    timed.write(b"another one")
    assert timed.read(1) + timed.read(1) == b"cd"
    timed.allow(None)
    assert timed.read(1) + timed.read(1) == b"ef", "what nobody bounds takes its time"
    timed.allow(5.0)
    assert timed.read(1) == b"g"


def test_what_takes_too_long_in_all_is_a_timeout() -> None:
    clock = Clock()

    def pass_six_seconds() -> None:
        clock.seconds += 6.0

    timed = stream([b"a", b"b", b"c"], pass_six_seconds, clock)
    timed.write(b"a question")
    assert timed.read(1) + timed.read(1) == b"ab"
    with pytest.raises(httpcore.ReadTimeout, match="for longer than 10 s"):
        timed.read(1)


def backend(transport: TimedTransport) -> httpcore.NetworkBackend:
    found: httpcore.NetworkBackend = transport._pool._network_backend
    return found


def test_what_another_thread_is_just_opening_is_closed_with_the_client() -> None:
    """The pool does not know of it before its request begins, nor once it has been closed."""
    with HostileServer() as hostile:
        port = int(hostile.url.rpartition(":")[2])
        transport = TimedTransport(None, httpx.Limits())
        opened = backend(transport).connect_tcp("127.0.0.1", port)
        socket_of_it = opened.get_extra_info("socket")
        transport.close()
        assert socket_of_it.fileno() == -1
        with pytest.raises(httpcore.ReadError):
            opened.read(1)
        with pytest.raises(httpcore.ConnectError, match="was closed while it connected"):
            backend(transport).connect_tcp("127.0.0.1", port)


def test_a_stream_that_ended_is_not_kept() -> None:
    with HostileServer() as hostile:
        transport = TimedTransport(None, httpx.Limits())
        stream = backend(transport).connect_tcp("127.0.0.1", int(hostile.url.rpartition(":")[2]))
        stream.close()
        gone = weakref.ref(stream)
        del stream
        gc.collect()
        assert gone() is None
        transport.close()
