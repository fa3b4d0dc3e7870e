"""What alerts ask of the rows: what ended, what runs for long, what waits."""

from datetime import UTC, datetime, timedelta

import pytest

from musings.models import Kind
from musings.store import times
from musings.store.alerts import trouble
from musings.store.alerts.trouble import Ended
from musings.store.database import Database
from musings.store.queue import endings
from tests.musings.store.adding import add
from tests.musings.store.queue.taking import claimed, shell


def fail(database: Database, error: str = "it broke") -> int:
    taken = claimed(database)
    database.writing(endings.fail, taken, error=error, error_class="C", seconds=1.0, log="")
    return taken.id


def complete(database: Database) -> int:
    taken = claimed(database)
    database.writing(endings.complete, taken, artifacts=[], writing=None, seconds=1.0, log="")
    return taken.id


def test_the_last_that_ended_newest_first(database: Database) -> None:
    ids = [fail(database), complete(database), fail(database, "again")]
    found = database.reading(trouble.last_ended, Kind.IMAGE, 2)
    assert found == [Ended(ids[2], True, "again"), Ended(ids[1], False, "")]
    assert database.reading(trouble.last_ended, Kind.MUSIC, 2) == []


def test_what_was_never_tried_here_or_is_in_the_trash_does_not_count(database: Database) -> None:
    fail(database)
    add(database, prompt_type="image")
    shell(database, "UPDATE prompts SET status = 'failed' WHERE status = 'pending'")
    assert len(database.reading(trouble.last_ended, Kind.IMAGE, 9)) == 1
    shell(database, "UPDATE prompts SET deleted_at = '2026-01-01 00:00:00.000000'")
    assert database.reading(trouble.last_ended, Kind.IMAGE, 9) == []


def test_an_error_that_is_no_text_stops_nothing(database: Database) -> None:
    fail(database)
    shell(database, "UPDATE prompts SET error_message = NULL")
    assert database.reading(trouble.last_ended, Kind.IMAGE, 1)[0].error == ""


def test_a_running_attempt_is_timed_from_its_own_start(database: Database) -> None:
    taken = claimed(database)
    assert database.reading(trouble.running_for, 10) == []
    past = (times.now() - timedelta(minutes=30)).strftime("%Y-%m-%d %H:%M:%S.%f")
    shell(database, f"UPDATE attempts SET started_at = '{past}'")
    [found] = database.reading(trouble.running_for, 10)
    assert (found.id, found.text) == (taken.id, "a fox")
    assert found.minutes == pytest.approx(30, abs=1)
    assert database.reading(trouble.running_for, 31) == []
    shell(database, "UPDATE attempts SET status = 'lost'")
    assert database.reading(trouble.running_for, 10) == []


@pytest.mark.parametrize("status", ["completed", None, "odd"])
def test_how_a_prompt_stands_in_a_word(database: Database, status: str | None) -> None:
    made = add(database)
    shell(database, "UPDATE prompts SET status = " + ("NULL" if status is None else f"'{status}'"))
    assert database.reading(trouble.status_of, made.id) == (status or "pending")
    assert database.reading(trouble.status_of, 99) == "deleted"


def test_since_when_the_first_that_is_due_waits(database: Database) -> None:
    assert database.reading(trouble.waiting_since, list(Kind)) is None
    for kind in ("image", "music"):
        add(database, prompt_type=kind)
    shell(database, "UPDATE prompts SET created_at = '2026-01-01 00:00:00.000000' WHERE id = 1")
    shell(database, "UPDATE prompts SET created_at = '2026-01-02 00:00:00.000000' WHERE id = 2")
    assert database.reading(trouble.waiting_since, list(Kind)) == datetime(2026, 1, 1, tzinfo=UTC)
    assert database.reading(trouble.waiting_since, [Kind.MUSIC]) == datetime(2026, 1, 2, tzinfo=UTC)
    shell(database, "UPDATE prompts SET next_attempt_at = '2026-01-03 00:00:00.000000' WHERE id = 1")
    assert database.reading(trouble.waiting_since, [Kind.IMAGE]) == datetime(2026, 1, 3, tzinfo=UTC)
    shell(database, "UPDATE prompts SET next_attempt_at = '2999-01-03 00:00:00.000000'")
    assert database.reading(trouble.waiting_since, list(Kind)) is None
