"""What each kind of database does in its own way, as named capabilities.

The store is written in portable SQLAlchemy Core. What Core has no word for stands here: as acts of a ``StoreDialect``,
of which every open database has one, or as expressions (``musings.store.expressions``) that the dialect compiles its
own way. ``musings.sqlite`` implements both; a second kind of database implements them beside it.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Connection, FromClause, Table
from sqlalchemy.sql.dml import Insert

OPTION = "musings_dialect"
"""The execution option under which each connection of a database carries its dialect."""


class TextIndex(StrEnum):
    """The full-text indexes: over the texts of prompts, over titles and contents of writings."""

    PROMPTS = "prompts"
    WRITINGS = "writings"


@dataclass(frozen=True)
class TextMatch:
    """The rows in which every word of a search stands, to be joined or selected from.

    ``source`` holds a row for each of them where ``condition`` is met. ``key`` is the ``id`` of the row that was
    indexed, and ``rank`` is smallest for the best match.
    """

    source: FromClause
    key: ColumnElement[int]
    condition: ColumnElement[bool]
    rank: ColumnElement[float]


class AdvisoryLock(Protocol):
    """A lock between processes that is freed when its holder dies, whichever way."""

    def acquire(self) -> None:
        """Take it, or raise ``LockedError`` that names who holds it."""

    def release(self) -> None: ...

    def is_held(self) -> bool:
        """Whether any process holds it, this one included."""


class StoreDialect(Protocol):
    """One value for each open database."""

    @property
    def name(self) -> str:
        """The name by which SQLAlchemy knows this kind of database."""

    def translated(self) -> AbstractContextManager[None]:
        """What the driver raises within the block becomes an error of ``musings.errors``."""

    def turn(self) -> AbstractContextManager[None]:
        """Held around each write transaction, where writers of one process must queue before the database does."""

    def committed(self) -> None:
        """Wake who waits for a change, after a commit. A help and no promise: whoever waits looks by itself, too."""

    def version_of_data(self) -> int:
        """A number that moves when anybody else has committed; costs microseconds."""

    def queue_lock(self) -> AdvisoryLock:
        """The lock of the one runner of the queue."""

    def host_lock(self, resource: str) -> AdvisoryLock:
        """The lock of what this host has once, such as its graphics card, among all that use this database."""

    def matching(self, index: TextIndex, text: str) -> TextMatch:
        """The rows in which every word of ``text`` occurs; the last word may be the beginning of one."""

    def insert_or_ignore(self, table: Table, values: Mapping[str, Any]) -> Insert:
        """Insert a row, unless one with the same key is there."""

    def insert_or_replace(self, table: Table, values: Mapping[str, Any], *, key: Sequence[str]) -> Insert:
        """Insert a row in the place of one with the same key; columns without a value get their default."""

    def upsert(self, table: Table, values: Mapping[str, Any], *, key: str) -> Insert:
        """Insert a row, or change the one with the same key where that differs: ``rowcount`` 0 when nothing did."""

    def unique_columns(self, connection: Connection, table: str) -> list[tuple[str, ...]]:
        """The columns, in lower case, of each constraint or index of a table that allows a value once."""

    def close(self) -> None:
        """Give back what the dialect holds open."""


def dialect_of(connection: Connection) -> StoreDialect:
    """The dialect of the database that a connection belongs to."""
    found: StoreDialect = connection.get_execution_options()[OPTION]
    return found
