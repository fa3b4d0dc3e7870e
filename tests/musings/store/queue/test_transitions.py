"""The runner's statements: claiming is exclusive, finishing is fenced, every end is one transaction."""

import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import text

from musings.models import ArtifactType, Kind, NewArtifact, NewPrompt, Prompt, Writing
from musings.store import times
from musings.store.database import Database
from musings.store.gallery import artifacts, prompts
from musings.store.queue import attempts, transitions
from musings.store.writings import writings

FILE = NewArtifact(ArtifactType.IMAGE, "image/1_20260101T000000/0001.png", None, {"seed": 1})
SONG = Writing("A title", "one\ntwo words", "poem", "glad")


def claimed(database: Database, prompt_type: str = "image", **rest: object) -> Prompt:
    prompts.add(database, NewPrompt("a fox", prompt_type, **rest))  # type: ignore[arg-type]
    found = transitions.claim(database, list(Kind))
    assert found is not None
    return found


def complete(database: Database, prompt: Prompt, writing: Writing | None = None) -> bool:
    return transitions.complete(database, prompt, artifacts=[FILE], writing=writing, seconds=1.2345, log="words")


def shell(database: Database, statement: str) -> None:
    with closing(sqlite3.connect(str(database.path))) as plain, plain:
        plain.execute(statement)


class TestClaim:
    def test_four_processes_never_get_the_same_prompt(self, database: Database) -> None:
        with database.write() as connection:
            for n in range(200):
                connection.execute(
                    text("INSERT INTO prompts (prompt_text, max_attempts) VALUES (:words, 3)"), {"words": f"fox {n}"}
                )
        program = (
            "import sys\n"
            "from musings.models import Kind\n"
            "from musings.store.queue import transitions as queue\n"
            "from musings.store.database import Database\n"
            "database = Database(sys.argv[1])\n"
            "queue.anything_due(database, list(Kind))\n"
            "print('ready', flush=True)\n"
            "sys.stdin.readline()\n"
            "while (found := queue.claim(database, list(Kind))) is not None:\n"
            "    print(found.id, found.attempt)\n"
            "database.close()\n"
        )
        command = [sys.executable, "-c", program, str(database.path)]
        children = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(4)]
        for child in children:
            assert child.stdout is not None
            assert child.stdout.readline() == b"ready\n"
        taken: Counter[str] = Counter()
        for child in children:
            assert child.stdin is not None
            child.stdin.write(b"go\n")
            child.stdin.flush()
        for child in children:
            taken.update(child.communicate()[0].decode().splitlines())
        assert taken == Counter(f"{n} 1" for n in range(1, 201))

    def test_the_most_urgent_then_the_oldest(self, database: Database) -> None:
        for priority in (5, 1, 10, 1):
            prompts.add(database, NewPrompt("a fox", "text", priority=priority))
        order = [transitions.claim(database, list(Kind)) for _ in range(4)]
        assert [each.id for each in order if each] == [2, 4, 1, 3]

    def test_only_the_kinds_asked_for(self, database: Database) -> None:
        prompts.add(database, NewPrompt("a fox", "song"))
        assert transitions.claim(database, [Kind.IMAGE, Kind.MUSIC, Kind.VOICE]) is None
        assert not transitions.anything_due(database, [Kind.IMAGE])
        assert transitions.claim(database, [Kind.TEXT]) is not None

    def test_not_before_its_time_nor_from_the_trash(self, database: Database) -> None:
        taken = claimed(database)
        later = times.now() + timedelta(hours=1)
        transitions.put_back(database, taken, at=later, error="x", error_class="PassingFault", seconds=0, log="")
        assert transitions.claim(database, list(Kind)) is None
        assert transitions.next_due(database, list(Kind)) == later
        shell(database, "UPDATE prompts SET next_attempt_at = NULL, deleted_at = '2026-01-01'")
        assert transitions.claim(database, list(Kind)) is None
        assert transitions.next_due(database, list(Kind)) is None

    def test_what_it_writes(self, database: Database) -> None:
        taken = claimed(database)
        assert (taken.status, taken.artifact_status, taken.attempt) == ("processing", "processing", 1)
        assert taken.processed_at is not None
        [attempt] = attempts.of_prompts(database, [taken.id])[taken.id]
        assert (attempt.attempt, attempt.status) == (1, "running")

    def test_an_id_that_comes_back_with_old_attempts_is_claimed(self, database: Database) -> None:
        shell(database, "INSERT INTO attempts (prompt_id, attempt, status, started_at) VALUES (1, 1, 'failed', '')")
        taken = claimed(database)
        [attempt] = attempts.of_prompts(database, [taken.id])[taken.id]
        assert attempt.status == "running"

    def test_it_reads_one_index_in_order(self, database: Database) -> None:
        for n in range(50):
            prompts.add(database, NewPrompt(f"fox {n}", "text"))
        with database.read() as connection:
            connection.execute(text("ANALYZE"))
            query = transitions._next_in_line(tuple(Kind)).params(now=times.now())
            plan = connection.execute(
                text(f"EXPLAIN QUERY PLAN {query.compile(connection, compile_kwargs={'literal_binds': True})}")
            ).all()
        assert "musings_prompts_queue" in str(plan)
        assert "TEMP B-TREE" not in str(plan)


