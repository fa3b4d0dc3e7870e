"""How attempts end: behind the fence, each in one transaction."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from musings.models import ArtifactType, NewArtifact, Prompt, Writing
from musings.store import times
from musings.store.database import Database
from musings.store.gallery import artifacts, prompts
from musings.store.queue import attempts, cancellation, endings, in_flight
from musings.store.writings import writings
from tests.musings.store.queue.taking import claimed, shell

FILE = NewArtifact(ArtifactType.IMAGE, "image/1_20260101T000000/0001.png", None, {"seed": 1})
SONG = Writing("A title", "one\ntwo words", "poem", "glad")


def complete(database: Database, prompt: Prompt, writing: Writing | None = None) -> bool:
    return database.writing(endings.complete, prompt, artifacts=[FILE], writing=writing, seconds=1.2345, log="words")


class TestFence:
    ENDS = ("complete", "put_back", "release", "fail", "cancelled")

    def end(self, how: str, database: Database, prompt: Prompt) -> bool:
        said = {"error": "x", "error_class": "PassingFault", "seconds": 1.0, "log": "l"}
        match how:
            case "complete":
                return complete(database, prompt, SONG)
            case "put_back":
                return database.writing(endings.put_back, prompt, at=times.now(), **said)  # type: ignore[arg-type]
            case "release":
                return database.writing(endings.release, prompt, 1.0, "l")
            case "fail":
                return database.writing(endings.fail, prompt, **said)  # type: ignore[arg-type]
            case _:
                return database.writing(endings.cancelled, prompt, 1.0, "l")

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
        assert len(database.reading(artifacts.of_prompts, [taken.id])) == 1
        with database.read() as connection:
            assert connection.execute(text("SELECT count(*) FROM writings")).scalar_one() == 1

    def test_a_stale_attempt_may_not_put_its_files_anywhere(self, database: Database) -> None:
        taken = claimed(database)
        assert database.writing(in_flight.announce, taken.id, taken.attempt, "image/1_20260101T000000")
        shell(database, "UPDATE prompts SET attempt = 2")
        assert not database.writing(in_flight.announce, taken.id, taken.attempt, "image/1_20260101T000001")
        assert not database.writing(in_flight.started_outside, taken.id, taken.attempt, "job")
        database.writing(in_flight.report_progress, taken.id, taken.attempt, {"value": 1})
        assert database.reading(prompts.get, taken.id).progress is None


class TestEnds:
    def test_complete(self, database: Database) -> None:
        taken = claimed(database)
        database.writing(in_flight.started_outside, taken.id, 1, "job-7")
        database.writing(in_flight.report_progress, taken.id, 1, {"value": 1})
        assert complete(database, taken)
        found = database.reading(prompts.get, taken.id)
        assert (found.status, found.artifact_status, found.processing_duration) == ("completed", "ready", 1.234)
        assert found.artifact_metadata == {"count": 1, "primary": FILE.file_path}
        assert (found.progress, found.external_id, found.error_message) == (None, None, None)
        [attempt] = database.reading(attempts.of_prompts, [found.id])[found.id]
        assert (attempt.status, attempt.external_id, attempt.log_excerpt) == ("completed", "job-7", "words")

    def test_complete_a_text(self, database: Database) -> None:
        taken = claimed(database, "poem")
        assert complete(database, taken, SONG)
        found = database.reading(prompts.get, taken.id)
        assert found.artifact_status is None
        assert found.output_reference is not None
        assert database.reading(writings.get, found.output_reference).content == SONG.content

    @pytest.mark.parametrize(("counted", "used"), [(True, 1), (False, 0)])
    def test_put_back(self, database: Database, counted: bool, used: int) -> None:
        taken = claimed(database)
        database.writing(in_flight.started_outside, taken.id, 1, "job-7")
        at = times.now() + timedelta(seconds=30)
        database.writing(
            endings.put_back,
            taken,
            at=at,
            error="busy",
            error_class="PassingFault",
            seconds=1,
            log="l",
            counted=counted,
        )
        found = database.reading(prompts.get, taken.id)
        assert (found.status, found.artifact_status, found.error_message) == ("pending", "pending", "busy")
        assert (found.next_attempt_at, found.attempts_used, found.external_id) == (at, used, "job-7")

    def test_release_does_not_count(self, database: Database) -> None:
        taken = claimed(database)
        database.writing(endings.release, taken, 1, "l")
        found = database.reading(prompts.get, taken.id)
        assert (found.status, found.attempt, found.attempts_used, found.next_attempt_at) == ("pending", 1, 0, None)

    @pytest.mark.parametrize("how", ["put_back", "release"])
    def test_who_asked_to_cancel_gets_it_whatever_ended_the_attempt(self, database: Database, how: str) -> None:
        taken = claimed(database)
        database.writing(cancellation.cancel, taken.id)
        assert TestFence().end(how, database, taken) is True
        found = database.reading(prompts.get, taken.id)
        assert (found.status, found.artifact_status, found.cancel_requested) == ("cancelled", "error", False)

    def test_words_that_no_column_takes_are_taken(self, database: Database) -> None:
        taken = claimed(database)
        database.writing(endings.fail, taken, error="bad \ud800", error_class="UserFault", seconds=0, log="log \udfff")
        assert database.reading(prompts.get, taken.id).error_message == "bad ?"

    def test_the_log_keeps_its_beginning_and_more_of_its_end(self, database: Database) -> None:
        log = "begin " + "x" * 100_000 + " end"
        kept = endings.excerpt(log)
        assert kept.startswith("begin")
        assert kept.endswith(" end")
        assert len(kept) < endings.LOG_EXCERPT_CHARACTERS + 100
        assert endings.excerpt("short") == "short"
