"""How SQLite says that something changed: ``PRAGMA data_version``, asked every so often.

It moves whenever anybody has committed, the asking process included, and costs microseconds.
"""

import threading
import time

from musings.store.database import Database


class DataVersion:
    """The ``Changes`` of an engine on SQLite. ``poll_seconds`` is how often ``wait`` asks."""

    def __init__(self, database: Database, poll_seconds: float) -> None:
        self._database = database
        self._poll_seconds = poll_seconds
        self._woken = threading.Event()
        # No version is negative, so that the first answer is True: what changed before we looked counts.
        self._seen = -1

    def changed(self) -> bool:
        version = self._database.version_of_data()
        changed, self._seen = version != self._seen, version
        return changed

    def wait(self, seconds: float) -> bool:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if self._woken.wait(min(self._poll_seconds, left)):
                self._woken.clear()
                # A wake is no change: the caller has to look at its own reason for it.
                return False
            if self.changed():
                return True
        return False

    def wake(self) -> None:
        self._woken.set()
