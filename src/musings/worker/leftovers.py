"""Has the jobs of prompts that have ended taken away from servers that were not there at the time."""

import time
from collections.abc import Callable

from musings.makers.choice import Makers
from musings.store.database import Database
from musings.store.queue import leftovers

# The watchdog looks four times a second; this look reads the database.
LOOK_SECONDS = 2.0
# A drain should end soon: servers that answer do so in milliseconds, the others are asked by the next worker.
PATIENCE_SECONDS = 3.0


class Leftovers:
    """``look`` may be called as often as one likes. ``on_change`` is as for ``Makers.watch``."""

    def __init__(self, database: Database, pipelines: Makers, on_change: Callable[[], None]) -> None:
        self._database = database
        self._pipelines = pipelines
        self._on_change = on_change
        # What was handed to the pipelines and where, so that each job is handed on once.
        self._handed: dict[str, str] = {}
        self._looked_at = float("-inf")

    def look(self) -> None:
        """Hand on what is new, and forget what is gone."""
        if time.monotonic() - self._looked_at >= LOOK_SECONDS:
            self._look()

    def finish(self, wait: Callable[[float], object]) -> None:
        """The worker ends: servers that answer have a moment to let go of what is left; the next one has the rest."""
        end = time.monotonic() + PATIENCE_SECONDS
        while self._look() and time.monotonic() < end:
            wait(0.1)

    def _look(self) -> bool:
        """Whether anything is left."""
        self._looked_at = time.monotonic()
        for name, where in self._database.reading(leftovers.noted).items():
            # Also when its whereabouts changed since: the job was moved to another server.
            if self._handed.get(name) != where:
                if self._pipelines.leave(where):
                    self._handed[name] = where
                    self._pipelines.watch(self._on_change)
            elif not self._pipelines.has_left(where):
                # Forgotten in memory before the row: a failed write is repeated, a forgotten row would never be.
                del self._handed[name]
                self._database.writing(leftovers.forget, name)
        return bool(self._handed)
