"""One job watched to its end: the queue and the history decide, and the clock says when it was too long."""

import queue
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from fake_comfyui.server import FakeComfy
from musings.errors import Cancelled, PassingFault, ServerAway, Stalled
from musings.makers.comfyui.answers import Phase
from musings.makers.comfyui.client import ComfyServer
from musings.makers.comfyui.listening import Inbox
from musings.makers.comfyui.protocol import Failed, Failure, JobEnded, NodeOutput, Preview, Succeeded
from musings.makers.comfyui.watching import CHECK_SECONDS, JobHooks, JobLimits, JobWatch
from tests.musings.makers.comfyui.graphs import picture
from tests.musings.makers.comfyui.recorder import QUICK, Recorder
from tests.waiting import until

OURS = "job-1"


class Clock:
    """A clock that moves when somebody waits, and so far beyond with each look."""

    def __init__(self, each_look: float = 0.0) -> None:
        self.time = 0.0
        self._each_look = each_look

    def now(self) -> float:
        self.time += self._each_look
        return self.time

    def wait(self, seconds: float) -> None:
        self.time += seconds


def limits(clock: Clock, **changes: Any) -> JobLimits:
    return replace(QUICK, now=clock.now, wait=clock.wait, **changes)


Watch = Callable[..., JobWatch]


@pytest.fixture
def inbox() -> Inbox:
    return queue.SimpleQueue()


@pytest.fixture
def watch(server: ComfyServer, inbox: Inbox) -> Watch:
    def make(hooks: JobHooks | None = None, within: JobLimits = QUICK, of: ComfyServer | None = None) -> JobWatch:
        return JobWatch(of or server, OURS, picture(), inbox, hooks or JobHooks(), within)

    return make


def test_a_job_that_is_done_is_its_history(server: ComfyServer, watch: Watch) -> None:
    server.submit(picture(), prompt_id=OURS, client_id="c")
    found = watch().until_done()
    assert found is not None
    assert (found.prompt_id, found.success) == (OURS, True)


def test_one_that_is_in_neither_the_queue_nor_the_history_twice_is_lost(watch: Watch) -> None:
    assert watch(within=limits(Clock(0.02))).until_done() is None


def test_waiting_while_nothing_runs_is_a_stuck_worker(fake: FakeComfy, server: ComfyServer, watch: Watch) -> None:
    fake.faults.on("wedged-worker")
    server.submit(picture(), prompt_id=OURS, client_id="c")
    recorder = Recorder()
    found = watch(recorder.hooks, limits(Clock(0.5), idle_seconds=20.0, stall_seconds=1e9))
    with pytest.raises(Stalled, match="waits and nothing runs") as caught:
        found.until_done()
    assert "restart it" in (caught.value.hint or "")
    assert recorder.progress[0][2] == "waiting, number 1 in line"


def test_a_job_that_runs_has_longer(fake: FakeComfy, server: ComfyServer, watch: Watch) -> None:
    fake.pace.node = 3600
    server.submit(picture(), prompt_id=OURS, client_id="c")
    until(lambda: server.state(OURS).phase is Phase.RUNNING)
    found = watch(within=limits(Clock(0.5), idle_seconds=1.0, stall_seconds=30.0))
    with pytest.raises(Stalled, match="is running"):
        found.until_done()
    assert found.ran


@pytest.mark.parametrize(("elsewhere", "seconds"), [(False, 60.0), (True, 15.0)])
def test_a_server_that_is_away_has_its_patience_and_less_where_another_could_work(
    watch: Watch, elsewhere: bool, seconds: float
) -> None:
    clock = Clock()
    with ComfyServer("http://127.0.0.1:9") as away:
        hooks = JobHooks(check=lambda: clock.wait(1.0), elsewhere=lambda: elsewhere)
        within = limits(clock, unreachable_seconds=60.0, refused_seconds=15.0)
        found = watch(hooks, within, away)
        with pytest.raises(ServerAway) as caught:
            found.until_done()
    assert caught.value.lasting
    assert found.refused
    assert seconds < clock.time < seconds + 10


def test_a_server_that_says_something_else_spends_an_attempt(fake: FakeComfy, watch: Watch) -> None:
    fake.faults.on("http-503")
    clock = Clock()
    with pytest.raises(PassingFault):
        watch(JobHooks(check=lambda: clock.wait(5.0)), limits(clock)).until_done()


def test_a_cancel_is_seen_while_it_waits(fake: FakeComfy, server: ComfyServer, watch: Watch) -> None:
    fake.pace.node = 3600
    server.submit(picture(), prompt_id=OURS, client_id="c")

    def check() -> None:
        raise Cancelled("enough")

    with pytest.raises(Cancelled):
        watch(JobHooks(check=check)).until_done()


def test_what_the_socket_told_stands_in_for_a_history_that_is_gone(watch: Watch, inbox: Inbox) -> None:
    found = watch(within=limits(Clock(0.02)))
    assert found.told_outcome() is None
    shown = {"images": [{"filename": "a.png"}]}
    inbox.put(NodeOutput(OURS, "2", shown))
    inbox.put(Succeeded(OURS))
    assert found.until_done() is None, "the server knows nothing of it"
    told = found.told_outcome()
    assert told is not None
    assert told.outputs == {"2": shown}


def test_a_failure_that_was_told_is_remembered_and_those_of_others_are_not(watch: Watch, inbox: Inbox) -> None:
    found = watch(within=limits(Clock(0.02)))
    failure = Failure("2", "SaveImage", "ValueError", "no")
    inbox.put(Failed("somebody", failure))
    found.until_done()
    assert found.told is None
    inbox.put(Failed(OURS, failure))
    found.until_done()
    assert found.told == failure


def test_previews_come_at_their_pace(watch: Watch, inbox: Inbox) -> None:
    recorder, clock = Recorder(), Clock(0.02)
    found = watch(recorder.hooks, limits(clock, preview_seconds=10.0))
    for pictures in ((b"x", b"late", b"late"), (b"y",)):
        for each in pictures:
            inbox.put(Preview(each, "image/jpeg", OURS))
        inbox.put(JobEnded(OURS))  # ends the look
        found._listen(60)
        clock.time += 11
    assert [each[0] for each in recorder.previews] == [b"x", b"y"]


def test_a_pause_asks_all_the_time() -> None:
    clock, looks = Clock(), []
    limits(clock).pause(2.0, lambda: looks.append(clock.time))
    assert clock.time == pytest.approx(2.0)
    assert len(looks) >= 2.0 / CHECK_SECONDS - 1
