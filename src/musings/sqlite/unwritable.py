"""Reading a database that cannot be written here: its mode, its owner, a read-only or a full disk.

SQLite needs the side files of the write-ahead log even for reading (https://sqlite.org/wal.html#read_only_databases).
Where they are not there and cannot be made, the file is opened with ``immutable=1``, which ignores the log and any
writer. So it is done only without a log that holds anything, for one transaction at a time, and the answer counts only
when nobody has written meanwhile. A log that a killed writer left is applied to a copy.
"""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from musings.errors import BusyError, DiskError, DiskFullError

LEAST_BYTES = 64 * 1024
"""A disk with less left takes neither a page nor the 32 kB of the log's index."""

MEANWHILE = "Meanwhile it can only be read."

_TOLD = ("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_IOERR_SHM")

Stamp = tuple[tuple[int, int, int] | None, ...]
"""Inode, bytes and time of change (ns) of a database, its log and its journal; None for each that is not there."""


class FixedConnection(sqlite3.Connection):
    """A connection to what a file held at one moment; ``path`` and ``stamp`` say of which file, and when."""

    path: Path
    stamp: Stamp

    def require_current(self) -> None:
        """Raises ``BusyError`` when the file was written since: what was read may be neither old nor new."""
        if stamp_of(self.path) != self.stamp:
            raise _written(self.path)


def is_told_by(error: sqlite3.Error) -> bool:
    """Whether SQLite says that it could not write beside a file, or not open it for writing."""
    return str(getattr(error, "sqlite_errorname", "")).startswith(_TOLD)


def may_be_behind(error: sqlite3.Error) -> bool:
    """Whether an error may come from that; a disk that fails under an open file says IOERR."""
    return str(getattr(error, "sqlite_errorname", "")).startswith((*_TOLD, "SQLITE_IOERR"))


def connect(path: Path, seconds: float) -> FixedConnection:
    """A connection to a file that SQLite cannot open in its usual ways; for one transaction.

    Raises as SQLite does, and ``BusyError`` when the file was written meanwhile.
    """
    stamp = stamp_of(path)
    try:
        connection = _opened(path, seconds)
    except sqlite3.DatabaseError:
        if stamp_of(path) != stamp:  # what it found was half written
            raise _written(path) from None
        raise
    connection.path, connection.stamp = path, stamp
    try:
        connection.require_current()
    except BusyError:
        connection.close()
        raise
    return connection


def _opened(path: Path, seconds: float) -> FixedConnection:
    if any(os.path.exists(f"{path}{end}") and os.path.getsize(f"{path}{end}") for end in ("-wal", "-journal")):  # noqa: PTH110, PTH202
        with tempfile.TemporaryDirectory(prefix="musings-reading-") as scratch:
            # Read before the folder goes; the system keeps the file for as long as it is open.
            return _immutable(_copied(path, Path(scratch)), seconds)
    return _immutable(path, seconds)


def stamp_of(path: Path) -> Stamp:
    return tuple(_stamp(path.with_name(path.name + end)) for end in ("", "-wal", "-journal"))


def why_not(path: Path) -> DiskError | None:
    """Why a database cannot be written, as far as the system tells without a try; None where it may well be."""
    try:
        disk = os.statvfs(path.parent)
    except OSError:
        return None
    said = f"The database file {path} cannot be written"
    if disk.f_flag & os.ST_RDONLY:
        return DiskError(f"{said}: its disk is mounted read-only.", hint="Mount it for writing. " + MEANWHILE)
    if disk.f_bavail * disk.f_frsize < LEAST_BYTES:
        return DiskFullError(
            f"The disk that holds the database is full ({path}).", hint="Free some space, then try again."
        )
    hint = "Give this user the right to write the file and its folder."
    hidden = path.parent if not _may(path.parent, os.X_OK) else path if _is_kept(path, os.R_OK) else None
    if hidden is not None:
        return DiskError(f"The database file {path} cannot be opened: {_whose(hidden)}.", hint=hint)
    wrong = [each for each in (path, path.parent) if _is_kept(each, os.W_OK)]
    return DiskError(f"{said}: {_whose(wrong[0])}.", hint=f"{hint} {MEANWHILE}") if wrong else None


def is_there(path: Path) -> bool:
    """Whether the file exists. Raises ``DiskError`` where this user may not even ask."""
    try:
        path.stat()
    except PermissionError as error:
        raise why_not(path) or DiskError(f"{path} cannot be opened: {error.strerror}.") from error
    except OSError:
        return False
    return True


def _immutable(path: Path, seconds: float) -> FixedConnection:
    connection = sqlite3.connect(
        f"file:{quote(str(path.absolute()))}?immutable=1",
        uri=True,
        isolation_level=None,
        timeout=seconds,
        check_same_thread=False,
        factory=FixedConnection,
    )
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _copied(path: Path, folder: Path) -> Path:
    """One file with what the log or the journal beside a database holds applied to it."""
    copy = folder / "copy.db"
    for end in ("", "-wal", "-journal"):
        if (source := path.with_name(path.name + end)).exists():
            shutil.copyfile(source, copy.with_name(copy.name + end))
    with_log = sqlite3.connect(copy, isolation_level=None)
    try:
        with_log.execute("PRAGMA journal_mode = DELETE")
    finally:
        with_log.close()
    return copy


def _stamp(file: Path) -> tuple[int, int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _is_kept(path: Path, what: int) -> bool:
    """Whether something is there, and is kept from this user."""
    return _may(path, os.F_OK) and not _may(path, what)


def _written(path: Path) -> BusyError:
    return BusyError(f"The database {path} was written while it was read.", hint="Try again.")


def _may(path: Path, what: int) -> bool:
    ask: Callable[..., bool] = os.access
    return ask(path, what, effective_ids=os.access in os.supports_effective_ids)


def _whose(path: Path) -> str:
    owner = path.stat().st_uid
    if owner == os.geteuid():
        return f"the mode of {path} does not allow it"
    try:
        name = path.owner()
    except KeyError:  # the disk of another machine
        name = str(owner)
    return f"{path} belongs to the user {name}, and this is another one"
