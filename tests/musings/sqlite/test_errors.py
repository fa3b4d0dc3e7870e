"""What SQLite's errors become: words with a mend. Real files."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from musings.errors import CorruptError, DiskFullError, RefusedError, StoreError
from musings.sqlite import schema
from musings.sqlite.database import open_database
from musings.sqlite.errors import explained
from musings.store.database import Database


def test_a_database_that_may_only_be_read(database: Database) -> None:
    with database.read() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")  # root could write to any file
    with pytest.raises(StoreError, match="cannot be written") as caught, database.write() as connection:
        connection.execute(text("INSERT INTO prompts (prompt_text) VALUES ('x')"))
    assert "right to write" in caught.value.explained


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "musings.db"
    path.write_bytes(b"this is a shopping list, not a database\n" * 100)
    before = path.read_bytes()
    with pytest.raises(CorruptError, match="not an SQLite database"):
        schema.ensure(open_database(path))
    assert path.read_bytes() == before


def test_a_damaged_file_is_told_with_its_mend(tmp_path: Path) -> None:
    path = tmp_path / "musings.db"
    made = open_database(path)
    schema.ensure(made)
    with made.write() as connection:
        for _ in range(200):
            connection.execute(text("INSERT INTO prompts (prompt_text) VALUES (:words)"), {"words": "x" * 500})
    made.close()
    with sqlite3.connect(path) as plain:
        plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        root = plain.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'prompts'").fetchone()[0]
    plain.close()
    whole = bytearray(path.read_bytes())
    whole[(root - 1) * 4096 : root * 4096] = b"\xff" * 4096
    path.write_bytes(whole)
    damaged = open_database(path)
    with pytest.raises(CorruptError, match="damaged") as caught, damaged.read() as connection:
        connection.execute(text("SELECT sum(length(prompt_text)) FROM prompts")).all()
    assert "restore the latest backup" in caught.value.explained
    damaged.close()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    missing = open_database(tmp_path / "none" / "musings.db")
    with pytest.raises(StoreError, match=r"The database file /.*none/musings\.db cannot be opened"), missing.read():
        pass


def test_a_full_disk_has_its_own_error() -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("PRAGMA max_page_count = 2")
    with pytest.raises(sqlite3.OperationalError) as caught:
        connection.execute("CREATE TABLE a (b)").execute("INSERT INTO a VALUES (zeroblob(100000))")
    connection.close()
    assert isinstance(explained(caught.value), DiskFullError)


def test_our_own_mistakes_are_not_passed_off_as_the_databases(database: Database) -> None:
    with pytest.raises(RefusedError, match="NOT NULL constraint failed") as refused, database.write() as connection:
        connection.execute(text("INSERT INTO prompts (prompt_text) VALUES (NULL)"))
    with pytest.raises(sqlite3.Error) as mistake, database.read() as connection:
        connection.execute(text("SELECT :thing"), {"thing": object()})
    assert not isinstance(refused.value, StoreError), "trying again would not help"
    assert not isinstance(mistake.value, StoreError)


@pytest.mark.parametrize(
    ("statement", "values"),
    [
        ("INSERT INTO prompts (prompt_text) VALUES (NULL) RETURNING id", {}),
        ("INSERT INTO nowhere (a_secret) VALUES (:word)", {"word": "s3cret"}),
        ("INSERT INTO prompts (prompt_text) VALUES (:word)", {"word": object()}),
        ("INSERT INTO prompts (prompt_text) VALUES (:word)", {}),
    ],
)
def test_no_statement_and_no_value_is_in_an_error(
    database: Database, statement: str, values: dict[str, object]
) -> None:
    """Neither in its words nor in the report of how it came about, which attempts keep."""
    with pytest.raises(Exception) as caught, database.write() as connection:
        connection.execute(text(statement), values)
    told = [str(each) for each in chain_of(caught.value)]
    assert told[0]
    for each in told:
        assert not any(word in each for word in ("INSERT", "SQL:", "s3cret", "VALUES"))


def chain_of(error: BaseException) -> list[BaseException]:
    """An error and what Python would print as its reasons."""
    reason = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return [error, *(chain_of(reason) if reason is not None else [])]
