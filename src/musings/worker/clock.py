"""A worker's witness of the clock: it knows how long it has lived, whatever the clock says."""

import time
from collections.abc import Callable

from musings import logs
from musings.store.database import Database
from musings.store.queue import waits

NOTICED_SECONDS = 1.0
"""Smaller steps are those of a clock that is kept right; they lengthen no wait that anybody would notice."""


class ClockWitness:
    """``look`` compares the clock with the time that has passed; one that was set back must make no prompt wait."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], float] = time.time,
        passed: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._clock = clock
        self._passed = passed
        self._ahead = clock() - passed()

    def at_start(self) -> None:
        """What happened to the clock while no worker looked."""
        if self._database.reading(waits.are_too_long):
            self._database.writing(waits.mend)

    def look(self) -> None:
        """Costs nothing while the clock goes as it should."""
        ahead = self._clock() - self._passed()
        back = self._ahead - ahead
        if back >= NOTICED_SECONDS:
            # Told before it is forgotten: a database that does not serve is asked again with the next look.
            moved = self._database.writing(waits.move, back)
            logs.get("worker").warning("the clock was set back", seconds=round(back, 1), prompts_moved=moved)
        self._ahead = ahead
