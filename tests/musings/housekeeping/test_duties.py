"""Duties: done when they are due, once, and again after a failure."""

import socket
import threading
from datetime import timedelta

import pytest
from sqlalchemy import insert

from musings.errors import StoreError
from musings.housekeeping.duties import Duty, Roster, doing
from musings.sqlite import due
from musings.store import times
from musings.store.database import Database
from musings.store.housekeeping import duties as stored
from musings.store.tables import duties as duty_rows
from tests.waiting import until


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
    due_at = database.reading(stored.find, "x").due_at
    assert due_at is not None
    assert timedelta(0) < due_at - times.now() <= timedelta(seconds=60)


@pytest.mark.parametrize(("ahead", "times_done"), [(30, 0), (60 + 3600, 1)])
def test_one_that_waits_longer_than_it_ever_does_is_due_as_the_clock_was_set_back(
    database: Database, ahead: float, times_done: int
) -> None:
    done: list[str] = []
    with database.write() as connection:
        connection.execute(insert(duty_rows).values(name="x", due_at=times.now() + timedelta(seconds=ahead)))
    Roster(database, [duty(done, name="x")]).do(idle=True)
    assert done == ["x"] * times_done


def test_what_is_not_for_busy_times_waits_and_stays_due(database: Database) -> None:
    done: list[str] = []
    roster = Roster(database, [duty(done, only_idle=True, name="x")])
    roster.do(idle=False)
    assert done == []
    assert database.reading(stored.find, "x").due_at is None
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


class TestClaims:
    """Of several that see a duty due, one does it."""

    def test_two_hosts_do_it_once(self, database: Database) -> None:
        done: list[str] = []
        other = Roster(database, [duty(done, "other", name="x")])

        def act() -> None:
            done.append("mine")
            assert other.do(idle=True) == []

        assert Roster(database, [Duty("mine", 60, act, name="x")]).do(idle=True) == ["mine"]
        assert done == ["mine"]

    @pytest.mark.parametrize(
        ("owner", "minutes", "free"),
        [("here, dead", 30, True), ("there", 30, False), ("there", -1, True), ("there", 3000, True)],
    )
    def test_a_claim_counts_while_its_owner_may_live(
        self, database: Database, owner: str, minutes: int, free: bool
    ) -> None:
        host = socket.gethostname() if owner == "here, dead" else "there"
        with database.write() as connection:
            until = times.now() + timedelta(minutes=minutes)
            row = {"name": "x", "claims": 1, "host": host, "process": "1:never", "claimed_until": until}
            connection.execute(insert(duty_rows).values(row))
        assert due.anything(str(database.path), False) is free
        done: list[str] = []
        Roster(database, [duty(done, name="x")]).do(idle=True)
        assert done == (["x"] if free else [])
        assert due.anything(str(database.path), False) is False


def test_a_thread_of_its_own_goes_on_after_a_mistake_and_ends_with_its_block(database: Database) -> None:
    done: list[str] = []

    def mistaken() -> None:
        done.append("mistake")
        raise ZeroDivisionError

    with doing(database, [Duty("x", 0, mistaken), duty(done, seconds=0)], "care", 0.001):
        until(lambda: done.count("mistake") > 1)
    assert "care" not in {each.name for each in threading.enumerate()}
    with doing(database, [], "care", 0.001):
        assert "care" not in {each.name for each in threading.enumerate()}
