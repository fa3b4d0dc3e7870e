"""A process without free descriptors: said once, not with every connection that cannot be taken."""

import asyncio
import errno
import time
from collections.abc import Callable
from typing import Any

from musings import logs

OUT_OF_DESCRIPTORS = (errno.EMFILE, errno.ENFILE)
QUIET_SECONDS = 300.0
WORDS = "no connection can be taken: this process has no free file descriptors (see `ulimit -n`)"


class Exhaustion:
    """An exception handler of an event loop; what is not about descriptors goes to the loop's own."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._said: float | None = None

    def __call__(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if not isinstance(error, OSError) or error.errno not in OUT_OF_DESCRIPTORS:
            loop.default_exception_handler(context)
        elif self._said is None or self._now() - self._said > QUIET_SECONDS:
            self._said = self._now()
            logs.get("api").error(WORDS)
