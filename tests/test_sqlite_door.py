"""What knows SQLite stands in ``musings/sqlite`` and nowhere else: no import, no SQL and no word of it elsewhere.

Strings are read as well as imports, docstrings among them: what explains itself by a pragma depends on it.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[1] / "src" / "musings"
LIBRARIES = ("sqlite3", "fcntl", "sqlalchemy.dialects")
WORDS = re.compile(
    r"""
      \b(PRAGMA | pragma_\w+ | data_version | wal_\w+ | SQLITE_[A-Z]+ | BEGIN\ IMMEDIATE | VACUUM | REINDEX)\b
    | \b(FTS\d? | fts\d | MATCH | bm25)\b | _fts\b
    | \b(INDEXED\ BY | OR\ (REPLACE|IGNORE|ABORT|ROLLBACK|FAIL) | GLOB | rowid)\b
    | \b(typeof | printf)\s*\(
    | \bsqlite_(master | schema | errorname | sequence | stat\d)\b
    | \bCREATE\ (VIRTUAL | TRIGGER)\b
    | ^\+[a-z_]+\.[a-z_]+$  # a column with the sign that keeps its index away
    """,
    re.VERBOSE,
)
FUNCTIONS = ("bm25", "typeof", "printf", "json_extract", "julianday", "last_insert_rowid", "total_changes", "glob")
SCALAR = ("max", "min")  # with two arguments and more they are functions of SQLite's


def strangers(source: str, file: str) -> list[str]:
    """What a file outside the room says or does that only SQLite understands."""
    return sorted({f"{file}:{line} {what}" for line, what in _met(ast.parse(source))})


def _met(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names]
            yield from ((node.lineno, f"imports {name}") for name in names if name.startswith(LIBRARIES))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from ((node.lineno, f"says {found[0]}") for found in WORDS.finditer(node.value))
        elif isinstance(node, ast.Call):
            yield from ((node.lineno, f"uses {what}") for what in _used(node))


def _used(call: ast.Call) -> Iterator[str]:
    of_func = isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == "func"
    if isinstance(call.func, ast.Attribute) and of_func:
        name = call.func.attr
        if name in FUNCTIONS or (name in SCALAR and len(call.args) > 1):
            yield f"func.{name}"
    yield from (word.arg for word in call.keywords if word.arg and word.arg.startswith("sqlite_"))


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
