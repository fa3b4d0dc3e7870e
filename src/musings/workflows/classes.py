"""The node classes of the servers, as last heard, without making anybody wait long for a server that is away."""

import threading
import time
from collections.abc import Sequence

from musings.comfy.client import Server
from musings.comfy.protocol import Object
from musings.errors import MusingsError

FRESH_SECONDS = 60.0
FIRST_SECONDS = 3.0


class ClassTable:
    """A look at the servers goes on behind ``latest``. The first server that answers tells."""

    def __init__(self, servers: Sequence[Server]) -> None:
        self._servers = tuple(servers)
        self._lock = threading.Lock()
        self._known: Object | None = None
        self._asked_at = float("-inf")
        self._first_until: float | None = None
        self._answered = threading.Event()

    def latest(self) -> Object | None:
        """What was heard last, None when nothing yet.

        Only the first answer is waited for, ``FIRST_SECONDS`` at most for all calls together: without it no form knows
        the bounds of its numbers.
        """
        self._ask()
        if self._known is None and self._first_until is not None:
            self._answered.wait(max(0.0, self._first_until - time.monotonic()))
        return self._known

    def wait(self, seconds: float) -> Object | None:
        """The same, but the first answer is waited for a while."""
        self._ask()
        self._answered.wait(seconds)
        return self._known

    def _ask(self) -> None:
        with self._lock:
            now = time.monotonic()
            if not self._servers or now - self._asked_at < FRESH_SECONDS:
                return
            self._asked_at = now
            self._first_until = self._first_until or now + FIRST_SECONDS
        threading.Thread(target=self._look, daemon=True, name="object-info").start()

    def _look(self) -> None:
        try:
            for server in self._servers:
                try:
                    self._known = server.object_info()
                except (MusingsError, RuntimeError):  # away, or closed while we asked
                    continue
                return
        finally:
            self._answered.set()
