"""The numbered migrations, run by Alembic within the caller's transaction."""

from pathlib import Path

from sqlalchemy import Connection

from musings.late import importing

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(connection: Connection, to: str = "head") -> None:
    """Run every migration that the database has not had yet, up to one."""
    with importing():
        from alembic import command
        from alembic.config import Config

    config = Config()
    # Alembic reads the option as a format string, in which a percent sign of a folder's name must be doubled.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    # The caller's connection, so that all migrations and everything around them are one transaction.
    config.attributes["connection"] = connection
    command.upgrade(config, to)
