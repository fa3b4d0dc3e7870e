"""What SQLite does in its own way."""

import contextlib
import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from musings.errors import StoreError
from musings.models import NewPrompt
from musings.sqlite.database import open_database, sqlite_of
from musings.store.database import Database
from musings.store.dialect import TextIndex
from musings.store.queue import submission
from musings.store.tables import queue_state
from tests.musings.store.other_database import Recorder


def test_the_version_of_the_data_changes_with_every_foreign_commit(database: Database) -> None:
    first = database.version_of_data()
    assert database.version_of_data() == first
    with contextlib.closing(sqlite3.connect(str(database.path))) as plain, plain:
        plain.execute("INSERT INTO prompts (prompt_text) VALUES ('x')")
    assert database.version_of_data() != first


def test_our_own_writers_take_turns(database: Database) -> None:
    """None of them sleeps in SQLite's busy handler, so none is told that the database is busy."""
    hurried = open_database(database.path or "", busy_seconds=60)
    with hurried.write() as connection:
        connection.exec_driver_sql("CREATE TABLE foxes (id INTEGER)")

    def write(number: int) -> None:
        with hurried.write() as connection:
            connection.exec_driver_sql(f"INSERT INTO foxes VALUES ({number})")

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(write, range(200)))
    with hurried.read() as connection:
        assert connection.exec_driver_sql("SELECT count(DISTINCT id) FROM foxes").scalar_one() == 200
    hurried.close()


def test_a_database_in_memory_is_always_news() -> None:
    database = open_database(":memory:")
    assert database.version_of_data() != database.version_of_data()
    with pytest.raises(StoreError, match="in memory"):
        database.dialect.queue_lock().acquire()
    with pytest.raises(StoreError, match="in memory"):
        database.dialect.host_lock("graphics card").acquire()
    database.close()


def test_each_way_to_insert(database: Database) -> None:
    """A row that is there stays, is replaced whole, or changes where it differs."""
    dialect, row = database.dialect, {"name": "paused", "value": "1"}
    with database.write() as connection:
        assert connection.execute(dialect.insert_or_ignore(queue_state, row)).rowcount == 1
        assert connection.execute(dialect.insert_or_ignore(queue_state, {**row, "value": "2"})).rowcount == 0
        assert connection.execute(dialect.upsert(queue_state, row, key="name")).rowcount == 0
        assert connection.execute(dialect.upsert(queue_state, {**row, "value": "3"}, key="name")).rowcount == 1
        connection.execute(dialect.insert_or_replace(queue_state, {"name": "paused"}, key=("name",)))
        assert connection.execute(select(queue_state)).all() == [("paused", None)]


def test_a_match_is_a_row_that_holds_every_word(database: Database) -> None:
    for words in ("a red fox", "a fox in the snow", "a hare"):
        database.writing(submission.add, NewPrompt(words, "image"))
    found = database.dialect.matching(TextIndex.PROMPTS, "fox sno")
    with database.read() as connection:
        assert connection.execute(select(found.key).where(found.condition)).scalars().all() == [2]


def test_only_an_sqlite_database_has_sqlites_dialect(database: Database) -> None:
    assert sqlite_of(database) is database.dialect
    with pytest.raises(TypeError, match="postgresql"):
        sqlite_of(Recorder().as_database)
