"""What every engine does with prompts, asked of the one that polls the table and of one that is pushed to."""

import sqlite3
import threading
from contextlib import closing

from musings.engine.registry import engine_of
from musings.errors import PassingFault
from musings.makers.base import Context
from musings.models import Job, Kind, Outcome
from musings.store.gallery import trash
from musings.store.queue import cancellation, claims, pause, recovery, retries, workers
from tests.conftest import MakeSettings
from tests.doubles import made_text, patient
from tests.musings.worker.conftest import LONG_SECONDS, Hall, until


class TestDrain:
    def test_all_that_waits_is_made_and_then_it_ends(self, hall: Hall) -> None:
        made = [hall.add(f"fox {n}", kind) for n, kind in enumerate(("poem", "image", "music", "voice") * 2)]
        summary = hall.drain()
        assert (summary.started, summary.ended) == (8, {"completed": 8})
        assert {hall.get(each).status for each in made} == {"completed"}

    def test_an_empty_queue_ends_at_once(self, hall: Hall) -> None:
        assert hall.drain().started == 0

    def test_one_after_another(self, hall: Hall) -> None:
        for n in range(3):
            made = hall.add(f"fox {n}")
            assert hall.drain().ended == {"completed": 1}
            assert hall.get(made).status == "completed"

    def test_only_the_kinds_asked_for(self, hall: Hall) -> None:
        poem, picture = hall.add("a fox", "poem"), hall.add("a fox", "image")
        hall.drain(kinds=[Kind.IMAGE])
        assert [hall.get(each).status for each in (poem, picture)] == ["pending", "completed"]

    def test_a_pause_ends_it_and_starts_nothing(self, hall: Hall) -> None:
        made = hall.add()
        hall.database.writing(pause.set_paused, True)
        assert hall.drain().started == 0
        assert hall.get(made).status == "pending"

    def test_a_passing_fault_is_tried_again_at_its_time(self, hall: Hall) -> None:
        def act(job: Job, context: Context) -> Outcome:
            if job.attempt == 1:
                raise PassingFault("not now")
            return made_text(job, context)

        hall.double.act = act
        made = hall.add()
        assert hall.drain().ended == {"PassingFault": 1, "completed": 1}
        assert (hall.get(made).status, hall.get(made).attempt) == ("completed", 2)

    def test_rows_of_other_programs(self, hall: Hall) -> None:
        with closing(sqlite3.connect(str(hall.database.path))) as plain, plain:
            plain.execute("INSERT INTO prompts (prompt_text, status) VALUES ('ok', NULL)")
        hall.drain()
        assert hall.get(1).status == "completed"


class TestOneThatStays:
    def test_what_is_added_while_it_runs(self, hall: Hall) -> None:
        hall.start()
        made = [hall.add(f"fox {n}") for n in range(5)]
        assert {hall.ends(each).status for each in made} == {"completed"}

    def test_what_another_program_adds_while_it_runs(self, hall: Hall) -> None:
        hall.start()
        until(hall.engine.alive)
        with closing(sqlite3.connect(str(hall.database.path))) as plain, plain:
            plain.execute("INSERT INTO prompts (prompt_text, status) VALUES ('ok', 'queued')")
        assert hall.ends(1).status == "completed"

    def test_as_many_as_there_is_room_for(self, hall: Hall) -> None:
        gate = threading.Event()

        def act(job: Job, context: Context) -> Outcome:
            gate.wait(LONG_SECONDS)
            return made_text(job, context)

        hall.double.act = act
        made = [hall.add(f"fox {n}", "image") for n in range(4)]
        runner = hall.start()
        until(lambda: len(hall.double.jobs) == 1)
        assert runner.capacity.running == 1
        gate.set()
        assert {hall.ends(each).status for each in made} == {"completed"}

    def test_a_running_prompt_is_cancelled(self, hall: Hall) -> None:
        hall.double.act = patient
        made = hall.add()
        hall.start()
        until(lambda: len(hall.double.jobs) == 1)
        hall.database.writing(cancellation.cancel, made)
        assert hall.ends(made).status == "cancelled"

    def test_a_failed_one_is_retried(self, hall: Hall) -> None:
        def act(job: Job, context: Context) -> Outcome:
            if job.attempt == 1:
                raise ValueError("x")
            return made_text(job, context)

        hall.double.act = act
        made = hall.add()
        hall.start()
        assert hall.ends(made).status == "failed"
        hall.database.writing(retries.retry, made)
        assert hall.ends(made).status == "completed"

    def test_pause_and_resume(self, hall: Hall) -> None:
        hall.database.writing(pause.set_paused, True)
        hall.start()
        until(lambda: hall.database.reading(workers.latest) is not None)
        made = hall.add()
        assert hall.get(made).status == "pending"
        hall.database.writing(pause.set_paused, False)
        assert hall.ends(made).status == "completed"

    def test_one_comes_back_from_the_trash(self, hall: Hall) -> None:
        made = hall.add()
        hall.database.writing(trash.discard, made)
        hall.start()
        other = hall.add()
        assert hall.ends(other).status == "completed"
        assert [job.prompt_id for job in hall.double.jobs] == [other]
        hall.database.writing(trash.restore, made, 30)
        assert hall.ends(made).status == "completed"

    def test_one_that_never_listens_leaves_its_place(self, make_settings: MakeSettings, hall: Hall) -> None:
        limits = {"timeout_seconds": 0.5, "backoff_seconds": 0, "shutdown_seconds": 0.1}
        hall.settings = make_settings(processing=limits)
        gate = threading.Event()

        def act(job: Job, context: Context) -> Outcome:
            if job.text == "deaf":
                gate.wait(LONG_SECONDS)
            return made_text(job, context)

        hall.double.act = act
        deaf, other = hall.add("deaf", "image", max_attempts=1), hall.add("a fox", "image")
        hall.start(overdue_seconds=0.05)
        assert hall.ends(deaf).status == "failed"
        assert hall.ends(other).status == "completed"
        gate.set()


