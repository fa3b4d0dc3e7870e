"""When a duty is due, and whose it is."""

import pytest

from musings.store import times
from musings.store.database import Database
from musings.store.housekeeping import duties as stored
from musings.store.housekeeping.duties import Owner, is_due

HERE, THERE = Owner("here", "1:a"), Owner("there", "2:b")


def test_who_looked_too_early_does_not_get_it(database: Database) -> None:
    seen = database.reading(stored.find, "x")
    token = database.writing(stored.claim, "x", seen, HERE)
    assert token == 1
    assert database.writing(stored.claim, "x", seen, THERE) is None
    assert database.writing(stored.finish, "x", token, times.now())
    assert database.writing(stored.claim, "x", seen, THERE) is None, "it was done meanwhile"


def test_who_was_overtaken_does_not_say_when_it_is_due(database: Database) -> None:
    first = database.writing(stored.claim, "x", database.reading(stored.find, "x"), HERE)
    second = database.writing(stored.claim, "x", database.reading(stored.find, "x"), THERE)
    assert first is not None
    assert second is not None
    assert not database.writing(stored.finish, "x", first, times.now())
    assert database.writing(stored.finish, "x", second, times.now())


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, True), ("", True), ("soon", True), ("2026-01-01 00:00:00", True), ("2026-01-02 00:00:00.5", False),
     ("2026-06-01 00:00:00", True)],
)  # fmt: skip
def test_when_it_is_due(value: str | None, expected: bool) -> None:
    now = times.parse("2026-01-01 12:00:00")
    assert now is not None
    assert is_due(times.parse(value), now) is expected
