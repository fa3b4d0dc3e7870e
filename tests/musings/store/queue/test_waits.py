"""A clock that was set back makes no prompt wait longer than it was told to."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from musings.models import NewPrompt
from musings.sqlite import due
from musings.store import times
from musings.store.database import Database
from musings.store.queue import submission, waits
from musings.store.tables import prompts as rows
from tests.musings.store.queue.taking import put_off, wait_of

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@pytest.fixture
def set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows are written a day later than now."""
    monkeypatch.setattr(times, "now", lambda: datetime.now(UTC) + DAY)


def is_due(database: Database) -> bool:
    return due.anything(str(database.path), media_only=False)


@pytest.mark.usefixtures("set_back")
class TestAfterAStart:
    @pytest.mark.parametrize("counted", [True, False])
    def test_a_wait_is_as_long_as_it_was_given(
        self, database: Database, monkeypatch: pytest.MonkeyPatch, counted: bool
    ) -> None:
        made = put_off(database, MINUTE, counted=counted)
        monkeypatch.undo()
        assert wait_of(database, made) > DAY.total_seconds()
        assert is_due(database), "a schedule starts the program, which mends it"
        assert database.reading(waits.are_too_long)
        assert database.writing(waits.mend) == 1
        # One that counts has left an attempt, which tells when it was put off.
        assert 50 < wait_of(database, made) <= 60 if counted else wait_of(database, made) <= 0
        assert not database.reading(waits.are_too_long)

    def test_what_somebody_else_put_off_is_left(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        made, _ = database.writing(submission.add, NewPrompt("a fox", "text"))
        with database.write() as connection:
            connection.execute(update(rows).values(next_attempt_at=times.now()))
        monkeypatch.undo()
        assert database.writing(waits.mend) == database.writing(waits.move, 3600) == 0
        assert wait_of(database, made.id) > DAY.total_seconds() - 60
        assert not is_due(database)


def test_a_clock_that_goes_right_changes_no_wait(database: Database) -> None:
    first, second = put_off(database, MINUTE), put_off(database, waits.LONGEST, counted=False)
    assert not database.reading(waits.are_too_long)
    assert database.writing(waits.mend) == 0
    assert (wait_of(database, first) > 50, wait_of(database, second) > 3590) == (True, True)
    assert not is_due(database)


def test_what_waits_is_moved_by_as_much_as_the_clock_was_set_back(database: Database) -> None:
    made = put_off(database, timedelta(hours=26))
    assert database.writing(waits.move, DAY.total_seconds()) == 1
    assert 7000 < wait_of(database, made) <= 7200


def test_the_door_and_the_store_agree() -> None:
    assert timedelta(seconds=due.LONGEST_WAIT) == waits.LONGEST
    assert timedelta(seconds=due.CLOCKS) == waits.SPARE
