"""What SQLite does in its own way: the capabilities of ``musings.store.dialect``, for one file or one in memory."""

import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, column, func, or_, table
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.sql.dml import Insert

from musings.sqlite import errors, unique_indexes, unwritable
from musings.sqlite.full_text import match_expression
from musings.sqlite.lock import HostLock, NoLock, RunnerLock
from musings.sqlite.wakeups import Wakeups
from musings.store.dialect import AdvisoryLock, TextIndex, TextMatch

FULL_TEXT: Mapping[TextIndex, tuple[str, tuple[float, ...]]] = {
    TextIndex.PROMPTS: ("musings_prompts_fts", (1.0,)),
    TextIndex.WRITINGS: ("musings_writings_fts", (5.0, 1.0)),  # a word of the title counts fivefold
}
"""The FTS5 table of each index, and the weight of each of its columns."""
LARGEST = 2**62 - 1


class SqliteDialect:
    """``path`` is None for a database in memory; ``busy_seconds`` is how long a statement waits for another program."""

    name = "sqlite"

    def __init__(self, path: Path | None, journal_mode: str, busy_seconds: float) -> None:
        self.path = path
        self.journal_mode = journal_mode
        self.busy_seconds = busy_seconds
        # Threads of this process; other processes are kept apart by SQLite's own lock.
        self._writing = threading.Lock()
        self._watching = threading.Lock()  # one cursor at a time: threads share the watcher and its cached statement
        self._watcher: sqlite3.Connection | None = None
        self._is_closed = False
        self.wakeups = None if path is None else Wakeups(path)

    def translated(self) -> AbstractContextManager[None]:
        return errors.translated(self.path)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Our own threads queue here: SQLite makes who waits for its lock sleep, up to 100 ms at a time."""
        # With a limit, and then on without it: SQLite's own timeout gives the error, in the usual words.
        mine = self._writing.acquire(timeout=self.busy_seconds)
        try:
            yield
        finally:
            if mine:
                self._writing.release()

    def committed(self) -> None:
        if self.wakeups is not None:
            self.wakeups.committed()

    def version_of_data(self) -> int:
        """``PRAGMA data_version`` of a connection that never writes, so that every commit is another's."""
        if self.path is None:
            # No other process can change it: every look counts as a change.
            return time.monotonic_ns()
        with self._watching, self.translated():
            if self._is_closed:
                return time.monotonic_ns()  # a thread that outlives the close opens no watcher: nobody would close it
            if self._watcher is None:
                # Its own connection: on one that writes, its own commits would not show.
                self._watcher = sqlite3.connect(str(self.path), isolation_level=None, check_same_thread=False)
            try:
                return int(self._watcher.execute("PRAGMA data_version").fetchone()[0])
            except sqlite3.Error as error:
                if not unwritable.is_told_by(error):
                    raise
                # A database that can only be read shows by its file that somebody else wrote it.
                return hash(unwritable.stamp_of(self.path)) & LARGEST

    def queue_lock(self) -> AdvisoryLock:
        return NoLock() if self.path is None else RunnerLock(self.path)

    def host_lock(self, resource: str) -> AdvisoryLock:
        return NoLock() if self.path is None else HostLock(self.path, resource)

    def matching(self, index: TextIndex, text: str) -> TextMatch:
        name, weights = FULL_TEXT[index]
        # As plain tables, because SQLAlchemy does not know virtual ones and must not create them.
        found = table(name, column("rowid"), column(name))
        return TextMatch(
            source=found,
            key=found.c.rowid,
            condition=found.c[name].op("MATCH")(match_expression(text)),
            rank=func.bm25(column(name), *weights),
        )

    def insert_or_ignore(self, table: Table, values: Mapping[str, Any]) -> Insert:
        return insert(table).values(dict(values)).on_conflict_do_nothing()

    def insert_or_replace(self, table: Table, values: Mapping[str, Any], *, key: Sequence[str]) -> Insert:  # noqa: ARG002
        """``key`` is not needed: SQLite replaces whatever row the new one would collide with."""
        return insert(table).prefix_with("OR REPLACE").values(dict(values))

    def upsert(self, table: Table, values: Mapping[str, Any], *, key: str) -> Insert:
        changed = {name: value for name, value in values.items() if name != key}
        # Written only where a value differs, because each write fires the triggers that tell every open page.
        differs = [table.c[name].is_distinct_from(value) for name, value in changed.items()]
        return (
            insert(table)
            .values(dict(values))
            .on_conflict_do_update(index_elements=[key], set_=changed, where=or_(*differs))
        )

    def unique_columns(self, connection: Connection, table: str) -> list[tuple[str, ...]]:
        return unique_indexes.columns_of(connection.exec_driver_sql(unique_indexes.QUERY, (table,)).all())

    def close(self) -> None:
        if self.wakeups is not None:
            self.wakeups.close()
        with self._watching:
            self._is_closed = True
            if self._watcher is not None:
                self._watcher.close()
                self._watcher = None
