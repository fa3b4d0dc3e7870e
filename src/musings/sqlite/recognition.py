"""What is this file? Answered through a connection that cannot write, before anything is done to it.

The answer is one of :class:`Origin`; what cannot be adopted is refused here, in words, with the file untouched.
"""

import re
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from musings.errors import CorruptError, SchemaError
from musings.sqlite.copying import integrity_of, pour, reading, require_room, size_of, told_plainly
from musings.sqlite.unwritable import is_there

# Read from the names of the files, so that Alembic need not be imported to know the version.
VERSIONS = Path(__file__).parent / "migrations" / "versions"
HINT_OTHER = "Check `database.path` in the configuration; Musings adds its tables only to a database of prompts."
# The least that the owner's program has always had; further columns are added by the migrations.
NEEDED = {"prompts": ("id", "prompt_text"), "writings": ("id",), "prompt_artifacts": ("id", "prompt_id", "file_path")}
OURS = {
    "attempts": ("prompt_id", "attempt", "log_excerpt"),
    "prompt_events": ("prompt_id", "event"),
    "queue_state": ("name", "value"),
    "workers": ("id", "heartbeat_at", "kinds"),
}
# The sentences of SQLite's integrity check that a rebuilt index ends.
INDEX = re.compile(r"(row \d+ missing from|wrong # of entries in|non-unique entry in) index (?P<index>.+)")
FULL_TEXT = re.compile(r"malformed inverted index for FTS\d table (?P<table>\S+)")

Executes = sqlite3.Connection | sqlite3.Cursor


class Origin(StrEnum):
    FRESH = "a fresh database"
    MUSINGS = "a Musings database"
    OWNER = "a database made before Musings"


@dataclass(frozen=True)
class Recognised:
    """``columns`` maps each ordinary table (its own spelling) to its columns; ``rows`` to how many rows it holds."""

    origin: Origin
    version: str | None
    columns: dict[str, tuple[str, ...]]
    rows: dict[str, int]
    damaged_indexes: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


def version_of(path: Path) -> str | None:
    """The migration that a file has reached; None where there is no file or no version in it."""
    if not is_there(path):
        return None
    with told_plainly(path), closing(reading(path)) as connection:
        return _version(connection)


def recognise(path: Path, head: str) -> Recognised:
    """Look at a file from all sides.

    Raises ``CorruptError`` for damage that no rebuilt index repairs, and ``SchemaError`` for a newer Musings' file,
    for another program's, and for tables that have our names and not our form.
    """
    if not is_there(path) or path.stat().st_size == 0:
        return Recognised(Origin.FRESH, None, {}, {})
    with told_plainly(path), closing(reading(path)) as connection:
        indexes, notices = _damage(path, connection)
        version = _version(connection)
        columns = columns_of(connection)
        # Not by comparing numbers: a database of a branch may be neither newer nor older.
        if version is not None and version not in known_versions():
            raise SchemaError(
                f"The database {path} was written by a newer Musings (its version is {version}, ours is {head}).",
                hint="Update Musings, or restore a backup made before the update.",
            )
        if version is None:
            _refuse_other(path, connection, columns)
        origin = Origin.MUSINGS if version else Origin.OWNER if columns else Origin.FRESH
        return Recognised(origin, version, columns, rows_of(connection, columns), indexes, notices)


def counted(path: Path) -> Recognised:
    """Version, tables and rows of a file, without a judgement."""
    with told_plainly(path), closing(reading(path)) as connection:
        columns = columns_of(connection)
        version = _version(connection)
        origin = Origin.MUSINGS if version else Origin.OWNER
        return Recognised(origin, version, columns, rows_of(connection, columns))


def again(found: Recognised, cursor: Executes) -> Recognised:
    """The same file as a transaction sees it now: its version, tables and rows."""
    version = _version(cursor)
    columns = columns_of(cursor)
    origin = Origin.MUSINGS if version else found.origin
    # The damage is not looked for again: the check reads the whole file, and the lock is held.
    return replace(found, origin=origin, version=version, columns=columns, rows=rows_of(cursor, columns))


def known_versions() -> set[str]:
    """The migrations that this program has."""
    return {script.name.partition("_")[0] for script in VERSIONS.glob("[0-9]*_*.py")}


def columns_of(connection: Executes) -> dict[str, tuple[str, ...]]:
    """Ordinary tables with their columns; virtual tables, their shadows and SQLite's own are left out."""
    names = connection.execute(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
        " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
    ).fetchall()
    query = "SELECT name FROM pragma_table_info(?)"
    return {str(name): tuple(str(c) for (c,) in connection.execute(query, (name,))) for (name,) in names}


