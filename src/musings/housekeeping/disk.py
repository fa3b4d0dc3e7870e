"""The disk guard: no media prompt is started on a disk that is nearly full; text goes on.

What it found stands in the database, so that the API and the page say the same as the worker. A disk is one host's, and
so is the row (``musings.store.housekeeping.disks``).
"""

import socket
from collections.abc import Callable
from pathlib import Path

from musings import logs
from musings.files.disk import free_bytes
from musings.store.database import Database
from musings.store.housekeeping import disks

MORE_THAN_ENOUGH = 1.05  # of the least, before it counts as mended: no back and forth at the edge


def words(database: Database) -> str | None:
    """What is said while a disk is low, of each host that has one; None while none is."""
    return database.reading(disks.summary)


class DiskGuard:
    """Remembers how it was, so that a change is told once: in the log, to the page, and by an alert."""

    def __init__(
        self, database: Database, folder: Path, least_gigabytes: float, free: Callable[[Path], int | None] = free_bytes
    ) -> None:
        self._database = database
        self._folder = folder
        self._least = least_gigabytes * 1e9
        self._free = free
        self._low: bool | None = None

    def is_low(self) -> bool:
        """Measure now; costs microseconds unless something changed. May raise ``StoreError``."""
        free = self._free(self._folder)
        bound = self._least * (MORE_THAN_ENOUGH if self._low else 1)
        low = free is not None and free < bound
        if low is not self._low:
            self._tell(low, free or 0)
        return low

    def _tell(self, low: bool, free: int) -> None:
        least = f"{self._least / 1e9:g} GB"
        said = (
            f"The disk that holds {self._folder} has {free / 1e9:.2f} GB left, and {least} must stay free"
            " (media.retention.min_free_gigabytes): video, image, music and voice prompts wait until there is room."
        )
        self._note(said if low else None)
        if low:
            logs.get("housekeeping").warning(said)
        elif self._low:
            logs.get("housekeeping").info("there is room on the disk again: media prompts go on")
        self._low = low

    def _note(self, message: str | None) -> None:
        """Written only where it changes something: each change is an event for the page."""
        host = socket.gethostname()
        noted = self._database.reading(disks.messages)
        if noted != ({} if message is None else {host: message}):
            self._database.writing(disks.note, host, message)
