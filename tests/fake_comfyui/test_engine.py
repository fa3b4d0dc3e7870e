"""The queue of the fake: whose turn it is, and what one copy, one interrupt and one restart do."""

import gc
import logging
from typing import Any

import httpx
import pytest

from fake_comfyui.server import FakeComfy
from tests.contract import watch
from tests.musings.makers.comfyui.graphs import painting, picture
from tests.waiting import until


def ask(fake: FakeComfy, path: str) -> httpx.Response:
    return httpx.get(f"{fake.url}{path}", trust_env=False)


def waiting(fake: FakeComfy) -> list[str]:
    return [item[1] for item in ask(fake, "/queue").json()["queue_pending"]]


def test_whose_turn_it_is(fake: FakeComfy) -> None:
    fake.faults.on("wedged-worker")
    posted: dict[str, dict[str, Any]] = {
        "a": {},
        "b": {},
        "first": {"front": True},
        "between": {"number": 0.5},
        "last": {},
    }
    numbers = [
        watch.post(fake.url, picture(color=color), prompt_id=name, **more).json()["number"]
        for color, (name, more) in enumerate(posted.items())
    ]
    assert numbers == [0, 1, -2, 0.5, 4]
    assert waiting(fake) == ["first", "a", "between", "b", "last"]
    fake.faults.off()
    until(lambda: len(ask(fake, "/history").json()) == 5)
    assert list(ask(fake, "/history").json()) == ["first", "a", "between", "b", "last"]


def test_of_two_copies_one_is_deleted_at_a_time(fake: FakeComfy) -> None:
    fake.faults.on("wedged-worker")
    fake.faults.on("duplicated-ids")
    watch.post(fake.url, picture(), prompt_id="twin")
    assert waiting(fake) == ["twin", "twin"]
    for left in (["twin"], [], []):
        httpx.post(f"{fake.url}/queue", json={"delete": ["twin"]}, trust_env=False)
        assert waiting(fake) == left


def test_a_repeated_id_moves_to_the_end_of_the_history(fake: FakeComfy) -> None:
    for name in ("a", "b", "a"):
        before = fake.counts.executions[name]
        watch.post(fake.url, picture(), prompt_id=name)
        until(lambda name=name, before=before: fake.counts.executions[name] > before)  # type: ignore[misc]
        until(lambda: not ask(fake, "/prompt").json()["exec_info"]["queue_remaining"])
    assert list(ask(fake, "/history").json()) == ["b", "a"]
    assert fake.counts.executions == {"a": 2, "b": 1}


def test_an_interrupt_that_is_lost_leaves_the_job_running(fake: FakeComfy) -> None:
    fake.faults.on("interrupt-lost-first")
    fake.pace.step = 0.02
    watch.post(fake.url, painting(steps=10_000), prompt_id="long")
    until(lambda: fake.counts.executions["long"])
    httpx.post(f"{fake.url}/interrupt", json={"prompt_id": "long"}, trust_env=False)
    assert ask(fake, "/history").json() == {}
    httpx.post(f"{fake.url}/interrupt", trust_env=False)
    until(lambda: ask(fake, "/history/long").json())
    messages = dict(ask(fake, "/history/long").json()["long"]["status"]["messages"])
    assert "execution_interrupted" in messages
    assert fake.counts.interrupts == {"long": 2}


def test_an_interrupt_ends_one_job_and_not_the_next(fake: FakeComfy) -> None:
    fake.pace.step = 0.02
    watch.post(fake.url, painting(steps=10_000), prompt_id="long")
    watch.post(fake.url, picture(), prompt_id="next")
    until(lambda: fake.counts.executions["long"])
    httpx.post(f"{fake.url}/interrupt", trust_env=False)
    until(lambda: "next" in ask(fake, "/history").json())
    ends = {name: entry["status"]["status_str"] for name, entry in ask(fake, "/history").json().items()}
    assert ends == {"long": "error", "next": "success"}


def test_a_lost_job_leaves_no_trace(fake: FakeComfy) -> None:
    fake.faults.on("lost-queue")
    answer = watch.post(fake.url, picture(), prompt_id="lost")
    assert answer.json()["prompt_id"] == "lost"
    watch.post(fake.url, picture(), prompt_id="kept")
    until(lambda: ask(fake, "/history/kept").json())
    assert fake.counts.posts == {"lost": 1, "kept": 1}
    assert (ask(fake, "/history/lost").json(), waiting(fake), fake.counts.executions["lost"]) == ({}, [], 0)


def test_the_server_dies_in_mid_job_and_comes_back_empty(fake: FakeComfy) -> None:
    fake.faults.on("restart-mid-job")
    fake.faults.on("wedged-worker")  # until both are queued
    watch.post(fake.url, painting(), prompt_id="fatal")
    watch.post(fake.url, picture(), prompt_id="behind")
    fake.faults.off("wedged-worker")
    until(lambda: fake.counts.restarts)

    def answers() -> bool:
        try:
            return ask(fake, "/queue").status_code == 200
        except httpx.TransportError:
            return False

    until(answers)
    assert ask(fake, "/queue").json() == {"queue_running": [], "queue_pending": []}
    assert ask(fake, "/history").json() == {}
    assert fake.counts.executions == {"fatal": 1}
    assert watch.run(fake.url, painting()).entry["status"]["completed"]


def test_what_was_reset_leaves_nothing_running(fake: FakeComfy, caplog: pytest.LogCaptureFixture) -> None:
    """A task that nobody ends is collected some day, with a complaint in the middle of another test."""
    watch.run(fake.url, picture())
    fake.reset()
    watch.run(fake.url, picture())
    gc.collect()
    # A server of another test may have had its log of requests kept: they are no complaints.
    complaints = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert complaints == []


@pytest.mark.parametrize("fault", ["oom-once", "execution-error"])
def test_after_a_failed_job_the_next_runs(fake: FakeComfy, fault: str) -> None:
    fake.faults.on(fault, 1)
    ends = [watch.run(fake.url, painting()).entry["status"]["status_str"] for _ in range(2)]
    assert ends == ["error", "success"]
