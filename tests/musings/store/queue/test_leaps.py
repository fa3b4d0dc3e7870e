"""Whether so much time has passed: a clock that jumped ahead is not believed before it has gone on for a day."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from musings.models import NewPrompt
from musings.store import times
from musings.store.database import Database
from musings.store.gallery import trash
from musings.store.queue import changes, leaps, submission
from musings.store.queue.leaps import BELIEVED, LEAP, MOST, Clock
from musings.store.tables import prompts

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONTHS = timedelta(days=60)


def going_on(clock: Clock, time: timedelta, step: timedelta = HOUR) -> Clock:
    end = clock.now + time
    while clock.now < end:
        clock = clock.at(min(end, clock.now + step))
    return clock


class TestClock:
    def test_one_that_goes_on_in_steps_is_believed(self) -> None:
        clock = going_on(Clock(NOON), MONTHS)
        assert (clock.sure, clock.leaps) == (NOON + MONTHS, ())

    def test_one_that_leaps_is_not_and_its_further_steps_are(self) -> None:
        leapt = Clock(NOON).at(NOON + MONTHS)
        assert (leapt.sure, leapt.unsure) == (NOON, MONTHS)
        assert going_on(leapt, 5 * HOUR).sure == NOON + 5 * HOUR

    def test_it_is_believed_when_it_has_gone_on_for_a_day(self) -> None:
        leapt = Clock(NOON).at(NOON + MONTHS)
        assert going_on(leapt, BELIEVED - HOUR).unsure == MONTHS
        assert going_on(leapt, BELIEVED).sure == NOON + MONTHS + BELIEVED

    def test_a_second_leap_is_no_step_that_proves_the_first(self) -> None:
        leapt = Clock(NOON).at(NOON + MONTHS).at(NOON + MONTHS + 2 * DAY)
        assert leapt.unsure == MONTHS + 2 * DAY
        part = going_on(leapt, BELIEVED - HOUR).at(NOON + 3 * MONTHS)
        assert part.sure == NOON + BELIEVED - HOUR
        assert going_on(part, HOUR).leaps == (leaps.Leap(part.leaps[-1].ahead, HOUR.total_seconds()),)

    def test_one_that_is_set_right_again_leaves_nothing(self) -> None:
        back = going_on(Clock(NOON).at(NOON + MONTHS), 3 * HOUR).at(NOON + 3 * HOUR)
        assert (back.sure, back.leaps) == (NOON + 3 * HOUR, ())
        assert Clock(NOON).at(NOON + MONTHS).at(NOON + HOUR).leaps == ()
        less = Clock(NOON).at(NOON + MONTHS).at(NOON + MONTHS - DAY)
        assert (less.sure, less.unsure) == (NOON, MONTHS - DAY)

    def test_one_that_is_set_back_is_believed_at_once(self) -> None:
        assert Clock(NOON).at(NOON - MONTHS).sure == NOON - MONTHS

    def test_a_machine_that_sleeps_at_night_lags_some_days_at_most(self) -> None:
        clock = Clock(NOON)
        for _ in range(90):
            clock = going_on(clock, 8 * HOUR).at(clock.now + DAY)
        assert clock.unsure < 4 * DAY


class TestNotes:
    def at(self, monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
        monkeypatch.setattr(times, "now", lambda: moment)

    def test_a_leap_outlives_the_process(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at(monkeypatch, NOON)
        database.writing(leaps.note)
        self.at(monkeypatch, NOON + MONTHS)
        assert database.reading(leaps.look).sure == NOON
        assert database.writing(leaps.note) == database.reading(leaps.look)
        self.at(monkeypatch, NOON + MONTHS + HOUR)
        assert database.writing(leaps.note).sure == NOON + HOUR

    def test_without_a_note_the_newest_row_is_the_witness(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert database.reading(leaps.look).leaps == ()
        self.at(monkeypatch, NOON)
        database.writing(submission.add, NewPrompt("a fox", "text"))
        self.at(monkeypatch, NOON + MONTHS)
        assert database.reading(leaps.look).sure == NOON
        self.at(monkeypatch, NOON - HOUR)  # what rows say of the future tells nothing
        assert database.reading(leaps.look).sure == NOON - HOUR

    def test_its_owner_may_say_that_it_is_right(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at(monkeypatch, NOON)
        database.writing(leaps.note)
        self.at(monkeypatch, NOON + MONTHS)
        assert database.writing(leaps.trust).sure == NOON + MONTHS
        assert database.reading(leaps.look).sure == NOON + MONTHS

    def test_a_note_stays_small_and_loses_no_time(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        for number in range(2 * MOST):
            self.at(monkeypatch, NOON + number * DAY)
            database.writing(leaps.note)
        found = database.reading(leaps.look)
        assert len(found.leaps) == MOST + 1
        assert found.unsure == (2 * MOST - 1) * DAY

    @pytest.mark.parametrize(
        "note", ["", "[]", '{"seen": 7, "leaps": 3}', '{"seen": "x", "leaps": [[1], null, ["a", 2]]}']
    )
    def test_what_another_program_made_of_the_note_stops_nothing(self, database: Database, note: str) -> None:
        database.writing(changes.put, leaps.NAME, note)
        database.writing(leaps.note)
        assert database.reading(leaps.look).now <= times.now()

    def test_the_trash_gives_back_what_only_a_leap_put_beyond_its_days(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        prompt, _ = database.writing(submission.add, NewPrompt("a fox", "text"))
        database.writing(trash.discard, prompt.id)
        monkeypatch.setattr(times, "now", lambda: datetime.now(UTC) + MONTHS)
        assert database.writing(trash.restore, prompt.id, 30).deleted_at is None


def test_a_look_of_a_worker_is_no_leap() -> None:
    assert timedelta(hours=1) < LEAP
    assert Clock(NOON).at(NOON + LEAP).leaps == ()


def test_rows_of_other_programs_are_read_as_they_are(database: Database) -> None:
    database.writing(submission.add, NewPrompt("a fox", "text"))
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE prompts SET created_at = 'yesterday', completed_at = 7")
        connection.execute(update(prompts).values(deleted_at=times.now() - HOUR))
    assert database.reading(leaps.look).leaps == ()
