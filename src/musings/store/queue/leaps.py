"""Whether the clock can be believed that so much time has passed, before anything goes for its age.

A clock that jumps ahead by a month (a dead battery, a wrong time server, a resumed machine) would empty the trash. So
the time is noted whenever something may go (``queue_state``, under ``clock``). More than ``LEAP`` from one note to the
next is a leap: either nobody was there, or the clock jumped, and nothing can tell which. It is believed when the clock
has gone on for ``BELIEVED`` after it, in steps that were seen. One that is set back takes the latest leaps back.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from musings.store import rows, times
from musings.store.queue import changes
from musings.store.tables import attempts, prompts

NAME = "clock"
LEAP = timedelta(hours=2)
"""Longer than the hour between two looks of a worker."""
BELIEVED = timedelta(days=1)
MOST = 50
"""Leaps that are kept apart; older ones are joined."""


@dataclass(frozen=True)
class Leap:
    """``ahead`` in seconds; ``seen`` is how long the clock has gone on since, as far as somebody looked."""

    ahead: float
    seen: float


@dataclass(frozen=True)
class Clock:
    """What the clock says, and the leaps that are not believed yet."""

    now: datetime
    leaps: tuple[Leap, ...] = ()

    @property
    def unsure(self) -> timedelta:
        """How much of the time is not believed."""
        return timedelta(seconds=sum(each.ahead for each in self.leaps))

    @property
    def sure(self) -> datetime:
        """The time that surely has come: by it something may go for its age."""
        return self.now - self.unsure

    def at(self, later: datetime) -> "Clock":
        """The same clock at its next look."""
        passed = (later - self.now).total_seconds()
        if passed < 0:
            return Clock(later, _taken_back(self.leaps, -passed))
        if passed > LEAP.total_seconds():
            return Clock(later, (*self.leaps, Leap(passed, 0.0)))
        lived = (Leap(each.ahead, each.seen + passed) for each in self.leaps)
        return Clock(later, tuple(each for each in lived if each.seen < BELIEVED.total_seconds()))


def look(connection: Connection) -> Clock:
    """The clock now; nothing is written."""
    now = times.now()
    return _last(connection, now).at(now)


def note(connection: Connection) -> Clock:
    """The clock now, noted."""
    clock = look(connection)
    changes.put(connection, NAME, _words(clock))
    return clock


def trust(connection: Connection) -> Clock:
    """The clock now, whose owner says that it is right."""
    clock = Clock(times.now())
    changes.put(connection, NAME, _words(clock))
    return clock


def _last(connection: Connection, now: datetime) -> Clock:
    noted = rows.json_object(changes.get(connection, NAME))
    seen = times.parse(noted.get("seen"))
    if seen is None:  # the first look at this database: its newest row is the only witness
        return Clock(_newest(connection, now))
    listed = noted.get("leaps")
    return Clock(seen, tuple(_leap(each) for each in listed) if isinstance(listed, list) else ())


def _leap(noted: object) -> Leap:
    values = noted if isinstance(noted, list) else []
    numbers = [float(each) for each in values if isinstance(each, int | float) and math.isfinite(each)]
    return Leap(max(0.0, numbers[0]), max(0.0, numbers[1])) if len(numbers) == 2 else Leap(0.0, 0.0)


def _newest(connection: Connection, now: datetime) -> datetime:
    """The latest moment that a row names and that has been; now without any."""
    columns = (prompts.c.created_at, prompts.c.completed_at, prompts.c.deleted_at, attempts.c.finished_at)
    found = [connection.execute(select(func.max(column)).where(column <= now)).scalar() for column in columns]
    return max((each for each in found if each is not None), default=now)


def _taken_back(leaps: tuple[Leap, ...], seconds: float) -> tuple[Leap, ...]:
    left = list(leaps)
    while left and seconds > 0:
        latest = left.pop()
        # What is left is the time in which it was wrong.
        if latest.ahead - seconds > LEAP.total_seconds():
            left.append(Leap(latest.ahead - seconds, latest.seen))
        seconds -= latest.ahead
    return tuple(left)


def _words(clock: Clock) -> str:
    joined = clock.leaps[:-MOST]
    kept = clock.leaps[-MOST:]
    first = [Leap(sum(each.ahead for each in joined), min(each.seen for each in joined))] if joined else []
    leaps = [[each.ahead, each.seen] for each in (*first, *kept)]
    return rows.dump({"seen": clock.now.strftime(times.FORMAT), "leaps": leaps})
