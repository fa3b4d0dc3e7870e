"""A look at the database file: is it whole, and is what it says possible?"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from musings.sqlite import unwritable
from musings.sqlite.copying import integrity_of, reading
from musings.sqlite.errors import explained, translated
from musings.store import times

AHEAD = timedelta(hours=1)  # a moment in the future that no drift of a clock explains
# A few are enough to see that something is wrong; the deep look finds all.
SHOWN = 5


@dataclass(frozen=True)
class Examined:
    """``damage`` is what is broken in the file, ``indexes`` what is broken in an index only and can be made anew.

    ``strays`` are rows that refer to rows which are not there; ``ahead`` is a moment in the future that a row names.
    """

    damage: tuple[str, ...]
    indexes: tuple[str, ...]
    strays: tuple[str, ...]
    ahead: datetime | None


def examine(path: Path, *, deep: bool) -> Examined:
    """Read the file, all of it when ``deep``. Changes nothing. Raises ``StoreError`` when it cannot be read."""
    try:
        connection = reading(path)
        try:
            found = _check(connection, deep)
            ahead = _ahead(connection)
            # Only when deep: each of these reads the whole file.
            strays = _strays(connection) if deep else ()
            # Not on a damaged file: the question is a write, which could do further harm.
            may_ask = deep and not found and unwritable.why_not(path) is None
            broken = _broken_indexes(path) if may_ask else ()
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise explained(error) from error
    in_an_index = tuple(each for each in found if _is_about_an_index(each))
    damage = tuple(each for each in found if each not in in_an_index)
    return Examined(damage, in_an_index + broken, strays, ahead)


def rebuild(path: Path, progress: Callable[[str], None] = lambda name: None) -> None:
    """Make every index anew from the rows, the full-text ones too. Raises ``StoreError``; then nothing is changed."""
    with translated(path), closing(sqlite3.connect(str(path), isolation_level=None)) as connection:
        # All in one transaction: a rebuild that is cut off leaves the old indexes.
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("REINDEX")
        for name in _full_text(connection):
            progress(name)
            connection.execute(f'INSERT INTO "{name}" ("{name}") VALUES (\'rebuild\')')  # noqa: S608 (a table's name)
        connection.execute("COMMIT")


def _check(connection: sqlite3.Connection, deep: bool) -> tuple[str, ...]:
    if deep:
        return integrity_of(connection.execute)
    said = tuple(str(row[0]) for row in connection.execute(f"PRAGMA quick_check({SHOWN})"))
    return () if said == ("ok",) else said


def _is_about_an_index(words: str) -> bool:
    """Sentences of SQLite's integrity check about an index whose table is whole."""
    return (
        "missing from index" in words or "wrong # of entries in index" in words or "non-unique entry in index" in words
    )


def _strays(connection: sqlite3.Connection) -> tuple[str, ...]:
    found: dict[str, int] = {}
    for table, _row, parent, _key in connection.execute("PRAGMA foreign_key_check"):
        name = f"{table} without their {parent}"
        found[name] = found.get(name, 0) + 1
    return tuple(f"{count} rows of {name}" for name, count in found.items())


def _broken_indexes(path: Path) -> tuple[str, ...]:
    """Full-text indexes that do not agree with their table (https://sqlite.org/fts5.html, 'integrity-check').

    The question has the form of a write, so it is asked on a connection that may, and taken back.
    """
    broken = []
    connection = sqlite3.connect(str(path), isolation_level=None)
    try:
        for name in _full_text(connection):
            connection.execute("BEGIN IMMEDIATE")
            try:
                question = f'INSERT INTO "{name}" ("{name}", rank) VALUES (\'integrity-check\', 1)'  # noqa: S608
                connection.execute(question)
            except sqlite3.DatabaseError as error:
                if not str(getattr(error, "sqlite_errorname", "")).startswith("SQLITE_CORRUPT"):
                    raise
                broken.append(f"the full-text index {name} does not agree with its table")
            finally:
                # The question itself is never kept, whatever the answer was.
                connection.execute("ROLLBACK")
    finally:
        connection.close()
    return tuple(broken)


def _full_text(connection: sqlite3.Connection) -> list[str]:
    """The FTS5 tables that have a content to compare with, ours and others."""
    tables = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%fts5%'")
    # A table without a content of its own has nothing to be compared with or to be rebuilt from.
    return [str(name) for name, sql in tables if "content=''" not in sql.replace(" ", "") and '"' not in name]


def _ahead(connection: sqlite3.Connection) -> datetime | None:
    """The latest moment that a row names, if that is in the future; None also for a database without our columns."""
    latest = []
    for column in ("created_at", "completed_at"):
        try:
            # Only text: other programs store numbers there, which compare as smaller than any text.
            row = connection.execute(f"SELECT max({column}) FROM prompts WHERE typeof({column}) = 'text'").fetchone()  # noqa: S608
        # A database of another program may lack the column; then nothing can be said.
        except sqlite3.OperationalError:
            continue
        moment = times.parse(row[0])
        if moment is not None:
            latest.append(moment)
    found = max(latest, default=None)
    return found if found is not None and found > times.now() + AHEAD else None
