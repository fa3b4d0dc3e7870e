"""Rows as JSON: nothing is left out, and nothing is made up."""

import base64
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from musings.sqlite import dump
from musings.store.database import Database


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    made = sqlite3.connect(":memory:")
    yield made
    made.close()


def rows(connection: sqlite3.Connection, table: str = "odd") -> list[dict[str, object]]:
    return [json.loads(line) for line in dump.json_lines(connection, table)]


def test_each_value_comes_as_what_it_is(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE odd (a, b, c, d, e)")
    connection.execute("INSERT INTO odd VALUES (1, 2.5, 'füchse 🦊', NULL, x'00ff')")
    assert rows(connection) == [{"a": 1, "b": 2.5, "c": "füchse 🦊", "d": None, "e": {"base64": "AP8="}}]


def test_text_that_is_no_utf8_is_kept_byte_for_byte(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE odd (a TEXT)")
    connection.execute("INSERT INTO odd VALUES (CAST(x'66fc' AS TEXT))")
    [row] = rows(connection)
    assert base64.b64decode(row["a"]["base64"]) == b"f\xfc"  # type: ignore[index]


def test_numbers_that_json_has_not_are_text(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE odd (a)")
    connection.execute("INSERT INTO odd VALUES (9e999), (-9e999)")
    assert rows(connection) == [{"a": "inf"}, {"a": "-inf"}]


def test_each_row_is_one_line_whatever_is_in_it(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE odd (a)")
    connection.execute("INSERT INTO odd VALUES (?)", ("two\nlines\u2028and\x00more",))
    [line] = dump.json_lines(connection, "odd")
    assert line.count("\n") == 1
    assert line.endswith("\n")


def test_a_name_with_quotes_is_a_name(connection: sqlite3.Connection) -> None:
    connection.execute('CREATE TABLE "odd ""name""; --" (a)')
    connection.execute('INSERT INTO "odd ""name""; --" VALUES (1)')
    assert rows(connection, 'odd "name"; --') == [{"a": 1}]


def test_whoever_reads_on_gets_text_again(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE odd (a)")
    connection.execute("INSERT INTO odd VALUES ('x')")
    rows(connection)
    assert connection.execute("SELECT a FROM odd").fetchall() == [("x",)]


def test_what_opens_a_door_and_what_passes_is_no_table_to_give_away(database: Database) -> None:
    with closing(sqlite3.connect(str(database.path))) as plain:
        given = dump.tables(plain)
    assert {"prompts", "writings", "musings_uploads"} <= set(given)
    assert not {"musings_tokens", "musings_sessions", "musings_owner", "workers", "queue_state"} & set(given)
    assert not any("fts" in name or name.startswith("sqlite_") for name in given)
