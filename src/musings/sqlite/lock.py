"""One runner for each database: an OS lock that the kernel frees when its process dies (ADR 1)."""

import contextlib
import fcntl
import os
import time
from pathlib import Path

from musings.errors import LockedError, StoreError
from musings.locate import lock_path
from musings.sqlite.due import runner_is_alive

# Less than a fifth of a second in all: a second runner must be refused at once, not queue up.
LOOKS_SECONDS = (0.01, 0.02, 0.05, 0.1)


class RunnerLock:
    """Held from ``acquire`` to ``release``, or to the death of the process, whichever is first."""

    def __init__(self, database: Path) -> None:
        self.path = Path(lock_path(str(database)))
        self._file: int | None = None

    def acquire(self) -> None:
        """Take the lock or raise ``LockedError`` that names the process that holds it."""
        try:
            # The file stays when the lock is released: a runner that locked a file which is then deleted would lock
            # nothing.
            file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise StoreError(f"The lock {self.path} cannot be made: {error.strerror}.") from error
        if not _taken(file):
            # Read without the lock: the number may be missing or old, so it is only shown and never used.
            holder = os.pread(file, 32, 0).decode("ascii", "replace").strip()
            os.close(file)
            who = f" (process {holder})" if holder else ""
            raise LockedError(f"Another worker{who} is already working on this queue.")
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


class NoLock:
    """Of a database in memory: one process has it, and no runner may."""

    def acquire(self) -> None:
        raise StoreError("A database in memory has no queue that a runner could lock.")

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
