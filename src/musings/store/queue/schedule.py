"""Whether a schedule works on the queue: what its installation and its own runs have written down.

A LaunchAgent, a systemd timer or cron starts a run every so often, and between two runs no worker lives. Each run is
noted in ``queue_state`` under ``schedule``, as JSON: ``runs`` (when the last of them began), ``ended``,
``interval_minutes``, and ``installed`` when `musings service install` set it up. The front door, which ends before
this is imported, notes its runs by ``musings.sqlite.due``.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median

from sqlalchemy import Connection

from musings.store import rows, times
from musings.store.queue import changes
from musings.store.queue.noted_runs import SCHEDULE, with_run

# What the documentation proposes for a timer.
USUAL_MINUTES = 5.0
# A machine that sleeps misses runs; only after several is it worth a word.
MISSED_RUNS = 3
SPARE = timedelta(minutes=1)
GAPS_THAT_TELL = 3
# A person may start two runs within seconds; a timer of a minute may be late by some seconds.
SHORTEST_SECONDS = 45.0


@dataclass(frozen=True)
class Schedule:
    """How the queue is looked at. ``interval`` is between the beginnings of two runs, as far as it is known.

    ``last_run_at`` is when a run was there last (its end, or its beginning while it goes on). ``next_run_at`` may lie
    in the past for a little while. ``is_kept``: the last run is not older than three intervals and a minute.
    ``is_regular``: it was installed, or came by more than once.
    """

    interval: timedelta
    last_run_at: datetime | None
    next_run_at: datetime | None
    is_kept: bool
    is_regular: bool

    def in_words(self) -> str:
        """One clause for a person, without a stop at its end."""
        if self.is_kept and self.next_run_at is not None:
            return f"a schedule works on the queue; its next look is due at {_minute(self.next_run_at)}"
        since = f" since {_minute(self.last_run_at)}" if self.last_run_at else ""
        return f"the schedule has not run{since}"


def find(connection: Connection) -> Schedule | None:
    """What is known of the schedule now; None when there never was one, or it was taken away."""
    value = changes.get(connection, SCHEDULE)
    return None if value is None else read(value, times.now())


def read(value: str, now: datetime) -> Schedule | None:
    """The same from the stored words, at a moment."""
    noted = rows.json_object(value)
    listed = noted.get("runs")
    begun = [found for each in (listed if isinstance(listed, list) else []) if (found := _past(each, now))]
    installed, ended = _past(noted.get("installed"), now), _past(noted.get("ended"), now)
    heard = [each for each in (*begun, installed, ended) if each is not None]
    if not heard:
        return None
    minutes = noted.get("interval_minutes")
    # A day at most: a larger number is a slip, and would keep the page quiet about a dead schedule.
    known = timedelta(minutes=minutes if isinstance(minutes, int | float) and 0 < minutes <= 1440 else USUAL_MINUTES)
    gaps = _gaps(begun)
    # What was installed is known for sure; otherwise the runs tell, when there are enough of them.
    interval = known if installed or len(gaps) < GAPS_THAT_TELL else timedelta(seconds=median(gaps))
    # From the last beginning: a timer counts from there, not from the end of a run.
    began = max((each for each in (*begun, installed) if each is not None), default=max(heard))
    been = [each for each in (*begun, ended) if each is not None]
    return Schedule(
        interval=interval,
        last_run_at=max(been) if been else None,
        next_run_at=began + interval,
        # The end counts as a sign too: a run that takes an hour is no missed run.
        is_kept=now - max(heard) <= MISSED_RUNS * interval + SPARE,
        is_regular=installed is not None or bool(gaps),
    )


def begin_run(connection: Connection, interval_minutes: float) -> None:
    """A drain begins. The interval is that of the settings, which counts until the runs themselves tell another."""
    noted = rows.json_object(changes.get(connection, SCHEDULE))
    if "installed" not in noted:
        noted = {**noted, "interval_minutes": interval_minutes}
    changes.put(connection, SCHEDULE, with_run(rows.dump(noted), began=_stamp(times.now())))


def end_run(connection: Connection) -> None:
    noted = changes.get(connection, SCHEDULE)
    changes.put(connection, SCHEDULE, with_run(noted, ended=_stamp(times.now())))


def install(connection: Connection, interval_minutes: float) -> None:
    """A service manager starts a run every so many minutes, from now on."""
    noted = {
        **rows.json_object(changes.get(connection, SCHEDULE)),
        "installed": _stamp(times.now()),
        "interval_minutes": interval_minutes,
    }
    changes.put(connection, SCHEDULE, rows.dump(noted))


def forget(connection: Connection) -> None:
    """There is no schedule any more; runs that come by all the same begin a new one."""
    changes.put(connection, SCHEDULE, None)


def _past(value: object, now: datetime) -> datetime | None:
    """A time that has been; what was written before the clock was set back tells nothing."""
    # The spare minute is for two clocks, of the front door and of the database's host.
    found = times.parse(value)
    return found if found is not None and found <= now + SPARE else None


def _gaps(begun: list[datetime]) -> list[float]:
    """Seconds from run to run. No schedule comes by twice in a minute; a person does. Their median is the interval:
    one run by hand or a night's sleep among them does not change it."""
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(begun)]
    return [gap for gap in gaps if gap >= SHORTEST_SECONDS]


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime(times.FORMAT)


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
