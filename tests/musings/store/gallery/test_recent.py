"""What was finished lately, and when the last prompt ended."""

from datetime import UTC, datetime

from musings.store.database import Database
from musings.store.gallery import recent
from musings.store.gallery.recent import Finished
from tests.musings.store.adding import add, shell

SINCE = datetime(2026, 1, 2, tzinfo=UTC)


def ended(database: Database, status: str, when: str, prompt_type: str | None = "image") -> None:
    made = add(database)
    shell(
        database,
        "UPDATE prompts SET status = ?, completed_at = ?, prompt_type = ? WHERE id = ?",
        status,
        when,
        prompt_type,
        made.id,
    )


def test_nothing_was_ever_finished(database: Database) -> None:
    add(database)
    assert database.reading(recent.finished_since, SINCE) == Finished({}, 0, 0, None)


def test_completed_by_kind_and_the_rest_by_how_it_ended(database: Database) -> None:
    for prompt_type in ("image", "image_prompt", "poem", None, "painting"):
        ended(database, "completed", "2026-01-02 00:00:00.000000", prompt_type)
    ended(database, "failed", "2026-01-03 00:00:00.000000")
    ended(database, "cancelled", "2026-01-03 00:00:00.000000")
    ended(database, "completed", "2026-01-01 23:59:59.999999")
    ended(database, "pending", "2026-01-04 00:00:00.000000")
    found = database.reading(recent.finished_since, SINCE)
    assert found.completed == {"image": 2, "text": 2, "unknown": 1}
    assert (found.failed, found.cancelled) == (1, 1)


def test_the_trash_does_not_count_and_the_last_end_is_whenever_it_was(database: Database) -> None:
    ended(database, "completed", "2026-01-05 06:07:08.000000")
    shell(database, "UPDATE prompts SET deleted_at = '2026-01-06 00:00:00.000000'")
    found = database.reading(recent.finished_since, SINCE)
    assert found.completed == {}
    assert found.last == datetime(2026, 1, 5, 6, 7, 8, tzinfo=UTC)
