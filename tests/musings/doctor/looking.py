"""What the doctor finds, sorted; and databases for it to look at."""

import sqlite3
from contextlib import closing
from pathlib import Path

from musings.config.settings import Settings
from musings.doctor import Finding, Level
from musings.doctor import test_configuration as examine
from musings.sqlite import schema
from musings.sqlite.database import open_database


def found(settings: Settings, what: str) -> list[Finding]:
    return [finding for finding in examine(settings) if finding.what == what]


def problems(settings: Settings, *, deep: bool = False) -> dict[str, Finding]:
    """What is wrong, by what it is about."""
    return {each.what: each for each in examine(settings, deep=deep) if each.level is not Level.OK}


def filled(settings: Settings, rows: int = 300) -> Path:
    """A database with prompts in it, closed."""
    database = open_database(settings.database.path)
    schema.ensure(database)
    with database.write() as connection:
        for n in range(rows):
            connection.exec_driver_sql("INSERT INTO prompts (prompt_text) VALUES (?)", (f"fox {n}",))
    database.close()
    return settings.database.path


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as plain, plain:
        for statement in statements:
            plain.execute(statement)
