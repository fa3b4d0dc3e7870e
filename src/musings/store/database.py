"""The database: how it is opened, one place for pragmas, and the door at which its errors become ours.

SQLite in WAL mode (DESIGN D9). A write transaction begins as ``BEGIN IMMEDIATE``, so that what it reads first cannot
change before it writes. Where WAL is unsafe, on a network or container mount, a rollback journal is used instead.
"""

import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, exc
from sqlalchemy.pool import StaticPool

from musings.errors import BusyError, CorruptError, DiskFullError, StoreError

BUSY_MILLISECONDS = 15_000
UNSAFE_FOR_WAL = re.compile(r"nfs|cifs|smb|9p|virtiofs|fakeowner|osxfs|grpcfuse|sshfs|fuse\.|afs|vboxsf|prl_fs")
WRITE = {"musings_write": True}


class Database:
    """One SQLite file, or ``:memory:`` for a database that lives as long as this object."""

    def __init__(self, path: Path | str) -> None:
        self.path = None if str(path) == ":memory:" else Path(path)
        self.journal_mode = "wal" if self.path is None or wal_is_safe(self.path) else "delete"
        self._watcher: sqlite3.Connection | None = None
        self.engine = self._make_engine()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection in a read transaction: what it sees does not change until it ends."""
        with _translated(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A connection in a write transaction: all of it happens, or none."""
        with (
            _translated(),
            self.engine.connect().execution_options(**WRITE) as connection,
            connection.begin(),
        ):
            yield connection

    def version_of_data(self) -> int:
        """A number that changes when another connection has committed; costs microseconds (PRAGMA data_version)."""
        if self.path is None:
            return time.monotonic_ns()
        with _translated():
            if self._watcher is None:
                self._watcher = sqlite3.connect(str(self.path), isolation_level=None, check_same_thread=False)
            return int(self._watcher.execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        if self._watcher is not None:
            self._watcher.close()
            self._watcher = None
        self.engine.dispose()

    def _make_engine(self) -> Engine:
        if self.path is None:
            engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
        else:
            engine = create_engine(
                f"sqlite:///{self.path}",
                pool_size=8,
                max_overflow=56,
                connect_args={"timeout": BUSY_MILLISECONDS / 1000},
            )
        event.listen(engine, "connect", self._prepare)
        event.listen(engine, "begin", _begin)
        return engine

    def _prepare(self, connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # transactions begin where we say so, not where the driver guesses
        for pragma in (
            f"busy_timeout = {BUSY_MILLISECONDS}",
            "foreign_keys = ON",
            f"journal_mode = {self.journal_mode}",
            "synchronous = FULL",  # an accepted prompt survives the power going out
            "temp_store = MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")


def wal_is_safe(path: Path) -> bool:
    """Whether the file system under ``path`` gives every process the shared memory that WAL needs.

    Only Linux can tell (``/proc/mounts``); elsewhere the answer is yes, and ``doctor`` looks closer.
    """
    kind = _file_system(path)
    return kind is None or not UNSAFE_FOR_WAL.search(kind)


def _file_system(path: Path) -> str | None:
    try:
        lines = Path("/proc/mounts").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    target = path.resolve()
    mounts = ((Path(fields[1].replace("\\040", " ")), fields[2]) for line in lines if len(fields := line.split()) > 2)
    holding = [(len(mount.parts), kind) for mount, kind in mounts if target.is_relative_to(mount)]
    return max(holding)[1] if holding else None


def _begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("musings_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except exc.DBAPIError as error:
        if isinstance(error.orig, sqlite3.Error) and not isinstance(error.orig, sqlite3.IntegrityError):
            raise explained(error.orig) from error
        raise
    except sqlite3.Error as error:
        raise explained(error) from error


def explained(error: BaseException) -> StoreError:
    """What SQLite said, as an error that its reader can act on."""
    name = str(getattr(error, "sqlite_errorname", ""))
    for start, kind, message, hint in _CAUSES:
        if name.startswith(start):
            return kind(message, hint=hint)
    return StoreError(f"The database did not do as asked: {error}.", hint="Run `musings doctor`.")


_CAUSES: tuple[tuple[str, type[StoreError], str, str], ...] = (
    (
        "SQLITE_BUSY",
        BusyError,
        "The database is held by another program.",
        "Try again; close what holds it open.",
    ),
    (
        "SQLITE_LOCKED",
        BusyError,
        "The database is held by another program.",
        "Try again; close what holds it open.",
    ),
    (
        "SQLITE_FULL",
        DiskFullError,
        "The disk that holds the database is full.",
        "Free some space, then try again.",
    ),
    (
        "SQLITE_READONLY",
        StoreError,
        "The database cannot be written.",
        "Give this user the right to write the file and its folder.",
    ),
    (
        "SQLITE_CANTOPEN",
        StoreError,
        "The database file cannot be opened.",
        "Check that its folder exists and that this user may read and write it.",
    ),
    ("SQLITE_IOERR", StoreError, "The disk failed under the database.", "Check the disk and its free space."),
    (
        "SQLITE_CORRUPT",
        CorruptError,
        "The database file is damaged.",
        "Stop Musings, keep a copy of the file, and restore the latest backup.",
    ),
    (
        "SQLITE_NOTADB",
        CorruptError,
        "The database file is not an SQLite database.",
        "Check `database.path` in the configuration.",
    ),
)


def row_mapping(row: Any) -> dict[str, Any]:
    return dict(row._mapping)
