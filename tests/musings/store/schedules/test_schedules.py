"""Rows of schedules: kept, listed, due, moved by who read them last, and found by an index."""

from datetime import UTC, datetime, timedelta

import pytest

from musings.errors import ConflictError, InvalidInputError, NotFoundError
from musings.store import times
from musings.store.database import Database
from musings.store.schedules import schedules
from musings.store.schedules.schedules import WRONG_CLOCK, Firing, NewSchedule
from tests.musings.store.adding import shell

AT = datetime(2026, 11, 28, 7, tzinfo=UTC)


def new(name: str = "morning", next_at: datetime | None = AT, **rest: object) -> NewSchedule:
    values: dict[str, object] = {
        "request": {"prompt": {"prompt_text": "x"}},
        "enabled": True,
        "request_hash": "h",
        **rest,
    }
    return NewSchedule(name, "FREQ=DAILY", "UTC", datetime.fromisoformat("2026-11-28"), next_at=next_at, **values)  # type: ignore[arg-type]


def test_one_is_kept_found_and_forgotten(database: Database) -> None:
    kept, is_new = database.writing(schedules.add, new())
    assert (is_new, kept.next_at, kept.starts_at, kept.request) == (
        True,
        AT,
        datetime.fromisoformat("2026-11-28"),
        {"prompt": {"prompt_text": "x"}},
    )
    assert database.reading(schedules.get, kept.id) == database.reading(schedules.named, "morning") == kept
    assert database.reading(schedules.listing) == [kept]
    database.writing(schedules.remove, kept.id)
    for ask, which in ((schedules.get, kept.id), (schedules.named, "morning"), (schedules.remove, kept.id)):
        with pytest.raises(NotFoundError, match="There is no schedule"):
            database.writing(ask, which)  # type: ignore[arg-type]
    with pytest.raises(NotFoundError):
        database.writing(schedules.change, kept.id, enabled=False)


def test_a_name_and_a_key_count_once(database: Database) -> None:
    kept, _ = database.writing(schedules.add, new(idempotency_key="k"))
    assert database.writing(schedules.add, new(idempotency_key="k")) == (kept, False)
    with pytest.raises(InvalidInputError, match="Idempotency-Key"):
        database.writing(schedules.add, new("noon", idempotency_key="k", request_hash="other"))
    with pytest.raises(ConflictError):
        database.writing(schedules.add, new())
    other, _ = database.writing(schedules.add, new("noon"))
    with pytest.raises(ConflictError):
        database.writing(schedules.change, other.id, name="morning")
    assert database.writing(schedules.change, other.id, name="noon").name == "noon"


def test_what_is_due_comes_oldest_first(database: Database) -> None:
    for name, at in (("b", AT), ("a", AT - timedelta(hours=1)), ("later", AT + timedelta(seconds=1)), ("ended", None)):
        database.writing(schedules.add, new(name, at))
    database.writing(schedules.add, new("off", enabled=False))
    shell(database, "UPDATE musings_schedules SET planned_at = '2026-11-28 07:00:00'")
    assert [each.name for each in database.reading(schedules.due, AT, 10)] == ["a", "b"]
    assert [each.name for each in database.reading(schedules.due, AT, 1)] == ["a"]
    assert database.reading(schedules.next_moment) == AT - timedelta(hours=1)
    # Of a clock that has been ahead all are looked at.
    early = AT - WRONG_CLOCK - timedelta(days=1)
    assert len(database.reading(schedules.due, early, 10)) == 3
    database.writing(schedules.remove, 1)
    shell(database, "DELETE FROM musings_schedules WHERE name != 'off'")
    assert database.reading(schedules.next_moment) is None


def test_it_is_moved_by_who_read_it_last(database: Database) -> None:
    seen, _ = database.writing(schedules.add, new())
    assert database.writing(schedules.move, seen, AT + timedelta(days=1))
    assert not database.writing(schedules.move, seen, AT + timedelta(days=2))
    seen = database.reading(schedules.get, seen.id)
    database.writing(schedules.change, seen.id, name="dawn")
    assert not database.writing(schedules.move, seen, None)
    seen = database.reading(schedules.get, seen.id)
    database.writing(schedules.change, seen.id, enabled=False)
    assert not database.writing(schedules.move, database.reading(schedules.get, seen.id), None)


def test_what_came_of_it_is_noted_and_what_was_made_last_stays(database: Database) -> None:
    kept, _ = database.writing(schedules.add, new())
    database.writing(schedules.note, kept.id, Firing(prompt_id=7))
    database.writing(schedules.note, kept.id, Firing(error="no\0 workflow"))
    found = database.reading(schedules.get, kept.id)
    assert found.last_prompt_id == 7
    assert found.last_error is not None
    assert "workflow" in found.last_error
    assert found.last_at is not None
    assert times.now() - found.last_at < timedelta(minutes=5)
    assert [each.id for each in database.reading(schedules.failing)] == [kept.id]
    database.writing(schedules.note, kept.id, Firing(musing_id=3))
    found = database.reading(schedules.get, kept.id)
    assert (found.last_prompt_id, found.last_musing_id, found.last_error) == (None, 3, None)
    assert database.reading(schedules.failing) == []


def test_the_ended_ones_cost_nothing(database: Database) -> None:
    with database.read() as connection:
        asked = "SELECT 1 FROM musings_schedules WHERE enabled AND next_at IS NOT NULL ORDER BY next_at"
        plan = list(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}"))
    assert any("musings_schedules_due" in str(each) for each in plan), plan
