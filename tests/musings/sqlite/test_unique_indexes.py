"""What a table allows only once."""

from musings.sqlite.unique_indexes import columns_of
from musings.store.database import Database


def test_the_columns_of_each_index_are_told_and_an_expression_has_none() -> None:
    assert columns_of([("one", "title"), ("one", "mood"), ("two", None), ("three", "id")]) == [
        ("title", "mood"),
        ("id",),
    ]


def test_they_are_read_from_the_table(database: Database) -> None:
    with database.write() as connection:
        connection.exec_driver_sql("CREATE TABLE foxes (id INTEGER PRIMARY KEY, Name TEXT UNIQUE, a, b, UNIQUE (b, a))")
        found = database.dialect.unique_columns(connection, "foxes")
    assert sorted(found) == [("b", "a"), ("name",)]
