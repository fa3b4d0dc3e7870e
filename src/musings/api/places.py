"""How many requests may stay open at a time: event streams, and those that wait for the end of a prompt.

Each costs memory for as long as it lasts, and there is no end to them by themselves.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.exceptions import HTTPException

MOST_OPEN = 256
"""A page has one for each tab, and a browser seldom more than six for one server."""
COME_AGAIN_SECONDS = 10


class Places:
    """A number of places; whoever finds one free takes it, and gives it back. Safe from any thread."""

    def __init__(self, most: int = MOST_OPEN) -> None:
        self._most = most
        self._taken = 0
        self._lock = threading.Lock()

    @property
    def taken(self) -> int:
        with self._lock:
            return self._taken

    def take(self) -> None:
        """Take a place. Raises ``HTTPException`` (503, with ``Retry-After``) where none is free."""
        with self._lock:
            if self._taken >= self._most:
                raise HTTPException(
                    503,
                    f"{self._most} requests are open already, which wait for events. Try again in a moment.",
                    {"Retry-After": str(COME_AGAIN_SECONDS)},
                )
            self._taken += 1

    @contextmanager
    def held(self) -> Iterator[None]:
        """A place within the block. Raises as :meth:`take`."""
        self.take()
        try:
            yield
        finally:
            self.give_back()

    def give_back(self) -> None:
        with self._lock:
            self._taken -= 1
