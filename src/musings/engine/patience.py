"""Patience with a database that does not serve for a while."""

import time
from collections.abc import Callable

from musings import logs
from musings.engine import draining
from musings.errors import CorruptError, SchemaError, StoreError

PAUSE_SECONDS = 1.0


class Patience:
    """Calls what is handed to it; a database that is busy or full must not end the runner: say so, wait, go on.

    ``wait`` sleeps for so many seconds, or less when the runner is to stop. A damaged file and changed tables do not
    get better by waiting: those errors are raised. With ``is_bounded`` somebody waits for the end, so that it gives
    up at some time.
    """

    def __init__(self, wait: Callable[[float], object], *, is_bounded: bool) -> None:
        self._wait = wait
        self._is_bounded = is_bounded
        self._failing_since: float | None = None

    def __call__(self, act: Callable[[], object]) -> object:
        """What ``act`` returns; None when the database did not serve."""
        try:
            done = act()
        except StoreError as error:
            now = time.monotonic()
            # From the first failure on, not from the latest: a database that fails now and then is not away.
            self._failing_since = self._failing_since or now
            # Under a scheduler a drain that hangs would block every later run; a service has nobody who waits for its
            # end.
            too_long = self._is_bounded and now - self._failing_since > draining.longest_wait(error)
            if too_long or isinstance(error, CorruptError | SchemaError):
                raise
            logs.get("worker").error("the database does not serve", error=error.explained)
            # Not at once again: each try already waits for the busy timeout, and the log must not fill the disk
            # further.
            self._wait(PAUSE_SECONDS)
            return None
        self._failing_since = None
        return done
