"""Duties: done when they are due, once, and again after a failure."""

from datetime import timedelta

import pytest

from musings.errors import StoreError
from musings.housekeeping.duties import Duty, Roster, is_due
from musings.store import times
from musings.store.database import Database
from musings.store.queue import changes


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def duty(done: list[str], title: str = "x", seconds: float = 60, **more: object) -> Duty:
    return Duty(title, seconds, lambda: done.append(title), **more)  # type: ignore[arg-type]


def test_a_duty_is_done_as_often_as_it_says(database: Database) -> None:
    done: list[str] = []
    clock = Clock()
    roster = Roster(database, [duty(done, "often", 10), duty(done, "seldom", 25)], clock)
    for clock.now in range(0, 31, 5):
        roster.do(idle=True)
    assert done == ["often", "seldom", "often", "often", "seldom", "often"]


def test_a_named_duty_survives_its_process(database: Database) -> None:
    done: list[str] = []
    Roster(database, [duty(done, name="x")]).do(idle=True)
    Roster(database, [duty(done, name="x")]).do(idle=True)
    assert done == ["x"]
    due = times.parse(changes.read(database, "duty:x"))
    assert due is not None
    assert timedelta(0) < due - times.now() <= timedelta(seconds=60)


def test_what_is_not_for_busy_times_waits_and_stays_due(database: Database) -> None:
    done: list[str] = []
    roster = Roster(database, [duty(done, only_idle=True, name="x")])
    roster.do(idle=False)
    assert done == []
    assert changes.read(database, "duty:x") is None
    assert roster.do(idle=True) == ["x"]


def test_one_that_fails_stops_no_other_and_comes_again(database: Database) -> None:
    done: list[str] = []

    def fails() -> None:
        done.append("tried")
        raise StoreError("no disk")

    clock = Clock()
    roster = Roster(database, [Duty("fails", 10, fails), duty(done, "other", 10)], clock)
    roster.do(idle=True)
    clock.now = 11
    roster.do(idle=True)
    assert done == ["tried", "other"] * 2


def test_whoever_stops_begins_no_further_duty(database: Database) -> None:
    done: list[str] = []
    assert Roster(database, [duty(done)]).do(idle=True, stopping=lambda: True) == []


@pytest.mark.parametrize(
    ("value", "due"),
    [(None, True), ("", True), ("soon", True), ("2026-01-01 00:00:00", True), ("2026-01-02 00:00:00.5", False),
     ("2026-06-01 00:00:00", True)],
)  # fmt: skip
def test_when_it_is_due(value: str | None, due: bool) -> None:
    now = times.parse("2026-01-01 12:00:00")
    assert now is not None
    assert is_due(value, now) is due