class TestFence:
    ENDS = ("complete", "put_back", "release", "fail", "cancelled")

    def end(self, how: str, database: Database, prompt: Prompt) -> bool:
        said = {"error": "x", "error_class": "PassingFault", "seconds": 1.0, "log": "l"}
        match how:
            case "complete":
                return complete(database, prompt, SONG)
            case "put_back":
                return transitions.put_back(database, prompt, at=times.now(), **said)  # type: ignore[arg-type]
            case "release":
                return transitions.release(database, prompt, 1.0, "l")
            case "fail":
                return transitions.fail(database, prompt, **said)  # type: ignore[arg-type]
            case _:
                return transitions.cancelled(database, prompt, 1.0, "l")

    @pytest.mark.parametrize("how", ENDS)
    @pytest.mark.parametrize(
        "meanwhile",
        [
            "UPDATE prompts SET attempt = 2",
            "UPDATE prompts SET status = 'pending'",
            "UPDATE prompts SET status = 'cancelled'",
            "UPDATE prompts SET status = 'completed'",
            "DELETE FROM prompts",
        ],
    )
    def test_a_stale_end_changes_nothing(self, database: Database, how: str, meanwhile: str) -> None:
        taken = claimed(database)
        shell(database, meanwhile)
        with database.read() as connection:
            before = connection.execute(text("SELECT * FROM prompts")).all()
        assert self.end(how, database, taken) is False
        with database.read() as connection:
            assert connection.execute(text("SELECT * FROM prompts")).all() == before
            for table in ("prompt_artifacts", "writings"):
                assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0

    @pytest.mark.parametrize("how", ENDS)
    def test_nobody_ends_an_attempt_twice(self, database: Database, how: str) -> None:
        taken = claimed(database)
        assert self.end(how, database, taken) is True
        if how != "complete":
            assert self.end("fail", database, taken) is False
            assert complete(database, taken) is False

    def test_completing_twice_is_done_once_and_told_as_done(self, database: Database) -> None:
        taken = claimed(database)
        assert [complete(database, taken, SONG) for _ in range(3)] == [True] * 3
        assert len(artifacts.of_prompts(database, [taken.id])) == 1
        with database.read() as connection:
            assert connection.execute(text("SELECT count(*) FROM writings")).scalar_one() == 1

    def test_a_stale_attempt_may_not_put_its_files_anywhere(self, database: Database) -> None:
        taken = claimed(database)
        assert transitions.announce_directory(database, taken.id, taken.attempt, "image/1_20260101T000000")
        shell(database, "UPDATE prompts SET attempt = 2")
        assert not transitions.announce_directory(database, taken.id, taken.attempt, "image/1_20260101T000001")
        assert not transitions.started_outside(database, taken.id, taken.attempt, "job")
        transitions.report_progress(database, taken.id, taken.attempt, {"value": 1})
        assert prompts.get(database, taken.id).progress is None


