"""What knows SQLite stands in ``musings/sqlite`` and nowhere else: no import, no SQL and no word of it elsewhere."""

from pathlib import Path

import pytest

from tests.sqlite_words import strangers

HOUSE = Path(__file__).parents[1] / "src" / "musings"


def test_sqlite_is_met_in_its_own_room_only() -> None:
    elsewhere = [path for path in sorted(HOUSE.rglob("*.py")) if path.relative_to(HOUSE).parts[0] != "sqlite"]
    assert len(elsewhere) > 100
    found = [each for path in elsewhere for each in strangers(path.read_text(), path.relative_to(HOUSE).as_posix())]
    assert found == []


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("import sqlite3", "imports sqlite3"),
        ("def f():\n    from fcntl import flock", "imports fcntl"),
        ("from sqlalchemy.dialects.sqlite import insert", "imports sqlalchemy.dialects.sqlite"),
        ("run('PRAGMA synchronous = FULL')", "says PRAGMA"),
        ("run('SELECT name FROM pragma_table_info(?)')", "says pragma_table_info"),
        ("'''Searched by FTS5.'''", "says FTS5"),
        ("column.op('MATCH')(text)", "says MATCH"),
        ("table('musings_prompts_fts')", "says _fts"),
        ("text('prompts INDEXED BY some')", "says INDEXED BY"),
        ("insert(t).prefix_with('OR REPLACE')", "says OR REPLACE"),
        ("insert(t).prefix_with('OR IGNORE')", "says OR IGNORE"),
        ("literal_column('+prompts.status')", "says +prompts.status"),
        ("run(f'SELECT typeof({name})')", "says typeof("),
        ("func.typeof(c)", "uses func.typeof"),
        ("func.max(1, c)", "uses func.max"),
        ("func.bm25(c)", "uses func.bm25"),
        ("Table('t', metadata, sqlite_autoincrement=True)", "uses sqlite_autoincrement"),
        ("getattr(error, 'sqlite_errorname', '')", "says sqlite_errorname"),
        ("run('BEGIN IMMEDIATE')", "says BEGIN IMMEDIATE"),
        ("run('CREATE TRIGGER t AFTER INSERT')", "says CREATE TRIGGER"),
        ("run(\"name GLOB 'a*'\")", "says GLOB"),
        ("name.startswith('SQLITE_BUSY')", "says SQLITE_BUSY"),
    ],
)
def test_what_belongs_behind_the_door_is_seen(source: str, what: str) -> None:
    assert [each.partition(" ")[2] for each in strangers(source, "store/x.py")] == [what]


@pytest.mark.parametrize(
    "source",
    [
        "from musings.sqlite.database import open_database",
        "func.max(prompts.c.id)",
        "max(1, 2)",
        "'a match was found, and it matches'",
        "'+1'.join(words)",
        "'SQLite'",
    ],
)
def test_what_does_not_is_left_alone(source: str) -> None:
    assert strangers(source, "store/x.py") == []
