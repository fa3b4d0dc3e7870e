"""Transactions of an open database."""

import threading

import psutil
import pytest
from sqlalchemy import Connection, text

from musings.store.database import Database
from musings.store.queue import pause


def test_a_transaction_happens_whole_or_not_at_all(database: Database) -> None:
    def half() -> None:
        with database.write() as connection:
            connection.execute(text("INSERT INTO prompts (prompt_text) VALUES ('x')"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half()
    with database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM prompts")).scalar_one() == 0


def test_a_read_does_not_see_what_comes_after_it_began(database: Database) -> None:
    count = text("SELECT count(*) FROM prompts")
    with database.read() as connection:
        assert connection.execute(count).scalar_one() == 0
        with database.write() as other:
            other.execute(text("INSERT INTO prompts (prompt_text) VALUES ('x')"))
        assert connection.execute(count).scalar_one() == 0


def test_one_store_function_in_a_transaction_of_its_own(database: Database) -> None:
    def add(connection: Connection, words: str) -> int:
        connection.execute(text("INSERT INTO prompts (prompt_text) VALUES (:words)"), {"words": words})
        if words == "wrong":
            raise ValueError(words)
        return count(connection)

    def count(connection: Connection) -> int:
        return int(connection.execute(text("SELECT count(*) FROM prompts")).scalar_one())

    assert database.writing(add, "a fox") == 1
    with pytest.raises(ValueError, match="wrong"):
        database.writing(add, words="wrong")
    assert database.reading(count) == 1


def files_open(database: Database) -> list[str]:
    """What this process has open of a database's file and those beside it."""
    return [each.path for each in psutil.Process().open_files() if each.path.startswith(str(database.path))]


def test_who_is_in_a_transaction_at_the_close_leaves_nothing_open(database: Database) -> None:
    inside, closed = threading.Event(), threading.Event()

    def read() -> None:
        with database.read() as connection:
            inside.set()
            closed.wait()
            connection.exec_driver_sql("SELECT 1")

    late = threading.Thread(target=read)
    late.start()
    inside.wait()
    database.close()
    assert files_open(database)
    closed.set()
    late.join()
    assert not files_open(database)


def test_who_comes_after_the_close_is_served_and_leaves_nothing_open(database: Database) -> None:
    database.close()
    database.writing(pause.set_paused, True)
    assert database.reading(pause.is_paused)
    assert not files_open(database)


def test_who_looks_for_changes_after_the_close_leaves_nothing_open(database: Database) -> None:
    database.version_of_data()
    database.close()
    assert database.version_of_data() != database.version_of_data()
    assert not files_open(database)
