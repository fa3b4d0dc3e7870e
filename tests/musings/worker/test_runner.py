"""The runner in this process: what it starts when, what it does with what pipelines do, how it stops."""

import sqlite3
import threading
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import text

from musings.engine.base import Changes
from musings.engine.polling import Loop, PollingEngine
from musings.errors import LockedError, StoreError, Unavailable
from musings.makers.base import Context
from musings.models import ArtifactType, Job, Kind, MadeFile, Outcome, Writing
from musings.store.gallery import artifacts
from musings.store.queue import attempts, cancellation, claims, pause, recovery, workers
from musings.worker import giving_up
from musings.worker.runner import Runner
from tests.conftest import MakeSettings
from tests.doubles import made_text, patient
from tests.musings.worker.conftest import LONG_SECONDS, Hall, until

MEDIA = (Kind.IMAGE, Kind.MUSIC, Kind.VOICE)


class TestDrain:
    def test_all_that_waits_is_worked_on_and_then_it_ends(self, hall: Hall) -> None:
        made = [hall.add(f"fox {n}", kind) for n, kind in enumerate(("poem", "image", "music", "voice") * 3)]
        summary = hall.drain()
        assert (summary.started, summary.ended) == (12, {"completed": 12})
        assert {hall.get(each).status for each in made} == {"completed"}

    def test_an_empty_queue_ends_at_once(self, hall: Hall) -> None:
        assert hall.drain().started == 0

    def test_only_the_kinds_asked_for(self, hall: Hall) -> None:
        poem, picture = hall.add("a fox", "poem"), hall.add("a fox", "image")
        hall.drain(kinds=MEDIA)
        assert [hall.get(each).status for each in (poem, picture)] == ["pending", "completed"]

    def test_a_pause_ends_it_and_starts_nothing(self, hall: Hall) -> None:
        made = hall.add()
        hall.database.writing(pause.set_paused, True)
        assert hall.drain().started == 0
        assert hall.get(made).status == "pending"

    def test_it_waits_for_what_is_soon_due_and_leaves_what_is_not(self, hall: Hall) -> None:
        soon, late = hall.add(), hall.add()
        with hall.database.write() as connection:
            connection.execute(
                text(
                    "UPDATE prompts SET next_attempt_at = strftime('%Y-%m-%d %H:%M:%f', 'now', :after) WHERE id = :id"
                ),
                [{"id": soon, "after": "+0.3 seconds"}, {"id": late, "after": "+1 hours"}],
            )
        hall.drain()
        assert [hall.get(each).status for each in (soon, late)] == ["completed", "pending"]

    @pytest.mark.parametrize(("waits_for", "seconds"), [("configuration", None), ("comfyui", 16.0), ("server", 16.0)])
    def test_it_does_not_wait_for_what_its_patience_will_not_bring(
        self, hall: Hall, waits_for: str, seconds: float | None
    ) -> None:
        def act(job: Job, context: Context) -> Outcome:
            if job.text == "a fox" and job.attempt == 1:
                raise Unavailable("no script", retry_after=seconds, waits_for=waits_for)
            return made_text(job, context)

        hall.double.act = act
        waiting, other = hall.add(), hall.add("a hare")
        assert hall.drain().started == 2
        assert [hall.get(each).status for each in (waiting, other)] == ["pending", "completed"]
        assert hall.get(waiting).error_message == "no script"
        assert hall.drain().started == 1, "the next run looks again at once"
        assert hall.get(waiting).status == "completed"

    def test_rows_of_other_programs(self, hall: Hall) -> None:
        with closing(sqlite3.connect(str(hall.database.path))) as plain, plain:
            plain.executemany(
                "INSERT INTO prompts (prompt_text, prompt_type, status, priority) VALUES (?, ?, ?, ?)",
                [
                    ("ok", None, None, None),
                    ("ok", "image", "queued", "high"),
                    ("x", "painting", "queued", 1),
                    ("", "poem", "unprocessed", 1),
                    ("\N{IDEOGRAPHIC SPACE}", "poem", "pending", 1),
                    ("\0", "poem", "pending", 1),
                ],
            )
        hall.drain()
        found = [(each.prompt_text, each.status) for each in map(hall.get, range(1, 7))]
        assert found[:4] == [("ok", "completed"), ("ok", "completed"), ("x", "failed"), ("", "failed")]
        assert [status for _, status in found[4:]] == ["failed", "failed"]
        assert "Known types" in (hall.get(3).error_message or "")
        assert "empty" in (hall.get(5).error_message or "")

    @pytest.mark.parametrize(
        "words", ["a\0fox", "\N{SNOWMAN}\U0001f98a e\u0301", "\u202eright to left", "x" * 500_000, "%s {} '"]
    )
    def test_odd_words(self, hall: Hall, words: str) -> None:
        made = hall.add(words)
        hall.drain()
        assert hall.get(made).status == "completed"
        assert hall.double.jobs[0].text == words


