"""Servers that die, hang, come back and go down again while jobs run on them; real processes, really killed."""

import json
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from fake_comfyui.server import FakeComfy
from musings.errors import PassingFault, ServerAway
from musings.makers.comfyui import pipeline
from musings.makers.comfyui.classes import ClassTable
from musings.makers.comfyui.client import ComfyServer, NoAnswer
from musings.makers.comfyui.library import Library
from musings.makers.comfyui.pool import ServerPool
from musings.makers.comfyui.watching import JobLimits
from musings.models import Job, JsonObject, Kind, Writing
from musings.store.gallery import artifacts
from musings.store.queue import attempts, retries
from tests.conftest import MakeSettings
from tests.fakes.comfy import ComfyProcess
from tests.musings.worker.desks import LONG, SLOW, Desk, configured, desk_of
from tests.waiting import until

pytestmark = pytest.mark.usefixtures("quick_looks")


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[ComfyProcess, ComfyProcess]]:
    with ComfyProcess(tmp_path / "one") as one, ComfyProcess(tmp_path / "two") as two:
        yield one, two


def slow(*servers: ComfyProcess) -> None:
    for each in servers:
        each.kill()
        each.start(step=SLOW)


class TestASecondServer:
    @pytest.mark.parametrize("how", ["kill", "freeze"])
    def test_takes_over_what_the_first_leaves_alone(
        self, make_settings: MakeSettings, tmp_path: Path, pair: tuple[ComfyProcess, ComfyProcess], how: str
    ) -> None:
        slow(*pair)
        with desk_of(make_settings, tmp_path, *pair) as desk, desk.working():
            made = desk.add(steps=12)
            until(lambda: any(each.running for each in pair), LONG)
            first, second = pair if pair[0].running else pair[::-1]
            (old,) = first.running
            getattr(first, how)()
            found = desk.ends(made)

            assert (found.status, found.attempts_used) == ("completed", 1), found.error_message
            assert (first.executions.total(), second.executions.total()) == (1, 1)
            [artifact] = desk.database.reading(artifacts.of_prompts, [made])
            assert artifact.metadata["backend"] == second.url
            log = desk.database.reading(attempts.of_prompts, [made])[made][-1].log_excerpt or ""
            assert f"moved here from {first.url}" in log
            if how == "freeze":  # it goes on with the job where it was stopped, until it is told otherwise
                first.thaw()
                until(lambda: first.server.history(old) is not None, LONG)
                entry = first.server.history(old)
                assert entry is not None
                assert entry.interrupted
                assert desk.made(made) == 1

    def test_takes_over_soon_where_nobody_listens_any_more(
        self,
        make_settings: MakeSettings,
        tmp_path: Path,
        pair: tuple[ComfyProcess, ComfyProcess],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """The process has ended, and its jobs with it: there is nothing to wait an hour for."""
        monkeypatch.setattr(pipeline, "JobLimits", partial(JobLimits, refused_seconds=0.5))
        slow(*pair)
        desk = Desk(configured(make_settings, tmp_path, *(each.url for each in pair), unreachable_seconds=3600))
        with desk.working():
            made = desk.add(steps=12)
            until(lambda: any(each.running for each in pair), LONG)
            first, second = pair if pair[0].running else pair[::-1]
            first.kill()
            until(lambda: second.running, LONG)
            assert desk.get(made).error_message is None  # what is wrong with the first is no matter any more
            found = desk.ends(made)
        assert (found.status, found.attempts_used) == ("completed", 1), found.error_message
        assert second.executions.total() == 1
        desk.database.close()

    def test_is_not_given_a_job_that_may_have_cost_money(self, make_settings: MakeSettings, tmp_path: Path) -> None:
        paid = "EmptyLatentImage"
        with (
            ComfyProcess(tmp_path / "one", step_seconds=SLOW, paid=paid) as one,
            ComfyProcess(tmp_path / "two", paid=paid) as two,
            desk_of(make_settings, tmp_path, one) as alone,
        ):
            made = alone.add(steps=12)
            with alone.working():
                until(lambda: one.running, LONG)
            one.kill()
            both = Desk(configured(make_settings, tmp_path, one.url, two.url))
            with both.working():
                found = both.waits(made, "may have been charged")
                assert (found.status, found.attempts_used) == ("pending", 0)
                assert paid in (found.waiting_reason or "")
                assert one.url in (found.waiting_reason or "")
                assert two.executions.total() == 0

                one.start(step=0.0)  # it is back, and knows nothing of the job
                found = both.ends(made)
                assert found.status == "failed"
                assert "may have been charged" in (found.error_message or "")
                assert (one.executions.total(), two.executions.total()) == (1, 0)

                both.database.writing(retries.retry, made)  # now somebody has asked for it
                assert both.ends(made).status == "completed"
            both.database.close()

    def test_gets_what_the_first_does_not_get_on_with(self, make_settings: MakeSettings, tmp_path: Path) -> None:
        """It answers, and its worker hangs: that costs an attempt, and the next one goes elsewhere."""
        with FakeComfy() as stuck, FakeComfy() as well, desk_of(make_settings, tmp_path, stuck, well) as desk:
            stuck.pace.node = 3600
            made = desk.add()
            with desk.working():
                found = desk.ends(made)
            assert (found.status, found.attempts_used) == ("completed", 2), found.error_message
            [artifact] = desk.database.reading(artifacts.of_prompts, [made])
            assert artifact.metadata["backend"] == well.url
            assert (stuck.counts.executions.total(), well.counts.executions.total()) == (1, 1)


class TestOneServer:
    def test_what_it_had_waits_for_it_and_other_prompts_do_not(
        self, make_settings: MakeSettings, tmp_path: Path
    ) -> None:
        with ComfyProcess(tmp_path / "one", step_seconds=SLOW) as one, desk_of(make_settings, tmp_path, one) as desk:
            made, behind = desk.add(steps=12), desk.add(workflow="sketch-image", parameters={})
            with desk.working():
                until(lambda: one.running, LONG)
                one.kill()
                found = desk.waits(made, f"The ComfyUI at {one.url}")
                assert (found.status, found.artifact_status, found.attempts_used) == ("pending", "pending", 0)
                assert found.next_attempt_at is not None
                assert desk.ends(behind).status == "completed"
                assert desk.waits(made, one.url).status == "pending"
                one.start(step=0.0)
                found = desk.ends(made)
            assert (found.status, found.attempts_used, found.error_message) == ("completed", 1, None)
            assert one.executions.total() == 2
            assert desk.made(made) == 1

    def test_that_hangs_and_comes_to_itself_is_joined_again(self, make_settings: MakeSettings, tmp_path: Path) -> None:
        with ComfyProcess(tmp_path / "one", step_seconds=SLOW) as one, desk_of(make_settings, tmp_path, one) as desk:
            made = desk.add(steps=12)
            with desk.working():
                until(lambda: one.running, LONG)
                one.freeze()
                desk.waits(made, "does not answer")
                one.thaw()
                found = desk.ends(made)
            assert (found.status, found.attempts_used) == ("completed", 1)
            assert one.executions.total() == 1


def test_a_worker_killed_at_random_fails_nothing_and_doubles_nothing(
    make_settings: MakeSettings, tmp_path: Path, pair: tuple[ComfyProcess, ComfyProcess]
) -> None:
    slow(*pair)
    chance = random.Random(8)
    moment = threading.Event()
    with desk_of(make_settings, tmp_path, *pair) as desk:
        made = [desk.add(f"fox {number}", steps=10) for number in range(6)]
        assert desk.settings.file is not None
        words = [sys.executable, "-m", "musings", "worker", "--drain", "--config", str(desk.settings.file)]
        for _ in range(10):
            worker = subprocess.Popen(words, stderr=subprocess.DEVNULL)
            moment.wait(chance.uniform(0.3, 3.0))
            worker.send_signal(signal.SIGKILL)
            worker.wait()
        subprocess.run(words, check=True, timeout=LONG, stderr=subprocess.DEVNULL)

        assert Counter(desk.get(each).status for each in made) == {"completed": 6}
        assert [desk.made(each) for each in made] == [1] * 6
        assert [desk.get(each).attempts_used for each in made] == [1] * 6
        executions = sum((each.executions for each in pair), Counter())
        assert executions.total() == 6, executions


class TestAJobThatBringsItsServerDown:
    @pytest.mark.parametrize("count", [1, 2])
    def test_is_given_up_and_the_next_runs(self, make_settings: MakeSettings, tmp_path: Path, count: int) -> None:
        fakes = [FakeComfy() for _ in range(count)]
        for fake in fakes:
            fake.start()
            fake.faults.on("restart-mid-job", 99)
        try:
            with desk_of(make_settings, tmp_path, *fakes) as desk, desk.working():
                made = desk.add()
                found = desk.ends(made)
                assert found.status == "failed"
                assert "brought ComfyUI down three times" in (found.error_message or "")
                assert "restarted 3 times while running this job" in (found.error_message or "")
                assert sum(sum(fake.counts.executions.values()) for fake in fakes) == pipeline.MOST_CRASHES
                for fake in fakes:
                    fake.faults.off()
                assert desk.ends(desk.add("the next")).status == "completed"

                desk.database.writing(retries.retry, made)  # and it may be tried again, from the beginning
                found = desk.ends(made)
                assert (found.status, found.attempts_used) == ("completed", 1)
        finally:
            for fake in fakes:
                fake.stop()


class TestAServerThatIsKilled:
    """By a person or the system, which is not the fault of the prompts that it had."""

    def test_again_and_again_fails_nothing(
        self, make_settings: MakeSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pipeline, "TURN_SECONDS", 0.1, raising=False)
        with ComfyProcess(tmp_path / "one", step_seconds=SLOW) as one, desk_of(make_settings, tmp_path, one) as desk:
            hit, long = desk.add("a hare", steps=8), desk.add("a fox", steps=16, priority=9)
            with desk.working():
                self._kill_under(hit, one, desk)
                assert desk.ends(hit).status == "completed"
                for _ in range(pipeline.MOST_CRASHES + 1):
                    self._kill_under(long, one, desk)
                found = desk.ends(long)
            assert (found.status, found.attempts_used) == ("completed", 1), found.error_message

    def test_but_the_one_that_brings_it_down_each_time_is_given_up_among_others(
        self, make_settings: MakeSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pipeline, "TURN_SECONDS", 0.01)
        monkeypatch.setattr(pipeline, "LONGEST_TURN_SECONDS", 0.01)
        with FakeComfy() as fake, desk_of(make_settings, tmp_path, fake) as desk:
            fake.faults.on("restart-mid-job", 1)
            fake.pace.node = 0.3  # it is seen to run before it is gone, also on a slow machine
            poison, hit = desk.add("poison"), desk.add("a hare")
            desk.put_off(poison, timedelta(hours=1))
            with desk.working():
                found = desk.ends(hit)
                assert (found.status, found.server_crashes) == ("completed", 1)
                fake.pace.node = 0.05
                fake.faults.on("restart-mid-job", 99)
                desk.put_off(poison, timedelta())
                found = desk.ends(poison)
        assert found.status == "failed"
        assert f"down {pipeline.MOST_CRASHES_AMONG_OTHERS} times" in (found.error_message or "")

    def test_before_the_job_began_costs_no_attempt(self, make_settings: MakeSettings, tmp_path: Path) -> None:
        with FakeComfy() as fake, desk_of(make_settings, tmp_path, fake) as desk, desk.working():
            fake.faults.on("wedged-worker")
            made = desk.add(max_attempts=1)
            for number in range(4):
                until(lambda: len(fake.counts.posts) > number, LONG)  # noqa: B023
                fake.restart()
            fake.faults.off()
            found = desk.ends(made)
        assert (found.status, found.attempts_used) == ("completed", 1), found.error_message

    @staticmethod
    def _kill_under(prompt_id: int, server: ComfyProcess, desk: Desk) -> None:
        """Kill a server when the worker has seen it run this prompt, and start it again."""
        before = desk.get(prompt_id)
        until(lambda: server.running and desk.get(prompt_id).progress not in (None, before.progress), LONG)
        server.kill()
        server.start()
        until(lambda: desk.get(prompt_id).server_crashes > before.server_crashes, LONG)


class TestPlaces:
    def test_two_servers_work_at_once_on_workflows_chosen_by_name(
        self, make_settings: MakeSettings, tmp_path: Path, pair: tuple[ComfyProcess, ComfyProcess]
    ) -> None:
        slow(*pair)
        with desk_of(make_settings, tmp_path, *pair) as desk, desk.working():
            made = [desk.add(f"fox {number}", steps=10) for number in range(2)]
            until(lambda: all(each.running for each in pair), LONG)
            assert {desk.get(each).status for each in made} == {"processing"}
            assert {desk.ends(each).status for each in made} == {"completed"}

    def test_they_follow_what_is_there_while_the_worker_runs(
        self, make_settings: MakeSettings, tmp_path: Path, pair: tuple[ComfyProcess, ComfyProcess]
    ) -> None:
        one, two = pair
        slow(one)
        two.kill()
        with desk_of(make_settings, tmp_path, *pair) as desk, desk.working():
            made = [desk.add(f"fox {number}", steps=12) for number in range(3)]
            until(lambda: one.running, LONG)
            two.start(step=SLOW)
            until(lambda: one.running and two.running, LONG)
            assert {desk.ends(each).status for each in made} == {"completed"}
            assert {desk.get(each).attempts_used for each in made} == {1}

    def test_a_number_set_by_hand_holds(
        self, make_settings: MakeSettings, tmp_path: Path, pair: tuple[ComfyProcess, ComfyProcess]
    ) -> None:
        desk = Desk(configured(make_settings, tmp_path, *(each.url for each in pair), concurrency={"image": 1}))
        most, done = [0], threading.Event()

        def count() -> None:
            while not done.wait(0.01):
                most[0] = max(most[0], sum(len(each.running) for each in pair))

        counting = threading.Thread(target=count)
        counting.start()
        slow(*pair)
        with desk.working():
            made = [desk.add(f"fox {number}") for number in range(3)]
            assert {desk.ends(each).status for each in made} == {"completed"}
        done.set()
        counting.join()
        desk.database.close()
        assert most[0] == 1


class TestAnUpload:
    """What a prompt brings along is sent before its job: a server that dies meanwhile costs no attempt."""

    @pytest.mark.parametrize(("alive", "fault"), [(True, PassingFault), (False, ServerAway)])
    def test_that_breaks_off(self, tmp_path: Path, alive: bool, fault: type[PassingFault]) -> None:
        graph = {
            "1": {"class_type": "LoadImage", "inputs": {"image": "example.png"}},
            "2": {"class_type": "SaveImage", "inputs": {"images": ["1", 0], "filename_prefix": "t"}},
        }
        (tmp_path / "image_again.json").write_text(json.dumps(graph))
        found = Library(tmp_path, {}, ClassTable([])).get("image_again")
        with FakeComfy() as fake:
            pool = ServerPool([_Deaf(fake.url, fake, alive)])
            moved = pipeline.ComfyUIPipeline(found, pool, stall_seconds=9, unreachable_seconds=9)
            picture = tmp_path / "fox.png"
            picture.write_bytes(b"a fox")
            job = Job(1, 1, Kind.IMAGE, "image", "a fox", {"image": "artifact:1"}, tmp_path, inputs={"image": picture})
            with pytest.raises(PassingFault) as caught:
                moved.run(job, Unheard())
            assert type(caught.value) is fault
            pool.close()


class _Deaf(ComfyServer):
    """A server to which no upload gets through, and which is gone after one when it is not ``alive``."""

    def __init__(self, url: str, fake: FakeComfy, alive: bool) -> None:
        super().__init__(url)
        self._fake, self._alive = fake, alive

    def upload(self, path: Path, *, name: str | None = None, subfolder: str = "") -> str:
        if not self._alive:
            self._fake.stop()
        raise NoAnswer("The line broke.")


class Unheard:
    """A context that nobody listens to."""

    remaining = LONG

    def check(self) -> None: ...
    def progress(self, value: float, maximum: float, stage: str) -> None: ...
    def preview(self, picture: bytes, media_type: str) -> None: ...
    def excerpt(self, text: str) -> None: ...
    def uses(self, parameters: JsonObject) -> None: ...
    def started(self, external_id: str) -> None: ...

    def alone(self, resource: str, stage: str) -> AbstractContextManager[None]:
        return nullcontext()

    def step(self, name: str) -> None: ...
    def log(self, text: str) -> None: ...

    def keep_writing(self, writing: Writing) -> int:
        raise NotImplementedError

    def crashed(self) -> int:
        raise NotImplementedError

    def others_crashed(self) -> bool:
        raise NotImplementedError
