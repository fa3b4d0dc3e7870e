"""How an SQLite file is opened, and the one place for its pragmas.

WAL mode: readers and the one writer do not wait for each other. A write transaction begins as ``BEGIN IMMEDIATE``, so
that what it reads first cannot change before it writes. Where WAL is unsafe, on a network or container mount, a
rollback journal is used instead.
"""

import operator
import sqlite3
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

from musings.sqlite import expressions as expressions  # registers SQLite's own forms with SQLAlchemy
from musings.sqlite import unwritable
from musings.sqlite.dialect import SqliteDialect
from musings.sqlite.mounts import wal_is_safe
from musings.store.database import RELAXED, WRITE, Database

# Longer than any of our transactions; a large import of another program may take this long.
BUSY_SECONDS = 15.0
AS_TEXT = operator.methodcaller("decode", "utf-8", "replace")
"""Other programs may store bytes that are no UTF-8 as text; one such row must not stop every list it is in."""


def open_database(path: Path | str, *, busy_seconds: float = BUSY_SECONDS) -> Database:
    """Open an SQLite file, or ``:memory:`` for a database that lives as long as what is returned.

    ``busy_seconds`` is how long a statement waits for another program before it is a ``BusyError``. Its tables are
    not looked at: that is ``schema.ensure``.
    """
    file = None if str(path) == ":memory:" else Path(path)
    dialect = SqliteDialect(file, "wal" if file is None or wal_is_safe(file) else "delete", busy_seconds)
    return Database(_engine(dialect), dialect, file)


def sqlite_of(database: Database) -> SqliteDialect:
    """The dialect of a database that is known to be SQLite's."""
    if not isinstance(database.dialect, SqliteDialect):
        raise TypeError(f"This is no SQLite database but one of {database.dialect.name}.")
    return database.dialect


def _engine(dialect: SqliteDialect) -> Engine:
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        _prepare(connection, dialect)

    def begin(connection: Connection) -> None:
        _begin(connection, dialect)

    path = dialect.path
    if path is None:
        # One connection for all threads: each connection to memory is a database of its own.
        engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    else:
        engine = create_engine(
            URL.create("sqlite", database=str(path)),
            # Kept open for the usual case; opening one costs its pragmas. The rest is for a burst of requests, each of
            # which holds one for milliseconds.
            pool_size=8,
            max_overflow=56,
            creator=lambda: _connected(path, dialect.busy_seconds),
        )
        event.listen(engine, "commit", _require_current)
        event.listen(engine, "checkin", _let_go)
    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
    return engine


def _connected(path: Path, seconds: float) -> sqlite3.Connection:
    """A connection to write by; where the file cannot be written now, one to read what it holds."""
    connection = sqlite3.connect(str(path), timeout=seconds, check_same_thread=False)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error as error:
        connection.close()
        if not unwritable.is_told_by(error):
            raise
        return unwritable.connect(path, seconds)
    return connection


def _require_current(connection: Connection) -> None:
    """What was read of a file that others may write counts only when nobody did."""
    held: object = connection.connection.dbapi_connection
    if isinstance(held, unwritable.FixedConnection):
        held.require_current()


def _let_go(held: object, record: ConnectionPoolEntry) -> None:
    """The next transaction looks anew whether the file can be written."""
    if isinstance(held, unwritable.FixedConnection):
        record.invalidate()


def _prepare(connection: sqlite3.Connection, dialect: SqliteDialect) -> None:
    connection.isolation_level = None  # transactions begin where we say so, not where the driver guesses
    connection.text_factory = AS_TEXT
    for pragma in (
        f"busy_timeout = {int(dialect.busy_seconds * 1000)}",
        "foreign_keys = ON",
        "synchronous = FULL",  # an accepted prompt survives a power cut
        "temp_store = MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")
    if isinstance(connection, unwritable.FixedConnection):
        return
    # Asked back, because SQLite stays in another mode where it cannot do this one (another program holds the file).
    said = connection.execute(f"PRAGMA journal_mode = {dialect.journal_mode}").fetchone()
    dialect.journal_mode = str(said[0]) if dialect.path is not None else dialect.journal_mode


def _begin(connection: Connection, dialect: SqliteDialect) -> None:
    asked = connection.get_execution_options().get(WRITE)
    if asked is None:
        # Deferred: a reader takes no lock that a writer would have to wait for.
        connection.exec_driver_sql("BEGIN")
        return
    if dialect.journal_mode == "wal":  # elsewhere NORMAL could damage the file (https://sqlite.org/pragma.html)
        connection.exec_driver_sql(f"PRAGMA synchronous = {'NORMAL' if asked == RELAXED else 'FULL'}")
    # The lock at the beginning: a transaction that read first and then cannot write would have to be repeated.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
