"""Schedules whose time has come turned into prompts and musings: once, whoever does it and wherever it is killed.

What a schedule makes is checked outside of any transaction. One transaction then moves its next time on, if it is still
what was read, and stores what it makes: killed before its commit nothing has happened and it is due still; of two that
do it at once the second finds it moved. However many times were missed, it fires once, and its next time is from now.
"""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from musings import logs
from musings.engine.base import Changes
from musings.errors import InvalidInputError, MusingsError, StoreError, UnreachableError
from musings.housekeeping.duties import Duty, doing
from musings.schedules import acts, headlines, making
from musings.store import times
from musings.store.queue import pause
from musings.store.schedules import schedules

AT_ONCE = 20
ASK_AGAIN = timedelta(minutes=10)
"""When a feed that did not answer is asked once more."""
LOOK_SECONDS = 1.0
"""How late a schedule may be. A look asks the database only when something changed, or when a time has come."""
CERTAIN_SECONDS = 60.0
"""How often it is asked all the same: the clock may have been set."""
PATIENCE_SECONDS = 15.0
"""How long a database that does not serve is left alone."""


@dataclass(frozen=True)
class Firings:
    """Needs no lock: any number of processes may do it."""

    room: making.Workroom

    def due(self, stopping: Callable[[], bool] = lambda: False) -> int:
        """Fire what is due now; returns how many have. Nothing while the queue is paused. Raises ``StoreError``."""
        database, now = self.room.database, times.now()
        with database.read() as connection:
            found = schedules.due(connection, now, AT_ONCE)
            if not found or pause.is_paused(connection):
                return 0
        return sum(not stopping() and self.fire(each, now) for each in found)

    def next_moment(self) -> datetime | None:
        """When the next one is due."""
        return self.room.database.reading(schedules.next_moment)

    def fire(self, row: schedules.ScheduleRow, now: datetime) -> bool:
        """Fire one that was read; False where somebody else has, or its time was wrong."""
        log = logs.get("schedules")
        try:
            rule = acts.recurrence_of(row)
        except InvalidInputError as error:
            return self._end(row, None, schedules.Firing(error=error.explained))
        if row.planned_at > now + schedules.WRONG_CLOCK:
            # Worked out while the clock was ahead: its time may lie years after the right one.
            log.warning("the clock was set back: a schedule is planned anew", schedule=row.name)
            self.room.database.writing(schedules.move, row, rule.after(now))
            return False
        next_at = rule.after(max(now, row.next_at or now))
        try:
            asked = making.wanted_of(row.request, row.name)
            wanted = headlines.filled(asked, row.request, self.room.allowed_hosts)
        except UnreachableError as error:
            # Its feed is away, perhaps for minutes: what is asked for is not lost by that.
            again = min(times.now() + ASK_AGAIN, next_at or datetime.max.replace(tzinfo=UTC))
            log.warning("the feed of a schedule does not answer", schedule=row.name, error=error.explained)
            words = f"{error.explained} It is asked again every {ASK_AGAIN.total_seconds() / 60:g} minutes."
            return self._end(row, again, schedules.Firing(error=words))
        except InvalidInputError as error:
            return self._end(row, next_at, schedules.Firing(error=error.explained))
        try:
            done = self._make(row, next_at, wanted)
        except StoreError:
            raise
        except MusingsError as error:
            log.warning("a schedule could not fire", schedule=row.name, error=error.explained)
            return self._end(row, next_at, schedules.Firing(error=error.explained))
        except Exception as error:  # noqa: BLE001 (a mistake of ours in one must not stop the others; it is told)
            logs.get("schedules").error("bug in a schedule", schedule=row.name, exc_info=error)
            words = f"There is a mistake in Musings ({type(error).__name__}); the log has more."
            return self._end(row, next_at, schedules.Firing(error=words))
        if done is None:
            return False
        log.info("a schedule has fired", schedule=row.name, prompt=done.prompt_id, musing=done.musing_id)
        if done.musing_id is not None:
            # Steps that are skipped at once make others due. Killed before this, the next look at runs does it.
            self.room.advance.whole(done.musing_id)
        return True

    def _make(
        self, row: schedules.ScheduleRow, next_at: datetime | None, wanted: making.Wanted
    ) -> schedules.Firing | None:
        """Store what it makes and move it on; None where somebody else was first."""
        ready = self.room.ready(wanted)
        return self.room.database.writing(_fired, row, next_at, ready)

    def _end(self, row: schedules.ScheduleRow, next_at: datetime | None, what: schedules.Firing) -> bool:
        """Move it on with nothing made. One whose rule cannot be read any more fires no more until it is changed."""
        return self.room.database.writing(_missed, row, next_at, what)


def _fired(
    connection: Connection, row: schedules.ScheduleRow, next_at: datetime | None, ready: making.ReadyWork
) -> schedules.Firing | None:
    # Moved before anything is stored: whoever lost has nothing to take back.
    if not schedules.move(connection, row, next_at):
        return None
    made, _ = ready.store(connection)
    schedules.note(connection, row.id, made)
    return made


def _missed(
    connection: Connection, row: schedules.ScheduleRow, next_at: datetime | None, what: schedules.Firing
) -> bool:
    moved = schedules.move(connection, row, next_at)
    if moved:
        schedules.note(connection, row.id, what)
    return moved


@dataclass
class ScheduleWatch:
    """Knows the next moment, so that a look costs nothing before it. Not safe for threads; one thread has it."""

    firings: Firings
    changes: Changes
    stopping: Callable[[], bool]
    clock: Callable[[], float] = time.monotonic
    _next: datetime | None = None
    _certain_until: float = field(default=float("-inf"))
    _patient_until: float = field(default=float("-inf"))

    def look(self) -> None:
        """Fire what is due."""
        if self.clock() < self._patient_until:
            return
        try:
            # Asked first and always: a change that came while the database is looked at is told by the next look.
            changed = self.changes.changed()
            is_time = self._next is not None and times.now() >= self._next
            if changed or is_time or self.clock() >= self._certain_until:
                self._next = self._fire()
                self._certain_until = self.clock() + CERTAIN_SECONDS
        except StoreError:
            # It is told by whoever needs the database more; asked every second the log would be full of it.
            self._patient_until = self.clock() + PATIENCE_SECONDS
            self._certain_until = float("-inf")

    def _fire(self) -> datetime | None:
        """Fire, and say when to look again."""
        now = times.now()
        if self.firings.due(self.stopping):
            return now  # at once: there may be more than are read in one go
        at = self.firings.next_moment()
        # What is due and did not fire waits for the end of a pause, and that is a change.
        return None if at is not None and at <= now else at


def watching(watch: ScheduleWatch, look_seconds: float = LOOK_SECONDS) -> AbstractContextManager[None]:
    """Fire on a thread of its own, for as long as the block lasts: what else is cared for may take minutes."""
    duty = Duty("schedules fired", look_seconds, watch.look)
    return doing(watch.firings.room.database, [duty], "schedules", look_seconds)
