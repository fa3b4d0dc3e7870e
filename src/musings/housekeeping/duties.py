"""Duties: what is to be done every so often, whether or not a prompt comes.

When a duty with a ``name`` is due next stands in ``queue_state`` as ``duty:NAME``, where the front door sees it without
starting the whole program (``musings.sqlite.due``); a duty without one is only kept in mind by the process that has it.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from musings import logs
from musings.errors import MusingsError
from musings.store import times
from musings.store.database import Database
from musings.store.queue import changes

PREFIX = "duty:"
FAR = timedelta(days=1)  # no duty is due later than that: the clock was set back since


@dataclass(frozen=True)
class Duty:
    """``act`` returns facts for the log, or None when there was nothing to tell. ``only_idle``: not beside prompts.

    ``at_end``: once more when a run ends, however short ago the last time was, because nobody is there afterwards.
    """

    title: str
    seconds: float
    act: Callable[[], dict[str, object] | None]
    name: str | None = None
    only_idle: bool = False
    at_end: bool = False


class Roster:
    """Does what is due. Not safe for threads; one thread has it."""

    def __init__(self, database: Database, duties: Sequence[Duty], clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._duties = duties
        self._clock = clock
        self._next = [float("-inf")] * len(duties)

    def do(self, *, idle: bool, stopping: Callable[[], bool] = lambda: False, ending: bool = False) -> list[str]:
        """Do every duty whose time has come; returns their titles. One that fails is logged and comes again.

        ``ending``: nobody looks after this; what is to be done at the end is done whatever its time.
        """
        done = []
        for place, duty in enumerate(self._duties):
            if stopping():
                break
            if (duty.only_idle and not idle) or not ((ending and duty.at_end) or self._is_due(place, duty)):
                continue
            done.append(duty.title)
            self._next[place] = self._clock() + duty.seconds
            self._act(duty)
        return done

    def _is_due(self, place: int, duty: Duty) -> bool:
        if self._clock() < self._next[place]:
            return False
        if duty.name is None:
            return True
        try:
            return is_due(changes.read(self._database, PREFIX + duty.name), times.now())
        except MusingsError:
            return False  # the database is away: later

    def _act(self, duty: Duty) -> None:
        log = logs.get("housekeeping")
        facts: dict[str, object] | None = None
        try:
            facts = duty.act()
        except MusingsError as error:
            log.warning(f"{duty.title}: it failed", error=error.explained)
        if facts:
            log.info(duty.title, **facts)
        if duty.name is None:
            return
        due = times.now() + timedelta(seconds=duty.seconds)  # afterwards: one that was killed is due still
        try:
            changes.write(self._database, PREFIX + duty.name, due.strftime(times.FORMAT))
        except MusingsError as error:
            log.warning("when a duty is due again cannot be written down", duty=duty.title, error=error.explained)


def is_due(value: str | None, now: datetime) -> bool:
    """Whether a duty's time has come. What cannot be read, or is too far away to be true, has."""
    due = times.parse(value)
    return due is None or due <= now or due > now + FAR