class TestEnd:
    def test_what_runs_is_released_when_it_stops(self, hall: Hall) -> None:
        hall.double.act = patient
        made = hall.add()
        hall.start()
        until(lambda: len(hall.double.jobs) == 1)
        hall.stop()
        found = hall.get(made)
        assert (found.status, found.attempt, found.attempts_used) == ("pending", 1, 0)
        hall.double.act = made_text
        hall.start()
        assert hall.ends(made).status == "completed"

    def test_stopped_before_it_began(self, hall: Hall) -> None:
        made = hall.add()
        runner = hall.make()
        runner.stop()
        assert runner.run_queue_processor(drain=False).started == 0
        assert hall.get(made).status == "pending"

    def test_what_a_dead_worker_ran_is_made_by_the_next(self, hall: Hall) -> None:
        made = hall.add()
        hall.database.writing(claims.claim, list(Kind))
        summary = hall.drain()
        assert (summary.recovered, summary.ended) == (1, {"completed": 1})
        assert (hall.get(made).status, hall.get(made).attempt) == ("completed", 2)

    def test_a_suspect_runs_alone(self, hall: Hall) -> None:
        suspect = hall.add("suspect", max_attempts=2)
        hall.database.writing(claims.claim, list(Kind))
        hall.database.writing(recovery.recover, 3)  # the worker died beside it once
        beside: list[int] = []

        def act(job: Job, context: Context) -> Outcome:
            assert hall.runner is not None
            beside.append(hall.runner.capacity.running if job.text == "suspect" else 1)
            return made_text(job, context)

        hall.double.act = act
        others = [hall.add(f"fox {n}", priority=1) for n in range(3)]
        hall.drain()
        assert hall.double.jobs[0].prompt_id == suspect
        assert beside == [1] * 4
        assert {hall.get(each).status for each in (suspect, *others)} == {"completed"}


class TestWatching:
    def test_the_first_look_says_yes_and_the_next_only_after_a_change(self, hall: Hall) -> None:
        changes = hall.engine.changes()
        assert changes.changed()
        assert not changes.changed()
        hall.add()
        assert changes.changed()
        assert not changes.changed()

    def test_each_watcher_is_told(self, hall: Hall) -> None:
        engine = hall.engine
        watchers = [engine.changes() for _ in range(3)]
        assert all(each.wait(LONG_SECONDS) for each in watchers)
        hall.add()
        assert all(each.wait(LONG_SECONDS) for each in watchers)

    def test_a_wait_ends_by_itself_or_when_it_is_woken(self, hall: Hall) -> None:
        changes = hall.engine.changes()
        changes.changed()
        assert not changes.wait(0.01)
        changes.wake()
        assert not changes.wait(LONG_SECONDS)

    def test_whether_a_runner_is_alive(self, hall: Hall) -> None:
        assert not hall.engine.alive()
        hall.start()
        until(hall.engine.alive)
        hall.stop()
        assert not engine_of(hall.database).alive()