class TestFaults:
    @pytest.mark.parametrize(
        "error",
        [ValueError("x"), SystemExit(3), KeyboardInterrupt(), GeneratorExit(), RecursionError(), OSError(5, "io")],
    )
    def test_whatever_a_pipeline_raises_ends_in_the_row_and_the_next_prompt_runs(
        self, hall: Hall, error: BaseException
    ) -> None:
        def act(job: Job, context: Context) -> Outcome:
            if job.text == "bad":
                raise error
            return made_text(job, context)

        hall.double.act = act
        bad, good = hall.add("bad"), hall.add("good")
        hall.drain()
        assert [hall.get(each).status for each in (bad, good)] == ["failed", "completed"]
        assert type(error).__name__ in (hall.get(bad).error_message or "")
        [attempt] = hall.database.reading(attempts.of_prompts, [bad])[bad]
        assert attempt.error_class == "OurFault"
        assert "Traceback" in (attempt.log_excerpt or "")

    def test_a_drain_ends_when_what_a_prompt_waits_for_does_not_come(
        self, hall: Hall, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Not after minutes; and the next one looks at once, whatever the prompt was told to wait."""
        monkeypatch.setattr(giving_up, "patience", lambda waits: 0.02 if waits < 2 else 20.0)

        def act(job: Job, context: Context) -> Outcome:
            raise Unavailable("Nobody is there.", waits_for="server")

        hall.double.act = act
        made = hall.add()
        assert hall.drain().started == 3
        found = hall.get(made)
        assert (found.status, found.attempts_used, found.waiting_reason) == ("pending", 0, "Nobody is there.")
        assert hall.drain().started == 1
        hall.double.act = made_text
        assert hall.drain().started == 1
        assert (hall.get(made).status, hall.get(made).attempts_used) == ("completed", 1)

    def test_an_exception_whose_words_no_column_takes(self, hall: Hall) -> None:
        def act(job: Job, context: Context) -> Outcome:
            context.log("half \ud800")
            raise ValueError("half of a pair: \udfff")

        hall.double.act = act
        made = hall.add()
        hall.drain()
        assert hall.get(made).status == "failed"

    def test_metadata_that_json_has_no_words_for(self, hall: Hall) -> None:
        def act(job: Job, context: Context) -> Outcome:
            (job.directory / "a.md").write_text("x")
            odd = {"loudness_lufs": float("-inf"), "peaks": [float("nan")], "words": "\ud800", "path": job.directory}
            return Outcome((MadeFile(job.directory / "a.md", ArtifactType.TEXT, odd),), "double")

        hall.double.act = act
        made = hall.add()
        hall.drain()
        assert hall.get(made).status == "completed"
        [artifact] = hall.database.reading(artifacts.of_prompts, [made])
        assert (artifact.metadata["loudness_lufs"], artifact.metadata["peaks"]) == (None, [None])

    @pytest.mark.parametrize(
        "outcome",
        [
            lambda job: Outcome((), "double"),
            lambda job: Outcome((MadeFile(job.directory / "none.md", ArtifactType.TEXT),), "double"),
            lambda job: Outcome((MadeFile(job.directory.parent, ArtifactType.OTHER),), "double"),
            lambda job: Outcome((MadeFile(job.directory, ArtifactType.OTHER),), "double"),
            lambda job: None,
            lambda job: Outcome((), "double", Writing("t", None, "poem")),  # type: ignore[arg-type]
        ],
    )
    def test_what_is_no_outcome_fails_and_leaves_nothing(self, hall: Hall, outcome: object) -> None:
        hall.double.act = lambda job, context: outcome(job)  # type: ignore[operator]
        made = hall.add()
        hall.drain()
        assert hall.get(made).status == "failed"
        assert hall.files() == []

    def test_a_result_that_cannot_be_stored_leaves_no_file_behind(self, hall: Hall) -> None:
        def act(job: Job, context: Context) -> Outcome:
            (job.directory / "a.md").write_text("x")
            made = MadeFile(job.directory / "a.md", ArtifactType.TEXT, {("a", "tuple"): "as a key"})  # type: ignore[dict-item]
            return Outcome((made,), "double")

        hall.double.act = act
        made = hall.add()
        hall.drain()
        assert hall.get(made).status == "failed"
        assert hall.files() == []

    def test_scratch_files_are_not_kept(self, hall: Hall) -> None:
        def act(job: Job, context: Context) -> Outcome:
            (job.directory / "deep" / "er").mkdir(parents=True)
            (job.directory / "deep" / "er" / "work.tmp").write_text("x")
            (job.directory / "link").symlink_to("/etc/passwd")
            return made_text(job, context)

        hall.double.act = act
        made = hall.add()
        hall.drain()
        [artifact] = hall.database.reading(artifacts.of_prompts, [made])
        assert hall.files() == [artifact.file_path]
        assert [path.name for path in (hall.settings.media_root / artifact.file_path).parent.iterdir()] == ["0001.md"]


class TestLimits:
    def test_as_many_of_each_kind_as_the_settings_say(self, hall: Hall) -> None:
        gate, most, lock, now = threading.Event(), dict.fromkeys(Kind, 0), threading.Lock(), dict.fromkeys(Kind, 0)

        def act(job: Job, context: Context) -> Outcome:
            with lock:
                now[job.kind] += 1
                most[job.kind] = max(most[job.kind], now[job.kind])
            gate.wait(30)
            with lock:
                now[job.kind] -= 1
            return made_text(job, context)

        hall.double.act = act
        made = [hall.add("a fox", kind) for kind in ("poem", "image", "poem", "image", "poem", "voice")]
        hall.start()
        until(lambda: len(hall.double.jobs) == 3)
        assert now == {Kind.TEXT: 2, Kind.IMAGE: 1, Kind.MUSIC: 0, Kind.VOICE: 0, Kind.VIDEO: 0}
        gate.set()
        assert {hall.ends(each).status for each in made} == {"completed"}
        assert most[Kind.TEXT] <= 2
        assert most[Kind.IMAGE] == 1

    def test_the_most_urgent_first(self, make_settings: MakeSettings, hall: Hall) -> None:
        one = {"total": 1, "text": 1}
        hall.settings = make_settings(processing={"concurrency": one, "shutdown_seconds": 0.2})
        for priority in (9, 1, 5):
            hall.add(f"of {priority}", priority=priority)
        hall.drain()
        assert [job.text for job in hall.double.jobs] == ["of 1", "of 5", "of 9"]


class TestTime:
    @pytest.fixture
    def short(self, make_settings: MakeSettings, hall: Hall) -> Hall:
        hall.settings = make_settings(
            processing={"timeout_seconds": 0.05, "max_attempts": 1, "backoff_seconds": 0, "shutdown_seconds": 0.1}
        )
        return hall

    def test_one_that_listens_ends_at_its_limit(self, short: Hall) -> None:
        short.double.act = patient
        made = short.add(max_attempts=2)
        short.drain()
        found = short.get(made)
        assert (found.status, found.attempt) == ("failed", 2)
        assert "longer than the limit" in (found.error_message or "")

    def test_one_that_never_listens_is_given_up_on_and_what_it_makes_later_is_dropped(self, short: Hall) -> None:
        gate, late = threading.Event(), threading.Event()

        def deaf(job: Job, context: Context) -> Outcome:
            gate.wait(30)
            late.set()
            return made_text(job, context)

        short.double.act = deaf
        made = short.add(max_attempts=1)
        summary = short.drain(overdue_seconds=0.05)
        assert summary.ended == {"abandoned": 1}
        found = short.get(made)
        assert found.status == "failed"
        assert "did not stop when asked" in (found.error_message or "")
        thread = next(each for each in threading.enumerate() if each.name == f"prompt-{made}")
        gate.set()
        thread.join(30)
        assert late.is_set()
        assert short.get(made).status == "failed"
        assert short.files() == []

    def test_a_retry_after_such_a_one_keeps_its_own_files(self, short: Hall, make_settings: MakeSettings) -> None:
        second = {"timeout_seconds": 1.0, "backoff_seconds": 0, "shutdown_seconds": 0.1}  # enough for a busy machine
        short.settings = make_settings(processing=second)
        gate = threading.Event()

        def deaf_once(job: Job, context: Context) -> Outcome:
            if job.attempt == 1:
                gate.wait(30)
            return made_text(job, context)

        short.double.act = deaf_once
        made = short.add(max_attempts=2)
        short.drain(overdue_seconds=0.05)
        assert short.get(made).status == "completed"
        thread = next(each for each in threading.enumerate() if each.name == f"prompt-{made}" and each.is_alive())
        gate.set()
        thread.join(30)
        [artifact] = short.database.reading(artifacts.of_prompts, [made])
        assert short.files() == [artifact.file_path]
        assert "attempt 2" in (short.settings.media_root / artifact.file_path).read_text()


class TestCancel:
    def test_a_running_prompt_is_looked_after_twice_a_second(self, hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
        hall.double.act = patient
        made = hall.add("a fox", "image")
        waits = waits_of(hall.start()._watchdog._woken, monkeypatch)
        until(lambda: len(hall.double.jobs) == 1)
        before = len(waits)
        until(lambda: len(waits) > before)
        assert waits[before] <= 0.5
        hall.database.writing(cancellation.cancel, made)
        found = hall.ends(made)
        assert (found.status, found.artifact_status) == ("cancelled", "error")
        assert found.error_message == "Cancelled while it was running."

    def test_so_does_one_whose_row_another_program_deletes(self, hall: Hall) -> None:
        ended = threading.Event()

        def act(job: Job, context: Context) -> Outcome:
            try:
                return patient(job, context)
            finally:
                ended.set()

        hall.double.act = act
        hall.add()
        hall.start()
        until(lambda: len(hall.double.jobs) == 1)
        with closing(sqlite3.connect(str(hall.database.path))) as plain, plain:
            plain.execute("DELETE FROM prompts")
        assert ended.wait(5)

    def test_others_go_on(self, hall: Hall) -> None:
        gate = threading.Event()

        def act(job: Job, context: Context) -> Outcome:
            return patient(job, context) if job.text == "stop" else (gate.wait(30), made_text(job, context))[1]

        hall.double.act = act
        stop, stay = hall.add("stop"), hall.add("stay")
        hall.start()
        until(lambda: len(hall.double.jobs) == 2)
        hall.database.writing(cancellation.cancel, stop)
        assert hall.ends(stop).status == "cancelled"
        gate.set()
        assert hall.ends(stay).status == "completed"


class TestStop:
    def test_what_runs_is_released_and_does_not_count(self, hall: Hall) -> None:
        hall.double.act = patient
        made = hall.add()
        hall.start()
        until(lambda: len(hall.double.jobs) == 1)
        hall.stop()
        found = hall.get(made)
        assert (found.status, found.attempt, found.attempts_used, found.error_message) == ("pending", 1, 0, None)
        assert hall.database.reading(workers.latest) is None
        assert hall.files() == []

    def test_what_is_nearly_done_may_finish(self, hall: Hall, make_settings: MakeSettings) -> None:
        hall.settings = make_settings(processing={"shutdown_seconds": 30})
        gate = threading.Event()

        def act(job: Job, context: Context) -> Outcome:
            gate.wait(30)
            return made_text(job, context)

        hall.double.act = act
        made = hall.add()
        runner = hall.start()
        until(lambda: len(hall.double.jobs) == 1)
        runner.stop()
        gate.set()
        hall.stop()
        assert hall.get(made).status == "completed"

    def test_one_that_does_not_stop_is_left_to_the_next_start(
        self, hall: Hall, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("musings.worker.running.STOP_SECONDS", 0.1)
        gate = threading.Event()

        def act(job: Job, context: Context) -> Outcome:
            if job.attempt == 1:
                gate.wait(30)
            return made_text(job, context)

        hall.double.act = act
        made = hall.add()
        hall.start()
        until(lambda: len(hall.double.jobs) == 1)
        hall.stop()
        assert hall.get(made).status == "processing"
        assert hall.drain().recovered == 1
        assert hall.get(made).status == "completed"
        [left] = [each for each in threading.enumerate() if each.name == f"prompt-{made}"]
        gate.set()
        left.join(30)


class TestAlone:
    def test_a_second_runner_is_refused(self, hall: Hall) -> None:
        hall.start()
        until(lambda: hall.database.reading(workers.latest) is not None)
        with pytest.raises(LockedError, match=r"Another worker \(process \d+\) is already working"):
            Hall(hall.settings, hall.database).drain()

    def test_one_that_cannot_begin_does_not_keep_the_lock(self, hall: Hall) -> None:
        hall.settings.media_root.write_text("a file in the way")
        with pytest.raises(StoreError, match="media root"):
            hall.drain()
        hall.settings.media_root.unlink()
        assert hall.drain().started == 0

    def test_a_second_run_of_the_same_runner_may_follow(self, hall: Hall) -> None:
        hall.drain()
        made = hall.add()
        hall.drain()
        assert hall.get(made).status == "completed"


def waits_of(waiting: Any, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How many seconds something is asked to wait for news, each time from now on."""
    asked: list[float] = []
    wait = waiting.wait

    def noted(seconds: float) -> object:
        asked.append(seconds)
        return wait(seconds)

    monkeypatch.setattr(waiting, "wait", noted)
    return asked


def news_of(runner: Runner) -> Changes:
    engine = runner._engine
    assert isinstance(engine, PollingEngine)
    return engine._news


def test_a_new_row_is_looked_for_every_two_seconds(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    waits = waits_of(news_of(hall.start()), monkeypatch)
    until(lambda: hall.database.reading(workers.latest) is not None)
    until(lambda: len(waits) > 0)
    assert hall.ends(hall.add()).status == "completed"
    assert max(waits) <= 2.0


def test_pause_and_resume(hall: Hall) -> None:
    hall.database.writing(pause.set_paused, True)
    hall.start()
    made = hall.add()
    until(lambda: hall.database.reading(workers.latest) is not None)
    assert hall.get(made).status == "pending"
    hall.database.writing(pause.set_paused, False)
    assert hall.ends(made).status == "completed"
    assert isinstance(hall.runner, Runner)


def test_what_is_made_leaves_its_place_to_the_next(hall: Hall) -> None:
    """Sums and thumbnails need no server: the next prompt starts while they are made."""
    go_on = threading.Event()

    def at_step(step: str) -> None:
        if step == "made":
            go_on.wait(LONG_SECONDS)

    first, second = hall.add(prompt_type="image"), hall.add(prompt_type="image")
    hall.start(at_step=at_step)
    until(lambda: [job.prompt_id for job in hall.double.jobs] == [first, second])
    assert hall.get(first).status == "processing"
    go_on.set()
    assert [hall.ends(each).status for each in (first, second)] == ["completed"] * 2


def test_whoever_may_have_killed_the_worker_runs_alone(hall: Hall) -> None:
    """Beside it nothing starts, so that one more death is surely its own; after it, all goes on."""
    suspect = hall.add("suspect", max_attempts=2)
    hall.database.writing(claims.claim, list(Kind))
    hall.database.writing(recovery.recover, 3)  # the worker died beside it once
    others = [hall.add(f"fox {n}", priority=1) for n in range(2)]
    gate = threading.Event()

    def act(job: Job, context: Context) -> Outcome:
        if job.text == "suspect":
            gate.wait(LONG_SECONDS)
        return made_text(job, context)

    hall.double.act = act
    runner = hall.make()
    capacity = runner.capacity
    loop = Loop(hall.database, news_of(runner), runner.attempts.process, capacity, runner, threading.Event())
    capacity.suspects = hall.database.reading(recovery.suspects, 3)
    assert capacity.suspects == [suspect]
    assert loop.start_next()
    until(lambda: [job.text for job in hall.double.jobs] == ["suspect"])
    assert not loop.start_next()
    gate.set()
    until(lambda: not capacity.running)
    assert hall.get(suspect).status == "completed"
    assert [loop.start_next() for _ in others] == [True, True]
    until(lambda: not capacity.running)
    assert {hall.get(each).status for each in others} == {"completed"}


def test_a_suspect_that_cannot_run_now_stands_in_nobodys_way(hall: Hall) -> None:
    hall.add("suspect", max_attempts=2)
    hall.database.writing(claims.claim, list(Kind))
    hall.database.writing(recovery.recover, 3)
    with hall.database.write() as connection:
        connection.exec_driver_sql("UPDATE prompts SET next_attempt_at = '2999-01-01 00:00:00'")
    other = hall.add("fox")
    hall.drain()
    assert hall.get(other).status == "completed"
