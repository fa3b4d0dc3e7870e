"""Figures about the queue, from clean rows and from odd ones."""

from sqlalchemy import text

from musings.models import Kind, NewPrompt
from musings.store.database import Database
from musings.store.gallery import stats
from musings.store.queue import claims, endings, submission, workers


def test_counts_by_status_and_kind(database: Database) -> None:
    for prompt_type in ("poem", "image", "image_prompt", "speech"):
        database.writing(submission.add, NewPrompt("a fox", prompt_type))
    taken = database.writing(claims.claim, [Kind.IMAGE])
    assert taken is not None
    database.writing(endings.complete, taken, artifacts=[], writing=None, seconds=2.5, log="")
    database.writing(claims.claim, [Kind.VOICE])
    found = database.reading(stats.queue_stats)
    assert found.by_status == {"pending": 2, "processing": 1, "completed": 1, "failed": 0, "cancelled": 0}
    assert found.by_kind == {
        "text": {"pending": 1},
        "image": {"completed": 1, "pending": 1},
        "voice": {"processing": 1},
    }
    assert [each.prompt_type for each in found.running] == ["speech"]
    assert (found.rate_per_hour, found.durations, found.paused) == (1.0, {"image": (2.5,)}, False)
    assert found.oldest_pending_seconds is not None


def test_an_empty_queue(database: Database) -> None:
    found = database.reading(stats.queue_stats)
    assert (sum(found.by_status.values()), found.by_kind, found.oldest_pending_seconds) == (0, {}, None)


def test_odd_rows_break_nothing(database: Database) -> None:
    with database.write() as connection:
        connection.execute(
            text(
                "INSERT INTO prompts (prompt_text, prompt_type, status, created_at, completed_at, processing_duration)"
                " VALUES ('a', NULL, NULL, 'yesterday', 7, 'long'), ('b', x'ff', 'odd', 12, 'x', NULL),"
                " ('c', 'painting', 'unprocessed', NULL, NULL, NULL), ('d', 'image', 'completed', 1, 'x', 'long'),"
                " ('e', 'image', x'ff', 1, 'x', 3)"
            )
        )
    found = database.reading(stats.queue_stats)
    assert found.by_status["pending"] == 2
    assert found.by_kind["unknown"] == {"odd": 1, "pending": 1}
    assert found.durations == {}


def test_the_workers_sign_of_life(database: Database) -> None:
    assert database.reading(workers.latest) is None
    database.writing(workers.sign_in, "one", "12:345", "text")
    database.writing(workers.beat, "one")
    found = database.reading(workers.latest)
    assert found is not None
    assert (found.id, found.pid, found.kinds, found.is_here) == ("one", 12, "text", True)
    assert found.silent_seconds < workers.SILENT_SECONDS
    database.writing(workers.sign_out, "one")
    assert database.reading(workers.latest) is None


def test_one_long_silent_is_forgotten_when_the_next_signs_in(database: Database) -> None:
    database.writing(workers.sign_in, "dead", "1:1", "text")
    with database.write() as connection:
        connection.execute(text("UPDATE workers SET heartbeat_at = '2000-01-01 00:00:00'"))
    database.writing(workers.sign_in, "one", "2:2", "text")
    with database.read() as connection:
        assert connection.execute(text("SELECT id FROM workers")).scalars().all() == ["one"]