def rows_of(connection: Executes, columns: dict[str, tuple[str, ...]]) -> dict[str, int]:
    """Counted in the tables themselves, because an index may be damaged."""
    return {
        # ``NOT INDEXED``: a damaged index would give a wrong count, which the later comparison would take for lost
        # rows.
        name: int(connection.execute(f"SELECT count(*) FROM {quoted(name)} NOT INDEXED").fetchone()[0])  # noqa: S608
        for name in columns
    }


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def _version(connection: Executes) -> str | None:
    # Two statements: SQLite refuses to prepare one that names a table which is not there.
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE type='table' AND name='musings_schema'").fetchone():
        return None
    row = connection.execute("SELECT version_num FROM musings_schema").fetchone()
    return str(row[0]) if row else None


def _damage(path: Path, connection: sqlite3.Connection) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The damaged indexes, and what is worth a word. Raises ``CorruptError`` for any other damage."""
    findings, notices = [], []
    for said in integrity_of(connection.execute):
        full_text = FULL_TEXT.search(said)
        if full_text:
            notices.append(f"The full-text index {full_text['table']} is out of step; it is left as it is.")
        else:
            findings.append(said)
    # Tried instead of guessed from the words, because one damage may be reported as several.
    if findings and not _rebuilding_helps(path):
        raise CorruptError(
            f"The database {path} is damaged beyond its indexes: {findings[0].splitlines()[-1][:200]}.",
            hint="It was not touched. Restore the latest backup, or save its rows with `sqlite3 FILE .recover`.",
        )
    named = {found["index"]: None for said in findings if (found := INDEX.search(said))}
    return tuple(named) or (("all",) if findings else ()), tuple(notices)


def _rebuilding_helps(path: Path) -> bool:
    """Whether the damage is gone when every index is made anew; tried on a copy."""
    with tempfile.TemporaryDirectory(prefix="musings-mending-") as scratch:
        copy = Path(scratch) / "copy.db"
        require_room(copy.parent, size_of(path))
        pour(path, copy)
        try:
            with closing(sqlite3.connect(copy)) as connection:
                # On the copy, because a rebuild on damaged pages may make things worse.
                connection.execute("REINDEX")
                return not integrity_of(connection.execute)
        except sqlite3.Error:
            return False


def _refuse_other(path: Path, connection: sqlite3.Connection, columns: dict[str, tuple[str, ...]]) -> None:
    kinds = {
        str(name).casefold(): str(kind)
        for name, kind in connection.execute("SELECT name, type FROM pragma_table_list WHERE schema = 'main'")
    }
    tables = {name.casefold(): {c.casefold() for c in found} for name, found in columns.items()}
    # Nothing of ours in it: it would be another program's file, whose owner would not thank us for new tables.
    if tables and not {"prompts", "writings"} & set(kinds):
        shown = ", ".join(sorted(columns)[:6])
        raise SchemaError(f"The database {path} belongs to another program (its tables: {shown}).", hint=HINT_OTHER)
    for name, needed in (NEEDED | OURS).items():
        if name not in kinds:
            continue
        # A view looks like a table to a query, but cannot be migrated.
        if kinds[name] != "table":
            raise SchemaError(f"In {path}, {name} is a {kinds[name]}, not a table.", hint="Rename it, then again.")
        missing = [column for column in needed if column not in tables[name]]
        if missing:
            raise SchemaError(
                f"In {path}, the table {name} has no column {missing[0]}: it is not the one that Musings knows.",
                hint=f"Rename that table, then again; its columns are {', '.join(sorted(tables[name]))[:300]}.",
            )
        if "id" in needed and name in NEEDED and not _is_key(connection, name):
            raise SchemaError(
                f"In {path}, {name}.id is not the primary key, so new rows would have no number.",
                hint="Copy the rows into a table whose id is INTEGER PRIMARY KEY, then again.",
            )


def _is_key(connection: sqlite3.Connection, table: str) -> bool:
    """Whether ``id`` is the row's own number."""
    found = connection.execute("SELECT lower(name), upper(type), pk FROM pragma_table_info(?)", (table,)).fetchall()
    # Only INTEGER PRIMARY KEY is the row's number in SQLite; any other key leaves new rows without one.
    return [(name, kind) for name, kind, pk in found if pk] == [("id", "INTEGER")]
