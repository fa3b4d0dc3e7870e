"""Duties: what is to be done every so often, whether or not a prompt comes.

When a duty with a ``name`` is due next stands in the database (``musings.store.housekeeping.duties``), where the front
door sees it without starting the whole program. Of several hosts one does it: whoever claims it first. A duty without a
name is only kept in mind by the process that has it.
"""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from musings import logs, process
from musings.errors import MusingsError
from musings.store import times
from musings.store.database import Database
from musings.store.housekeeping import duties as stored
from musings.store.housekeeping.duties import DutyRow, Owner

SPARE = timedelta(minutes=1)
"""How far two clocks may be apart."""

END_SECONDS = 5.0
"""How long the end of a block waits for the duty that is being done."""


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
            token = self._claim(duty)
            if duty.name is not None and token is None:
                continue  # somebody else does it, or the database is away: later
            done.append(duty.title)
            self._next[place] = self._clock() + duty.seconds
            self._act(duty, token)
        return done

    def _is_due(self, place: int, duty: Duty) -> bool:
        """Asks the database only: an idle process writes nothing."""
        if self._clock() < self._next[place]:
            return False
        if duty.name is None:
            return True
        try:
            return _is_free(self._database.reading(stored.find, duty.name), duty)
        except MusingsError:
            return False  # the database is away: later

    def _claim(self, duty: Duty) -> int | None:
        """The token of a claim; None for a duty without a name, or when somebody else was first."""
        if duty.name is None:
            return None
        try:
            # A claim may be forgotten when the power goes out: whoever had it is gone then, too.
            with self._database.write(relaxed=True) as connection:
                found = stored.find(connection, duty.name)
                return stored.claim(connection, duty.name, found, _me()) if _is_free(found, duty) else None
        except MusingsError:
            return None

    def _act(self, duty: Duty, token: int | None) -> None:
        log = logs.get("housekeeping")
        facts: dict[str, object] | None = None
        try:
            facts = duty.act()
        except MusingsError as error:
            log.warning(f"{duty.title}: it failed", error=error.explained)
        if facts:
            log.info(duty.title, **facts)
        if duty.name is None or token is None:
            return
        due = times.now() + timedelta(seconds=duty.seconds)  # afterwards: one that was killed is due still
        try:
            self._database.writing(stored.finish, duty.name, token, due)
        except MusingsError as error:
            log.warning("when a duty is due again cannot be written down", duty=duty.title, error=error.explained)


@contextmanager
def doing(database: Database, duties: Sequence[Duty], name: str, look_seconds: float) -> Iterator[None]:
    """Do duties on a thread of their own for as long as the block lasts, with a look every so many seconds.

    ``name`` is the thread's and the log's. Without duties there is no thread.
    """
    if not duties:
        yield
        return
    ended = threading.Event()
    roster = Roster(database, duties)

    def work() -> None:
        while not ended.wait(look_seconds):
            try:
                roster.do(idle=True, stopping=ended.is_set)
            except Exception as error:  # noqa: BLE001 (a mistake of ours in one duty must not end all that come after)
                logs.get(name).error("bug in a duty", exc_info=error)

    thread = threading.Thread(target=work, daemon=True, name=name)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(END_SECONDS)


def _is_free(found: DutyRow, duty: Duty) -> bool:
    """Whether a duty's time has come and nobody does it, as far as this host can tell.

    It has come as well where more is left than it ever waits: the clock was set back.
    """
    now = times.now()
    longest = now + timedelta(seconds=duty.seconds) + SPARE
    is_due = stored.is_due(found.due_at, now) or (found.due_at is not None and found.due_at > longest)
    return is_due and not (stored.is_claimed(found, now) and _may_live(found.owner))


def _may_live(owner: Owner | None) -> bool:
    """Of a process on another host nothing is known but its claim."""
    return owner is not None and (owner.host != socket.gethostname() or process.alive(owner.process))


def _me() -> Owner:
    return Owner(socket.gethostname(), process.identity(os.getpid()))
