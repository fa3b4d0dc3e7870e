"""Prompts that wait for something need not wait for their time when it is there."""

import threading
from collections.abc import Collection

from musings import logs
from musings.errors import ServerAway, StoreError, Unavailable
from musings.store.database import Database
from musings.store.queue import accounts

PLACE = "place"
# Not ``configuration``: nothing about it changes while a worker runs, which read it once.
NEWS = ("comfyui", PLACE)
NEWS_AT_START = (*NEWS, "server", "configuration", "disk")
# Attempts that ended so never had a place on a server, so their end frees none.
UNSERVED = (Unavailable.__name__, ServerAway.__name__)


class Hastening:
    """Makes prompts due whose server, or whose place on one, may be there."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._servers_changed = threading.Event()

    def at_start(self) -> None:
        """Whatever prompts wait for may have come since the last worker."""
        self._hasten(NEWS_AT_START)

    def servers_changed(self) -> None:
        """A ComfyUI went away or came back. Only takes note: it is told on another thread."""
        self._servers_changed.set()

    def look(self) -> None:
        """Act on what was noted."""
        if self._servers_changed.is_set():
            # Cleared before acting: a change during the act is then looked at again.
            self._servers_changed.clear()
            self._hasten(NEWS)

    def left_its_server(self, how: str) -> None:
        """An attempt on a server ended, as ``worker.attempt.process`` says: there may be a place for another."""
        # It found no server: hastening others would send them to the same closed door, round and round.
        if how in UNSERVED:
            return
        try:
            self._hasten((PLACE,))
        except StoreError as error:  # their own time comes
            logs.get("worker").error("the database does not serve", error=error.explained)

    def _hasten(self, waiting_for: Collection[str]) -> None:
        # A read first, so that the usual case, in which nobody waits, takes no write lock.
        if self._database.reading(accounts.are_waited_for, waiting_for):
            self._database.writing(accounts.hasten, waiting_for)
