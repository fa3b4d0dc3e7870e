"""Whether a worker that signed in still works."""

import os

from musings.errors import LockedError
from musings.process import alive
from musings.store.database import Database
from musings.store.queue import workers
from musings.store.queue.workers import SILENT_SECONDS, WorkerRow


def is_alive(found: WorkerRow) -> bool:
    """Its heart beats; and where it runs on this host, its process is still there."""
    return found.silent_seconds < SILENT_SECONDS and (not found.is_here or alive(found.process))


def refuse_beside_another(database: Database) -> None:
    """Raise ``LockedError`` when another process of this host has signed in to this queue and still runs.

    However silent it is: one that is stopped or held up goes on some time.
    """
    for found in database.reading(workers.known):
        if found.is_here and found.pid != os.getpid() and alive(found.process):
            raise LockedError(
                f"Another worker (process {found.pid}) is already working on this queue, although its lock is free.",
                hint="Was the lock file removed by hand? Stop that worker first.",
            )
