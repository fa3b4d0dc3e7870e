"""Verified copies of an SQLite file, made while others use it (https://www.sqlite.org/backup.html).

A copy has its name only when it is whole: it is written under another one, checked, put on the disk, then renamed.
"""

import errno
import glob
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from musings.errors import BusyError, CorruptError, DiskFullError, StoreError
from musings.files import atomic
from musings.sqlite import unwritable
from musings.sqlite.errors import explained

PATIENCE_SECONDS = 15.0  # as long as a statement waits
# What a working database needs in the next minutes; to fill a disk to its last byte stops everything else on it.
SPARE_BYTES = 8_000_000
STAMP = "%Y%m%dT%H%M%SZ"
# The files that SQLite keeps beside its own; a copy must not leave any.
SIDE_FILES = ("-journal", "-wal", "-shm")


def copy_aside(database: Path, why: str, now: datetime) -> Path:
    """A checked copy beside the database, such as ``musings.before-0002-20261122T101500Z.db``; returns its path.

    The caller holds a lock that keeps others from doing the same; what a killed one left half-made goes. A copy of a
    damaged file has the same damage: then it is the same findings that pass. Raises ``StoreError``, and
    ``DiskFullError`` before anything is written when there is no room.
    """
    target = _free_name(database.with_name(f"{database.stem}.{why}-{now.strftime(STAMP)}{database.suffix}"))
    # Only for the same reason: another adoption's copies may be in use.
    for left in target.parent.glob(f".{glob.escape(database.stem)}.{why}-*.partial*"):
        left.unlink(missing_ok=True)
    require_room(target.parent, size_of(database))
    # A copy of a damaged file shows the same damage; any other finding is the fault of copying.
    write_copy(database, target, expected=integrity(database))
    return target


def write_copy(source: Path, target: Path, *, expected: tuple[str, ...] = ()) -> None:
    """Copy a database to a new file ``target``: there whole and checked, or not at all.

    ``expected`` are the findings of the integrity check that the source itself has. Raises ``StoreError``.
    """
    with told_plainly(target), atomic.replacing(target) as partial:
        try:
            pour(source, partial)
            found = integrity(partial)
        finally:
            # A checked copy needs none of them, and a leftover log would be applied to whatever gets this name next.
            for end in SIDE_FILES:
                partial.with_name(partial.name + end).unlink(missing_ok=True)
        if found != expected:
            raise CorruptError(
                f"The copy {target} does not pass its check: {'; '.join(found[:3]) or 'it is not the same'}.",
                hint="Check the disk, then try again. The database itself was not changed.",
            )


def pour(source: Path, target: Path, *, seconds: float = PATIENCE_SECONDS, single_file: bool = True) -> None:
    """Write the contents of one database over another in one transaction of the target.

    Other connections to the target see the old contents, then the new ones; a process that dies in between leaves the
    old. ``single_file`` makes the target readable without its side files. Raises ``BusyError`` after ``seconds``.
    """
    deadline = time.monotonic() + seconds

    def patience(status: int, _remaining: int, _total: int) -> None:
        # SQLite itself goes on trying for ever; a program that never lets go must not hang us.
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and time.monotonic() > deadline:
            raise BusyError(f"{source} or {target} is held by another program.", hint="Close what holds it open.")

    with told_plainly(source):
        origin = reading(source, seconds=seconds)
    with closing(origin), told_plainly(target), closing(sqlite3.connect(target)) as copy:
        # Short, because the backup's own loop repeats and looks at the deadline between two tries.
        copy.execute("PRAGMA busy_timeout = 1000")
        # SQLite's own copying sees one moment of the source, while plain copying of a file could catch it half written.
        origin.backup(copy, progress=patience, sleep=0.05)
        if single_file:
            # Without the log mode: the copy is one file that can be moved and opened on read-only media.
            copy.execute("PRAGMA journal_mode = DELETE")


def reading(path: Path, *, seconds: float = PATIENCE_SECONDS) -> sqlite3.Connection:
    """A connection that cannot change the file. The caller closes it.

    It waits ``seconds`` for a writer to let go. A file whose last writer died is opened for writing, because SQLite
    must first undo what was half done; where that is impossible, see ``unwritable``.
    """
    name = quote(str(path.absolute()))
    try:
        # Read-only by the file's mode and not by good will: what we examine may be another program's only copy.
        return _opened(f"file:{name}?mode=ro", seconds)
    except sqlite3.Error as error:
        # A log that was left by a killed writer has to be applied first, for which the file must be writable.
        if not unwritable.is_told_by(error):
            raise
    try:
        connection = _opened(f"file:{name}?mode=rw", seconds)
    except sqlite3.Error as error:
        if not unwritable.is_told_by(error):
            raise
        return unwritable.connect(path, seconds)
    connection.execute("PRAGMA query_only = ON")
    return connection


def _opened(address: str, seconds: float) -> sqlite3.Connection:
    connection = sqlite3.connect(address, uri=True, isolation_level=None, timeout=seconds)
    try:
        # Opening reads nothing yet: a file that is none, or is locked, is found with the first statement.
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def integrity(path: Path) -> tuple[str, ...]:
    """What ``PRAGMA integrity_check`` finds wrong; empty when the file is sound."""
    with told_plainly(path), closing(reading(path)) as connection:
        return integrity_of(connection.execute)


def integrity_of(execute: Callable[[str], sqlite3.Cursor]) -> tuple[str, ...]:
    """The same through an open connection, a transaction's own changes included."""
    # Fifty findings are enough to tell an index from a table; the check of a broken file could give thousands.
    said = tuple(str(row[0]) for row in execute("PRAGMA integrity_check(50)"))
    return () if said == ("ok",) else said


def size_of(database: Path) -> int:
    """Bytes of the file and of what waits beside it."""
    parts = [database, *(database.with_name(database.name + end) for end in SIDE_FILES)]
    return sum(part.stat().st_size for part in parts if part.exists())


def require_room(folder: Path, needed: int) -> None:
    """Raises ``DiskFullError`` when less than ``needed`` bytes, and some to spare, are free."""
    free = shutil.disk_usage(folder).free
    if free < needed + SPARE_BYTES:
        raise DiskFullError(
            f"{folder} has {free / 1e6:,.0f} MB free; {(needed + SPARE_BYTES) / 1e6:,.0f} MB are needed.",
            hint="Free some space, then try again. Nothing was changed.",
        )


@contextmanager
def told_plainly(path: Path) -> Iterator[None]:
    """What SQLite and the system say about a file, as our errors."""
    try:
        yield
    except sqlite3.Error as error:
        found = explained(error)
        if unwritable.may_be_behind(error) and (why := unwritable.why_not(path)) is not None:
            raise why from error
        raise type(found)(f"{path}: {found}", hint=found.hint) from error
    except OSError as error:
        # A quota that is reached is the same to its owner as a full disk.
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFullError(f"The disk that holds {path} is full.", hint="Free some space, then again.") from error
        raise StoreError(
            f"{error.filename or path}: {error.strerror}.", hint="Check the folder and its disk."
        ) from error


def _free_name(wanted: Path) -> Path:
    names = (wanted if n == 1 else wanted.with_name(f"{wanted.stem}_{n}{wanted.suffix}") for n in range(1, 1000))
    return next(name for name in names if not name.exists())
