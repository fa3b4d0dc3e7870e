"""When something may work: windows of the week, such as ``23:00-07:00`` and ``sat,sun 00:00-24:00``.

Times are those of a clock on the wall, so that a window stays where it is when summer time begins or ends.
"""

import functools
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEK = frozenset(range(7))
DAY_MINUTES = 24 * 60
WINDOW = re.compile(r"(?:([a-z, -]{1,60}) )?([0-9]{1,2}):([0-9]{2}) ?- ?([0-9]{1,2}):([0-9]{2})")
HOW = "write a window as 23:00-07:00 or as mon-fri 18:00-24:00"


@dataclass(frozen=True)
class Window:
    """From ``start`` to ``end``, minutes of a day; over midnight where it ends before it starts. ``days`` are those on
    which it starts, 0 is Monday.
    """

    days: frozenset[int]
    start: int
    end: int

    def holds(self, day: int, minute: int) -> bool:
        if self.start < self.end:
            return day in self.days and self.start <= minute < self.end
        return (day in self.days and minute >= self.start) or ((day - 1) % 7 in self.days and minute < self.end)


@dataclass(frozen=True)
class Hours:
    """Windows as they were written; none at all is always. ``zone`` None is that of this machine."""

    written: tuple[str, ...] = ()
    zone: ZoneInfo | None = None

    def are_now(self, now: datetime) -> bool:
        """Whether one of the windows holds ``now``, an aware time."""
        if not self.written:
            return True
        local = now.astimezone(self.zone)
        minute = local.hour * 60 + local.minute
        return any(window_of(text).holds(local.weekday(), minute) for text in self.written)

    def begin_next(self, now: datetime) -> datetime | None:
        """When the next window begins after ``now``; None where it is always."""
        if not self.written:
            return None
        today = now.astimezone(self.zone).date()
        # A window of one day of the week may begin today, and have begun already.
        days = [today + timedelta(days=ahead) for ahead in range(8)]
        starts = (self._at(day, window) for day in days for window in map(window_of, self.written))
        return min((at for at in starts if at is not None and at > now), default=None)

    def __str__(self) -> str:
        return " and ".join(self.written)

    def _at(self, day: date, window: Window) -> datetime | None:
        if day.weekday() not in window.days:
            return None
        naive = datetime.combine(day, time(window.start // 60, window.start % 60))
        # The hour that is left out in spring is read as the one after it.
        return naive.astimezone() if self.zone is None else naive.replace(tzinfo=self.zone)


@functools.lru_cache(maxsize=256)  # asked for before every start of a prompt
def window_of(text: str) -> Window:
    """Read one window. Raises ``ValueError`` in words."""
    match = WINDOW.fullmatch(text.strip().lower())
    if match is None:
        raise ValueError(f"{text[:40]!r} is no window: {HOW}")
    days, *numbers = match.groups()
    first_hour, first_minute, last_hour, last_minute = map(int, numbers)
    start, end = first_hour * 60 + first_minute, last_hour * 60 + last_minute
    if max(first_minute, last_minute) > 59 or start >= DAY_MINUTES or end > DAY_MINUTES:
        raise ValueError(f"{text[:40]!r} has a time that no clock shows: {HOW}")
    # It could mean nothing or all day, and whoever wrote it meant one of them.
    if start == end:
        raise ValueError(f"{text[:40]!r} ends when it starts; for the whole day write 00:00-24:00")
    return Window(_days(days, text) if days else WEEK, start, end)


def zone_of(name: str) -> ZoneInfo:
    """The time zone of this name. Raises ``ValueError`` in words."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError) as error:
        raise ValueError(
            f"{name[:60]!r} is no time zone that this machine knows; write one as Europe/Berlin"
        ) from error


def _days(given: str, text: str) -> frozenset[int]:
    found: set[int] = set()
    for part in given.split(","):
        # One day is a range of itself, and one over the end of the week goes on with Monday.
        first, _, last = (each.strip() for each in part.partition("-"))
        if first not in DAYS or (last or first) not in DAYS:
            raise ValueError(f"{text[:40]!r} names a day that is none of {', '.join(DAYS)}")
        start, end = DAYS.index(first), DAYS.index(last or first)
        found.update(range(start, end + 1) if start <= end else [*range(start, 7), *range(end + 1)])
    return frozenset(found)
