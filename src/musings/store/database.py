"""The database: how it is opened, one place for pragmas, and the door at which its errors become ours.

SQLite in WAL mode (DESIGN D9). A write transaction begins as ``BEGIN IMMEDIATE``, so that what it reads first cannot
change before it writes. Where WAL is unsafe, on a network or container mount, a rollback journal is used instead.
"""

import operator
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, exc
from sqlalchemy.pool import StaticPool

from musings.errors import BusyError, CorruptError, DiskFullError, RefusedError, SchemaError, StoreError

BUSY_SECONDS = 15.0
UNSAFE_FOR_WAL = re.compile(r"nfs|cifs|smb|9p|virtiofs|fakeowner|osxfs|grpcfuse|sshfs|fuse\.|afs|vboxsf|prl_fs")
ESCAPED_IN_MOUNTS = re.compile(r"\\([0-7]{3})")
P = ParamSpec("P")
T = TypeVar("T")
FULL, RELAXED = {"musings_write": "FULL"}, {"musings_write": "NORMAL"}


class Database:
    """One SQLite file, or ``:memory:`` for a database that lives as long as this object.

    ``busy_seconds`` is how long a statement waits for another program before it is a ``BusyError``.
    """

    def __init__(self, path: Path | str, *, busy_seconds: float = BUSY_SECONDS) -> None:
        self.path = None if str(path) == ":memory:" else Path(path)
        self.journal_mode = "wal" if self.path is None or wal_is_safe(self.path) else "delete"
        self._busy_seconds = busy_seconds
        self._writing = threading.Lock()
        self._watcher: sqlite3.Connection | None = None
        self.engine = self._make_engine()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection in a read transaction: what it sees does not change until it ends."""
        with self._translated(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self, *, relaxed: bool = False) -> Iterator[Connection]:
        """A connection in a write transaction: all of it happens, or none.

        It is on the disk when the block ends. A ``relaxed`` one survives any crash of ours, but is on the disk only
        with the next one that is not: for what may be forgotten when the power goes out.
        """
        with (
            self._turn(),
            self._translated(),
            self.engine.connect().execution_options(**(RELAXED if relaxed else FULL)) as connection,
            connection.begin(),
        ):
            yield connection

    def reading(self, ask: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The answer of one store function in a read transaction of its own."""
        with self.read() as connection:
            return ask(connection, *args, **kwargs)

    def reader(self, ask: Callable[Concatenate[Connection, P], T]) -> Callable[P, T]:
        """``ask`` as a function of its other arguments, to be handed to who knows no database."""

        def answer(*args: P.args, **kwargs: P.kwargs) -> T:
            return self.reading(ask, *args, **kwargs)

        return answer

    def writing(self, change: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call one store function in a write transaction of its own, and commit it."""
        with self.write() as connection:
            return change(connection, *args, **kwargs)

    def writing_relaxed(self, change: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """As :meth:`writing`, for what may be forgotten when the power goes out."""
        with self.write(relaxed=True) as connection:
            return change(connection, *args, **kwargs)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Our own threads queue here: SQLite makes who waits for its lock sleep, up to 100 ms at a time."""
        mine = self._writing.acquire(timeout=self._busy_seconds)
        try:
            yield
        finally:
            if mine:
                self._writing.release()

    def version_of_data(self) -> int:
        """A number that changes when another connection has committed; costs microseconds (PRAGMA data_version)."""
        if self.path is None:
            return time.monotonic_ns()
        with self._translated():
            if self._watcher is None:
                self._watcher = sqlite3.connect(str(self.path), isolation_level=None, check_same_thread=False)
            return int(self._watcher.execute("PRAGMA data_version").fetchone()[0])

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """SQLite's errors as ours; what is about the file names it."""
        try:
            with _translated():
                yield
        except StoreError as error:
            if self.path is None or THE_FILE not in str(error):
                raise
            named = str(error).replace(THE_FILE, f"{THE_FILE} {self.path}", 1)
            raise type(error)(named, hint=error.hint) from error

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
                URL.create("sqlite", database=str(self.path)),
                pool_size=8,
                max_overflow=56,
                connect_args={"timeout": self._busy_seconds},
            )
        event.listen(engine, "connect", self._prepare)
        event.listen(engine, "begin", self._begin)
        return engine

    def _prepare(self, connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # transactions begin where we say so, not where the driver guesses
        connection.text_factory = _AS_TEXT
        for pragma in (
            f"busy_timeout = {int(self._busy_seconds * 1000)}",
            "foreign_keys = ON",
            "synchronous = FULL",  # an accepted prompt survives the power going out
            "temp_store = MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")
        said = connection.execute(f"PRAGMA journal_mode = {self.journal_mode}").fetchone()
        self.journal_mode = str(said[0]) if self.path is not None else self.journal_mode

    def _begin(self, connection: Connection) -> None:
        synchronous = connection.get_execution_options().get("musings_write")
        if synchronous is None:
            connection.exec_driver_sql("BEGIN")
            return
        if self.journal_mode == "wal":  # elsewhere NORMAL could damage the file (https://sqlite.org/pragma.html)
            connection.exec_driver_sql(f"PRAGMA synchronous = {synchronous}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def wal_is_safe(path: Path) -> bool:
    """Whether the file system under ``path`` gives every process the shared memory that WAL needs.

    Only Linux can tell (``/proc/mounts``); elsewhere the answer is yes, and ``doctor`` looks closer.
    """
    try:
        mounts = Path("/proc/mounts").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return True
    kind = file_system(mounts, path.resolve())
    return kind is None or not UNSAFE_FOR_WAL.search(kind)


def file_system(mounts: str, target: Path) -> str | None:
    """The kind of file system that holds ``target``, by the text of ``/proc/mounts``; None when no line tells.

    Of two mounts on one folder the later one hides the earlier (proc(5); blanks are written as octal escapes).
    """
    deepest, kind = -1, None
    for fields in (line.split() for line in mounts.splitlines()):
        if len(fields) < 3:
            continue
        mount = Path(ESCAPED_IN_MOUNTS.sub(lambda found: chr(int(found[1], 8)), fields[1]))
        if target.is_relative_to(mount) and len(mount.parts) >= deepest:
            deepest, kind = len(mount.parts), fields[2]
    return kind


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except exc.TimeoutError as error:
        raise BusyError("Too many things use the database at once.", hint="Try again.") from error
    except exc.StatementError as error:
        # Its words hold the whole statement and what it was to store, which is nobody's business but a debugger's.
        cause = error.orig
        if cause is None:
            raise RuntimeError(type(error).__name__) from None
        if isinstance(cause, sqlite3.Error) and not isinstance(cause, _MISTAKES):
            raise explained(cause) from cause
        raise cause from None
    except _MISTAKES:
        raise
    except sqlite3.Error as error:
        raise explained(error) from error


# What our own statements did wrong. The file is fine, and trying again would not help.
_MISTAKES = (
    sqlite3.ProgrammingError,
    sqlite3.InterfaceError,
    sqlite3.DataError,
    sqlite3.NotSupportedError,
)

# Other programs may store bytes that are no UTF-8 as text; one such row must not stop every list it is in.
_AS_TEXT = operator.methodcaller("decode", "utf-8", "replace")


def left_out(table: str) -> RefusedError:
    """What to raise when a row was stored without an error and is not there."""
    return RefusedError(
        f"A trigger of another program left out this row of {table}.", hint="Remove that trigger, then try again."
    )


def explained(error: BaseException) -> StoreError | RefusedError:
    """What SQLite said, as an error that its reader can act on."""
    if isinstance(error, sqlite3.IntegrityError):
        return RefusedError(
            f"The tables of the database refuse this row: {error}.",
            hint="Another program made them so: remove the constraint or the trigger that says so, then try again.",
        )
    name = str(getattr(error, "sqlite_errorname", ""))
    for start, kind, message, hint in _CAUSES:
        if name.startswith(start):
            return kind(message, hint=hint)
    if name == "SQLITE_ERROR":
        return SchemaError(
            f"The tables of the database are not as Musings made them: {error}.",
            hint="Another program changed them, or made a trigger that names what is gone: mend that, then try again.",
        )
    return StoreError(f"The database did not do as asked: {error}.", hint="Run `musings doctor`.")


THE_FILE = "The database file"

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
        f"{THE_FILE} cannot be written.",
        "Give this user the right to write the file and its folder.",
    ),
    (
        "SQLITE_CANTOPEN",
        StoreError,
        f"{THE_FILE} cannot be opened.",
        "Check that its folder exists and that this user may read and write it.",
    ),
    ("SQLITE_IOERR", StoreError, "The disk failed under the database.", "Check the disk and its free space."),
    (
        "SQLITE_CORRUPT",
        CorruptError,
        f"{THE_FILE} is damaged.",
        "Stop Musings, keep a copy of the file, and restore the latest backup.",
    ),
    (
        "SQLITE_NOTADB",
        CorruptError,
        f"{THE_FILE} is not an SQLite database.",
        "Check `database.path` in the configuration.",
    ),
)
