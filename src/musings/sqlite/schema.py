"""Is the database of the shape that this program needs? If not: bring it there.

The common case costs one query; Alembic is imported only when there is something to migrate.
"""

from pathlib import Path

from sqlalchemy import inspect, select, text

from musings.sqlite import adoption, recognition, unwritable
from musings.sqlite.adoption_report import AdoptionReport
from musings.sqlite.upgrade import upgrade
from musings.store import tables
from musings.store.database import Database

HEAD = "0017"


def ensure(database: Database, media_root: Path | None = None) -> AdoptionReport | None:
    """Make the database ready for use; a file that holds anything is copied aside first.

    Returns what was done, None when it was ready. Raises what ``adoption.adopt`` raises: ``SchemaError`` for a newer
    version, among others.
    """
    if database.path is None:
        # In memory there is nothing to keep aside, and no other program.
        with database.write() as connection:
            upgrade(connection)
    # One cheap look: this runs at the start of every command.
    elif recognition.version_of(database.path) != HEAD:
        return adoption.adopt(database, HEAD, media_root)
    return None


def migrate(database: Database, media_root: Path | None, *, rehearse: bool) -> AdoptionReport:
    """The same for the verb: looks also at a database that is up to date, and tells what it found and did."""
    if database.path is not None and rehearse:
        return adoption.rehearse(database.path, HEAD, media_root)
    return adoption.adopt(database, HEAD, media_root)


def read_each_table(database: Database) -> None:
    """Raise ``StoreError`` where a table cannot be read: its pages may be damaged while all others are whole."""
    with database.read() as connection:
        for table in (tables.prompts, tables.prompt_artifacts, tables.attempts, tables.writings):
            connection.execute(select(table).limit(1)).first()


def require_writable(database: Database) -> None:
    """Raise ``DiskError`` where the system says that the database cannot be written; nothing is tried."""
    if database.path is not None and (why := unwritable.why_not(database.path)) is not None:
        raise why


def version(database: Database) -> str | None:
    """The migration that the database has reached; None for a fresh file or another program's database."""
    with database.read() as connection:
        if not inspect(connection).has_table("musings_schema"):
            return None
        row = connection.execute(text("SELECT version_num FROM musings_schema")).first()
    return str(row[0]) if row else None
