"""A worker knows how long it has lived: a clock that is set back keeps no prompt waiting."""

from datetime import UTC, datetime, timedelta

import pytest

from musings.errors import BusyError, StoreError
from musings.store import times
from musings.store.database import Database
from musings.store.queue import waits
from musings.worker.clock import ClockWitness
from tests.musings.store.queue.taking import put_off, wait_of
from tests.musings.worker.conftest import Hall

DAY = 86_400.0


class Clocks:
    """``wall`` may be set; ``passed`` only grows."""

    def __init__(self) -> None:
        self.wall, self.passed = 1e9, 50.0

    def go_on(self, seconds: float) -> None:
        self.wall += seconds
        self.passed += seconds

    def witness(self, database: Database) -> ClockWitness:
        return ClockWitness(database, lambda: self.wall, lambda: self.passed)


def test_what_waits_is_due_after_the_time_that_it_was_given(database: Database) -> None:
    made = put_off(database, timedelta(seconds=DAY + 60))  # a minute, written before the clock was set back by a day
    clocks = Clocks()
    witness = clocks.witness(database)
    for step in (0.25, 3600.0, 0.25):
        clocks.go_on(step)
        witness.look()
    assert wait_of(database, made) > DAY
    clocks.wall -= DAY
    witness.look()
    assert 50 < wait_of(database, made) <= 60
    witness.look()  # once is enough
    assert 50 < wait_of(database, made) <= 60


def test_small_steps_and_a_clock_set_forward_move_nothing(database: Database) -> None:
    made = put_off(database, timedelta(hours=1))
    clocks = Clocks()
    witness = clocks.witness(database)
    for step in (-0.5, DAY, 10.0, -0.5):
        clocks.wall += step
        witness.look()
    assert 3590 < wait_of(database, made) <= 3600


def test_a_database_that_does_not_serve_is_asked_again(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    made = put_off(database, timedelta(seconds=DAY + 60))
    clocks = Clocks()
    witness = clocks.witness(database)
    clocks.wall -= DAY

    def busy(*_: object) -> int:
        raise BusyError("held")

    with monkeypatch.context() as patched:
        patched.setattr(waits, "move", busy)
        with pytest.raises(StoreError):
            witness.look()
    witness.look()
    assert wait_of(database, made) <= 60


def test_a_worker_mends_at_its_start_what_was_put_off_by_a_clock_since_set_back(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as ahead:
        ahead.setattr(times, "now", lambda: datetime.now(UTC) + timedelta(days=1))
        made = put_off(hall.database, timedelta(seconds=0.1))
    assert wait_of(hall.database, made) > DAY - 60
    hall.drain()
    assert hall.get(made).status == "completed"
