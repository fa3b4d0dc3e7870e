"""Several servers asked at once: the slow one holds up nobody."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from musings.errors import Cancelled, UserFault
from musings.makers.comfyui.asking import ask_all
from musings.makers.comfyui.client import ComfyServer


@pytest.fixture
def servers() -> Iterator[list[ComfyServer]]:
    """Nobody asks them over the network: the questions here answer by themselves."""
    with ExitStack() as stack:
        yield [stack.enter_context(ComfyServer(f"http://127.0.0.1:{port}")) for port in (1, 2, 3)]


def test_answers_come_in_the_order_of_the_servers(servers: list[ComfyServer]) -> None:
    found = ask_all(servers, lambda server: server.url[-1], enough=lambda _: False, grace_seconds=0)
    assert found == ["1", "2", "3"]


def test_what_a_question_raises_is_its_servers_answer(servers: list[ComfyServer]) -> None:
    def ask(server: ComfyServer) -> str:
        if server.url.endswith("2"):
            raise UserFault("no")
        return "yes"

    first, second, third = ask_all(servers, ask, enough=lambda _: False, grace_seconds=0)
    assert (first, third) == ("yes", "yes")
    assert isinstance(second, UserFault)


def test_once_one_is_enough_the_others_are_not_waited_for(servers: list[ComfyServer]) -> None:
    hanging = threading.Event()

    def ask(server: ComfyServer) -> str:
        if server.url.endswith("3"):
            hanging.wait()
        return server.url[-1]

    try:
        assert ask_all(servers, ask, enough=lambda each: each == "1", grace_seconds=0.3) == ["1", "2", None]
    finally:
        hanging.set()


def test_an_answer_that_is_not_enough_waits_for_all(servers: list[ComfyServer]) -> None:
    others, done = threading.Barrier(2), []

    def ask(server: ComfyServer) -> str:
        if not server.url.endswith("1"):
            others.wait(10)  # both of them, after the first has answered
            done.append(server.url)
        return server.url[-1]

    assert ask_all(servers, ask, enough=lambda each: each == "4", grace_seconds=0) == ["1", "2", "3"]
    assert len(done) == 2


def test_whoever_waits_can_be_stopped(servers: list[ComfyServer]) -> None:
    hanging = threading.Event()

    def check() -> None:
        raise Cancelled("enough")

    try:
        with pytest.raises(Cancelled):
            ask_all(servers, lambda _: hanging.wait(), enough=bool, grace_seconds=60, check=check)
    finally:
        hanging.set()


def test_no_server_is_no_answer() -> None:
    assert ask_all([], lambda server: server.url, enough=bool, grace_seconds=0) == []
