"""How SQLite says that something changed: ``PRAGMA data_version``, asked every so often, and at once when it is told.

It moves whenever anybody has committed, the asking process included, and costs microseconds. What commits through
Musings tells it (``wakeups``); what other programs commit is found when it is asked next.
"""

import threading
import time

from musings.sqlite.dialect import SqliteDialect
from musings.store.database import Database


class DataVersion:
    """The ``Changes`` of an engine on SQLite. ``poll_seconds`` is how often ``wait`` asks when nothing is told.

    ``of_ours``: what this process itself commits is told at once, too.
    """

    def __init__(self, database: Database, poll_seconds: float, *, of_ours: bool = True) -> None:
        self._database = database
        self._poll_seconds = poll_seconds
        self._of_ours = of_ours
        self._is_told = False
        self._told = threading.Event()
        self._woken = False
        # No version is negative, so that the first answer is True: what changed before we looked counts.
        self._seen = -1

    def changed(self) -> bool:
        version = self._database.version_of_data()
        changed, self._seen = version != self._seen, version
        return changed

    def wait(self, seconds: float) -> bool:
        self._be_told()
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._told.wait(min(self._poll_seconds, left))
            # Before the reasons are looked at, so that one that comes meanwhile ends the next wait.
            self._told.clear()
            if self._woken:
                self._woken = False
                # A wake is no change: the caller has to look at its own reason for it.
                return False
            if self.changed():
                return True
        return False

    def wake(self) -> None:
        self._woken = True
        self._told.set()

    def _be_told(self) -> None:
        """From the first wait on: who only asks needs nothing to be told."""
        dialect = self._database.dialect
        if not self._is_told and isinstance(dialect, SqliteDialect) and dialect.wakeups is not None:
            self._is_told = True
            dialect.wakeups.expect(self, self._told.set, of_ours=self._of_ours)
