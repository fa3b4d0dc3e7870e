"""Looking after a server: whether it answers, and the jobs on it that nobody wants any more."""

import threading
from collections.abc import Callable, Iterator

import pytest

from fake_comfyui.server import FakeComfy
from musings.makers.comfyui.client import ComfyServer
from musings.makers.comfyui.tending import Tender
from tests.musings.makers.comfyui.graphs import painting
from tests.waiting import until

SELDOM = 600.0
Told = list[Exception | None]


@pytest.fixture
def tended(server: ComfyServer) -> Iterator[tuple[Tender, Told]]:
    told: Told = []
    tender = Tender(server, told.append)
    yield tender, told
    tender.close()


@pytest.fixture
def running(fake: FakeComfy, server: ComfyServer) -> Callable[[], str]:
    """Starts a job that lasts."""
    fake.pace.step = 0.2

    def start() -> str:
        graph = painting()
        graph["3"]["inputs"]["steps"] = 100
        server.submit(graph, prompt_id="a-job", client_id="us")
        until(lambda: server.queue().running == ("a-job",))
        return "a-job"

    return start


def test_a_job_is_taken_away_at_once_however_seldom_it_looks(
    server: ComfyServer, tended: tuple[Tender, Told], running: Callable[[], str]
) -> None:
    tender, told = tended
    tender.start(SELDOM)
    until(lambda: told == [None])
    job = running()
    tender.leave(job)
    until(lambda: not tender.has_left(job))
    assert server.queue().running == ()


def test_it_ends_at_once_however_seldom_it_looks(tended: tuple[Tender, Told]) -> None:
    tender, told = tended
    before = set(threading.enumerate())
    tender.start(SELDOM)
    until(lambda: told == [None])
    tender.close()
    until(lambda: not any(each.name == "comfy-tender" for each in set(threading.enumerate()) - before))


def test_a_server_that_does_not_serve_is_told_and_keeps_its_job(tended: tuple[Tender, Told], fake: FakeComfy) -> None:
    tender, told = tended
    fake.faults.on("http-503")
    tender.leave("a-job")
    tender.start(SELDOM)
    until(lambda: told)
    assert told[0] is not None
    assert tender.has_left("a-job")
