"""Locks between processes: OS locks on files beside the database, freed when their holder dies (ADR 1)."""

import contextlib
import fcntl
import os
import time
from pathlib import Path

from musings.errors import DiskError, DiskFullError, LockedError, StoreError
from musings.files.disk import FULL
from musings.locate import lock_path
from musings.sqlite.due import runner_is_alive

# Less than a fifth of a second in all: a second runner must be refused at once, not queue up.
LOOKS_SECONDS = (0.01, 0.02, 0.05, 0.1)


class FileLock:
    """Held from ``acquire`` to ``release``, or to the death of the process, whichever is first.

    It keeps out threads as well: each instance opens the file anew, and the kernel's lock belongs to the opening.
    ``refusal`` is what somebody reads who finds it taken, with the holder in the place of ``{holder}``.
    """

    def __init__(self, path: str, refusal: str) -> None:
        self.path = Path(path)
        self._refusal = refusal
        self._file: int | None = None

    def acquire(self) -> None:
        """Take the lock or raise ``LockedError`` that names the process that holds it."""
        try:
            # The file stays when the lock is released: a runner that locked a file which is then deleted would lock
            # nothing.
            file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            kind = DiskFullError if error.errno in FULL else DiskError
            hint = "Work on the queue needs the right and the room to write there; what only reads goes on meanwhile."
            raise kind(f"The lock {self.path} cannot be made: {error.strerror}.", hint=hint) from error
        if not _taken(file):
            # Read without the lock: the number may be missing or old, so it is only shown and never used.
            holder = os.pread(file, 32, 0).decode("ascii", "replace").strip()
            os.close(file)
            raise LockedError(self._refusal.format(holder=f" (process {holder})" if holder else ""))
        with contextlib.suppress(OSError):  # a full disk; the number is only shown to those who find the lock taken
            os.ftruncate(file, 0)
            os.pwrite(file, f"{os.getpid()}\n".encode(), 0)
        self._file = file

    def release(self) -> None:
        if self._file is not None:
            with contextlib.suppress(OSError):
                # Emptied before it is closed, so that no later reader finds the number of a runner that has gone.
                os.ftruncate(self._file, 0)
            os.close(self._file)
            self._file = None

    def is_held(self) -> bool:
        """Whether any process holds it, this one included."""
        return runner_is_alive(str(self.path))


class RunnerLock(FileLock):
    """One runner for each database."""

    def __init__(self, database: Path) -> None:
        super().__init__(lock_path(str(database)), "Another worker{holder} is already working on this queue.")


class HostLock(FileLock):
    """Something that this host has once, for every process that works on this database."""

    def __init__(self, database: Path, resource: str) -> None:
        name = resource.replace(" ", "-")
        super().__init__(
            f"{os.path.realpath(database)}.{name}.lock", f"The {resource} of this host is in use{{holder}}."
        )


class NoLock:
    """Of a database in memory: one process has it, and no worker may."""

    def acquire(self) -> None:
        raise StoreError("A database in memory has no lock that another process could see: no worker can run on it.")

    def release(self) -> None:
        """There is nothing to release."""

    def is_held(self) -> bool:
        return False


def _taken(file: int) -> bool:
    """Whether the lock is ours now. Somebody who only asks (``due.runner_is_alive``) holds it for an instant."""
    for wait in (*LOOKS_SECONDS, None):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if wait is None:
                return False
            time.sleep(wait)
        else:
            return True
    return False
