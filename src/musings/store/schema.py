"""Is the database of the shape that this program needs? If not: bring it there.

The common case costs one query; Alembic is imported only when there is something to migrate.
"""

from pathlib import Path

from sqlalchemy import inspect, text

from musings.errors import SchemaError
from musings.store.database import Database

HEAD = "0002"
MIGRATIONS = Path(__file__).parent / "migrations"


def ensure(database: Database) -> None:
    """Make the database ready for use. Raises ``SchemaError`` when it is newer than this program."""
    found = version(database)
    if found != HEAD:
        upgrade(database, found)


def version(database: Database) -> str | None:
    """The migration that the database has reached; None for a fresh file or another program's database."""
    with database.read() as connection:
        if not inspect(connection).has_table("musings_schema"):
            return None
        row = connection.execute(text("SELECT version_num FROM musings_schema")).first()
    return str(row[0]) if row else None


def upgrade(database: Database, found: str | None) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise newer(database, found)
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def newer(database: Database, found: str) -> SchemaError:
    return SchemaError(
        f"The database {database.path} was written by a newer Musings (its version is {found}, ours is {HEAD}).",
        hint="Update Musings, or restore a backup made before the update.",
    )
