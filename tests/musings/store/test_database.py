"""Transactions of an open database."""

import pytest
from sqlalchemy import Connection, text

from musings.store.database import Database


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
