"""What a prompt that has ended still has on a server that was away at the time."""

from pathlib import Path

import pytest

from musings.store.queue import cancellation, leftovers
from tests.conftest import MakeSettings
from tests.fakes.comfy import ComfyProcess
from tests.musings.worker.desks import LONG, SLOW, desk_of
from tests.waiting import until

pytestmark = pytest.mark.usefixtures("quick_looks")


def stopped_on(server: ComfyProcess, job: str) -> None:
    """The job was interrupted or taken out of the line there; it did not run to its end."""
    until(lambda: job not in (*server.server.queue().running, *server.server.queue().pending), LONG)
    entry = server.server.history(job)
    assert entry is None or entry.interrupted


@pytest.fixture
def slow(tmp_path: Path) -> ComfyProcess:
    return ComfyProcess(tmp_path / "one", step_seconds=SLOW)


class TestAPromptCancelledWhileItsServerHangs:
    @pytest.mark.parametrize("when", ["running", "waiting"])
    def test_runs_there_no_longer_when_it_is_back(
        self, make_settings: MakeSettings, tmp_path: Path, slow: ComfyProcess, when: str
    ) -> None:
        with slow, desk_of(make_settings, tmp_path, slow) as desk:
            made = desk.add(steps=100)
            with desk.working():
                until(lambda: slow.running, LONG)
                (job,) = slow.running
                slow.freeze()
                if when == "waiting":
                    desk.waits(made, "does not answer")
                desk.database.writing(cancellation.cancel, made)
                assert desk.ends(made).status == "cancelled"
                slow.thaw()
                stopped_on(slow, job)
                until(lambda: not desk.database.reading(leftovers.noted), LONG)

    def test_is_remembered_by_the_next_worker(
        self, make_settings: MakeSettings, tmp_path: Path, slow: ComfyProcess
    ) -> None:
        with slow, desk_of(make_settings, tmp_path, slow) as desk:
            made = desk.add(steps=100)
            with desk.working():
                until(lambda: slow.running, LONG)
                (job,) = slow.running
                slow.freeze()
                desk.waits(made, "does not answer")
            desk.database.writing(cancellation.cancel, made)
            slow.thaw()
            desk.drain()
            stopped_on(slow, job)
            assert not desk.database.reading(leftovers.noted)


def test_a_job_that_was_moved_is_remembered_after_its_prompt_is_done(
    make_settings: MakeSettings, tmp_path: Path, slow: ComfyProcess
) -> None:
    with slow, ComfyProcess(tmp_path / "two") as other:
        with desk_of(make_settings, tmp_path, slow) as alone:
            made = alone.add(steps=100)
            with alone.working():
                until(lambda: slow.running, LONG)
                (job,) = slow.running
                slow.freeze()
                alone.waits(made, "does not answer")
        with desk_of(make_settings, tmp_path, slow, other) as desk:
            with desk.working():
                assert desk.ends(made).status == "completed"
            assert job in "".join(desk.database.reading(leftovers.noted).values())
            slow.thaw()
            desk.drain()
            stopped_on(slow, job)
            assert desk.database.reading(leftovers.noted) == {}


def test_what_is_on_a_server_that_is_configured_no_more_is_forgotten(
    make_settings: MakeSettings, tmp_path: Path, slow: ComfyProcess
) -> None:
    with slow, desk_of(make_settings, tmp_path, slow) as desk:
        with desk.database.write() as connection:
            leftovers.note(connection, 1, 1, "comfy|http://127.0.0.1:9|abc")
            leftovers.note(connection, 2, 1, "process:1:2")
            leftovers.note(connection, 3, 1, f"comfy|{slow.url}|done-long-ago", moved=True)
        assert list(desk.database.reading(leftovers.noted)) == ["1.1"]
        desk.drain()
        assert not desk.database.reading(leftovers.noted)
