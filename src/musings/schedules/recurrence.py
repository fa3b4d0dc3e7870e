"""When a rule fires: RRULE of RFC 5545 on the clock on the wall, without I/O.

A local time that a change of the clock leaves out is read with the offset before the gap, and one that comes twice is
the first of both (RFC 5545, 3.3.5). So "at 02:30" comes once on every day, and a rule for every hour follows the clock.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

MOST_CHARACTERS = 500
MOST_INTERVAL = 10_000
MOST_COUNT = 10_000
MOST_TIMES = 288
"""Hours times minutes that a rule may list: every five minutes of a day."""
YEARS = 10
HORIZON = timedelta(days=366 * YEARS)
EARLIEST = 1970
LAST_YEAR = 9985
"""Where the rules are worked out: dateutil looks for a match until the year 9999, and there that is soon."""
CYCLE = 400
"""Years after which the calendar, days of the week included, comes again."""
GAP = timedelta(hours=26)
"""More than any change of a clock: Samoa left out a day."""

STEPS = {
    "MINUTELY": timedelta(minutes=1),
    "HOURLY": timedelta(hours=1),
    "DAILY": timedelta(days=1),
    "WEEKLY": timedelta(weeks=1),
    "MONTHLY": None,
    "YEARLY": None,
}
DAY = re.compile(r"(?:[+-]?(?:[1-9]|[1-4][0-9]|5[0-3]))?(?:MO|TU|WE|TH|FR|SA|SU)")
UNTIL = re.compile(r"([0-9]{8})(?:T([0-9]{6})(Z)?)?")
NUMBERS: Mapping[str, tuple[int, int]] = {
    "BYSECOND": (0, 59),
    "BYMINUTE": (0, 59),
    "BYHOUR": (0, 23),
    "BYMONTHDAY": (-31, 31),
    "BYYEARDAY": (-366, 366),
    "BYWEEKNO": (-53, 53),
    "BYMONTH": (1, 12),
    "BYSETPOS": (-366, 366),
    "INTERVAL": (1, MOST_INTERVAL),
    "COUNT": (1, MOST_COUNT),
}
NO_ZERO = ("BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS")
ONE = ("INTERVAL", "COUNT")
KNOWN = ("FREQ", "UNTIL", "BYDAY", "WKST", *NUMBERS)
NOT_WITH: Mapping[str, tuple[str, ...]] = {
    "BYMONTHDAY": ("WEEKLY",),
    "BYYEARDAY": ("DAILY", "WEEKLY", "MONTHLY"),
    "BYWEEKNO": ("MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY"),
    # Allowed there, but of an hour or a minute it picks what BYMINUTE says by itself, and to find nothing takes long.
    "BYSETPOS": ("MINUTELY", "HOURLY"),
}
"""The table of RFC 5545, 3.3.10: which part means nothing with which frequency."""
DAYS = ("BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYDAY")


@dataclass(frozen=True)
class Recurrence:
    """A rule that was read. ``start`` is its DTSTART, a time on the wall of ``zone``: what the rule does not say, such
    as the minute, is that of the start, and intervals and counts begin there.
    """

    parts: Mapping[str, str]
    zone: ZoneInfo
    start: datetime

    @property
    def text(self) -> str:
        return ";".join(f"{name}={value}" for name, value in self.parts.items())

    def after(self, moment: datetime) -> datetime | None:
        """The first time after ``moment``, in UTC; None when there is none within ten years."""
        best: datetime | None = None
        for wall in self.walls(self._from(moment)):
            if best is not None and wall > self._wall(best):
                break
            at = wall.replace(tzinfo=self.zone).astimezone(UTC)
            if at > moment and (best is None or at < best):
                best = at
            # One that the clock leaves out lands behind others that come later on the wall: only then is more read.
            if best is not None and self._wall(at) == wall:
                break
        return best

    def following(self, moment: datetime, number: int) -> list[datetime]:
        """The next so many times after ``moment``; fewer where it ends."""
        found: list[datetime] = []
        while len(found) < number and (at := self.after(found[-1] if found else moment)) is not None:
            found.append(at)
        return found

    def _from(self, moment: datetime) -> datetime:
        """The time on the wall from which on something may come after ``moment``."""
        low = self._wall(moment)
        moved = (moment - GAP).astimezone(self.zone).utcoffset() != moment.astimezone(self.zone).utcoffset()
        return low - GAP if moved else low

    def _wall(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone).replace(tzinfo=None, fold=0)

    def walls(self, low: datetime) -> Iterator[datetime]:
        """Times on the wall from ``low`` on, for as long as anybody looks ahead."""
        start = self._start_before(low)
        # Of both the later: the last year of all is near, and neither may come behind it.
        years = (LAST_YEAR - max(start.year, low.year)) // CYCLE * CYCLE
        rule = ";".join(f"{name}={value}" for name, value in self.parts.items() if name != "UNTIL")
        until = until_of(self.parts, self.zone)
        highest = low + HORIZON if until is None else min(low + HORIZON, until)
        for far in rrulestr(rule, dtstart=start.replace(year=start.year + years)).xafter(
            low.replace(year=low.year + years), inc=True
        ):
            wall = far.replace(year=far.year - years)
            if wall > highest:
                return
            yield wall

    def _start_before(self, low: datetime) -> datetime:
        """A start from which the rule goes on as from its own: with years of minutes between, to count them is long."""
        step = STEPS[self.parts["FREQ"]]
        if step is None or "COUNT" in self.parts:
            return self.start
        step *= int(self.parts.get("INTERVAL", 1))
        return self.start + max((low - self.start) // step - 1, 0) * step


def read(text: str, zone: ZoneInfo, start: datetime) -> Recurrence:
    """Read a rule such as ``FREQ=WEEKLY;BYDAY=MO;BYHOUR=7``, ``RRULE:`` before it or not.

    Raises ``ValueError`` in words, also for one that fires more often than once a minute.
    """
    if not EARLIEST <= start.year <= 9999 - CYCLE * 2:
        raise ValueError(f"starts in the year {start.year}")
    parts = _parts(text)
    _check(parts)
    found = Recurrence(parts, zone, start)
    # A day that never is, such as 30 February, is seen by years: by minutes that would take dateutil a second or two.
    days = {"FREQ": "YEARLY", **{name: parts[name] for name in DAYS if name in parts}}
    if len(days) > 1 and next(Recurrence(days, zone, start).walls(start), None) is None:
        raise ValueError(f"names no day that there is within {YEARS} years of its start: it would never fire")
    try:
        # What dateutil refuses, such as an interval that never meets the hours, it refuses when it is asked.
        first = next(found.walls(start), None)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"cannot be followed: {error}") from error
    if first is None:
        raise ValueError(f"has no time within {YEARS} years of its start: it would never fire")
    return found


def until_of(parts: Mapping[str, str], zone: ZoneInfo) -> datetime | None:
    """The last time on the wall at which a rule may fire; a date means the whole of its day."""
    match = UNTIL.fullmatch(parts.get("UNTIL", ""))
    if match is None:
        return None
    day, clock, is_utc = match.groups()
    found = datetime.strptime(day + (clock or "235959"), "%Y%m%d%H%M%S")  # noqa: DTZ007 (a time on the wall)
    return found.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None, fold=0) if is_utc else found


EVERY = {
    "hour": "FREQ=HOURLY",
    "day": "FREQ=DAILY",
    "weekday": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
    "week": "FREQ=WEEKLY",
}


def simple(every: str, at: time, day: str = "MO") -> str:
    """The rule for a word of :data:`EVERY`; an hour is at the minute of ``at``, a week on ``day`` (``MO`` …)."""
    minute = f"BYMINUTE={at.minute};BYSECOND=0"
    days = f";BYDAY={day}" if every == "week" else ""
    hours = "" if every == "hour" else f"BYHOUR={at.hour};"
    return f"{EVERY[every]}{days};{hours}{minute}"


def _parts(text: str) -> dict[str, str]:
    bare = text.strip().upper().removeprefix("RRULE:").rstrip(";")
    if not bare or len(text) > MOST_CHARACTERS:
        raise ValueError(f"must be 1 to {MOST_CHARACTERS} characters, such as FREQ=DAILY;BYHOUR=7;BYMINUTE=0")
    found: dict[str, str] = {}
    for part in bare.split(";"):
        name, equals, value = (each.strip() for each in part.partition("="))
        if not equals or name not in KNOWN:
            raise ValueError(f"has a part that RFC 5545 does not know, {part[:40]!r}; it knows {', '.join(KNOWN)}")
        if name in found:
            raise ValueError(f"has {name} twice")
        found[name] = value
    return found


def _check(parts: Mapping[str, str]) -> None:
    frequency = parts.get("FREQ")
    if frequency == "SECONDLY":
        raise ValueError("would fire more often than once a minute: FREQ=MINUTELY is the most frequent")
    if frequency not in STEPS:
        raise ValueError(f"must have a FREQ, which is one of {', '.join(STEPS)}")
    for name in parts.keys() & NUMBERS.keys():
        _check_numbers(name, parts[name])
    if "," in parts.get("BYSECOND", ""):
        raise ValueError("would fire more often than once a minute: BYSECOND may name one second")
    if (parts.get("BYHOUR", "").count(",") + 1) * (parts.get("BYMINUTE", "").count(",") + 1) > MOST_TIMES:
        raise ValueError(f"lists more than {MOST_TIMES} times of a day: use FREQ=MINUTELY with an INTERVAL")
    _check_days(parts, frequency)
    for name, frequencies in NOT_WITH.items():
        if name in parts and frequency in frequencies:
            raise ValueError(f"has {name}, which means nothing with FREQ={frequency}")
    if "BYSETPOS" in parts and not any(name.startswith("BY") for name in parts.keys() - {"BYSETPOS"}):
        raise ValueError("has BYSETPOS, which needs another part that begins with BY")
    if "UNTIL" in parts:
        _check_until(parts)


def _check_numbers(name: str, value: str) -> None:
    low, high = NUMBERS[name]
    given = value.split(",")
    if not all(re.fullmatch("[+-]?[0-9]{1,5}", each) for each in given) or (name in ONE and len(given) > 1):
        raise ValueError(f"has {name}={value[:40]}, which must be {'a number' if name in ONE else 'numbers'}")
    for each in map(int, given):
        if not low <= each <= high or (each == 0 and name in NO_ZERO):
            raise ValueError(f"has {name}={each}; it goes from {low} to {high}{', without 0' * (name in NO_ZERO)}")


def _check_days(parts: Mapping[str, str], frequency: str) -> None:
    given = parts["BYDAY"].split(",") if "BYDAY" in parts else []
    if any(not DAY.fullmatch(each) for each in given):
        raise ValueError(f"has BYDAY={parts['BYDAY'][:40]}; days are MO TU WE TH FR SA SU, the first Sunday is 1SU")
    numbered = any(len(each) > 2 for each in given)
    if numbered and (frequency not in ("MONTHLY", "YEARLY") or "BYWEEKNO" in parts):
        raise ValueError("numbers a day, such as 1SU, which only FREQ=MONTHLY and FREQ=YEARLY without BYWEEKNO can")
    if "WKST" in parts and parts["WKST"] not in ("MO", "TU", "WE", "TH", "FR", "SA", "SU"):
        raise ValueError(f"has WKST={parts['WKST'][:40]}, which must be a day such as MO")


def _check_until(parts: Mapping[str, str]) -> None:
    if "COUNT" in parts:
        raise ValueError("has COUNT and UNTIL: give one of them")
    try:
        if until_of(parts, ZoneInfo("UTC")) is not None:
            return
    except (ValueError, OverflowError):  # the 31st of a month that has none
        pass
    raise ValueError(f"has UNTIL={parts['UNTIL'][:40]}; write 20261231, or 20261231T070000Z in UTC")