class TestEnds:
    def test_complete(self, database: Database) -> None:
        taken = claimed(database)
        transitions.started_outside(database, taken.id, 1, "job-7")
        transitions.report_progress(database, taken.id, 1, {"value": 1})
        assert complete(database, taken)
        found = prompts.get(database, taken.id)
        assert (found.status, found.artifact_status, found.processing_duration) == ("completed", "ready", 1.234)
        assert found.artifact_metadata == {"count": 1, "primary": FILE.file_path}
        assert (found.progress, found.external_id, found.error_message) == (None, None, None)
        [attempt] = attempts.of_prompts(database, [found.id])[found.id]
        assert (attempt.status, attempt.external_id, attempt.log_excerpt) == ("completed", "job-7", "words")

    def test_complete_a_text(self, database: Database) -> None:
        taken = claimed(database, "poem")
        assert complete(database, taken, SONG)
        found = prompts.get(database, taken.id)
        assert found.artifact_status is None
        assert found.output_reference is not None
        assert writings.get(database, found.output_reference).content == SONG.content

    @pytest.mark.parametrize(("counted", "used"), [(True, 1), (False, 0)])
    def test_put_back(self, database: Database, counted: bool, used: int) -> None:
        taken = claimed(database)
        transitions.started_outside(database, taken.id, 1, "job-7")
        at = times.now() + timedelta(seconds=30)
        transitions.put_back(
            database, taken, at=at, error="busy", error_class="PassingFault", seconds=1, log="l", counted=counted
        )
        found = prompts.get(database, taken.id)
        assert (found.status, found.artifact_status, found.error_message) == ("pending", "pending", "busy")
        assert (found.next_attempt_at, found.attempts_used, found.external_id) == (at, used, "job-7")

    def test_release_does_not_count(self, database: Database) -> None:
        taken = claimed(database)
        transitions.release(database, taken, 1, "l")
        found = prompts.get(database, taken.id)
        assert (found.status, found.attempt, found.attempts_used, found.next_attempt_at) == ("pending", 1, 0, None)

    @pytest.mark.parametrize("how", ["put_back", "release"])
    def test_who_asked_to_cancel_gets_it_whatever_ended_the_attempt(self, database: Database, how: str) -> None:
        taken = claimed(database)
        prompts.cancel(database, taken.id)
        assert TestFence().end(how, database, taken) is True
        found = prompts.get(database, taken.id)
        assert (found.status, found.artifact_status, found.cancel_requested) == ("cancelled", "error", False)

    def test_words_that_no_column_takes_are_taken(self, database: Database) -> None:
        taken = claimed(database)
        transitions.fail(database, taken, error="bad \ud800", error_class="UserFault", seconds=0, log="log \udfff")
        assert prompts.get(database, taken.id).error_message == "bad ?"

    def test_the_log_keeps_its_beginning_and_more_of_its_end(self, database: Database) -> None:
        log = "begin " + "x" * 100_000 + " end"
        kept = transitions.excerpt(log)
        assert kept.startswith("begin")
        assert kept.endswith(" end")
        assert len(kept) < transitions.LOG_EXCERPT_CHARACTERS + 100
        assert transitions.excerpt("short") == "short"


class TestToStop:
    def test_those_that_somebody_cancelled_deleted_or_took(self, database: Database) -> None:
        running = {claimed(database).id: 1 for _ in range(6)}
        prompts.cancel(database, 2)
        shell(database, "DELETE FROM prompts WHERE id = 3")
        shell(database, "UPDATE prompts SET deleted_at = '2026-01-01' WHERE id = 4")
        shell(database, "UPDATE prompts SET attempt = 2 WHERE id = 5")
        shell(database, "UPDATE prompts SET status = 'pending' WHERE id = 6")
        assert transitions.to_stop(database, running) == {2, 3, 4, 5, 6}


def test_pause(database: Database) -> None:
    assert not transitions.is_paused(database)
    for paused in (True, True, False):
        transitions.set_paused(database, paused)
        assert transitions.is_paused(database) is paused
