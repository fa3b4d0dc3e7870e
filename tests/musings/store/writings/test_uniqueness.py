"""A text that an adopted table allows only once is kept all the same, with a number."""

import pytest

from musings.store.database import Database
from musings.store.writings.uniqueness import fitted
from tests.musings.store.adding import shell


def fit(database: Database, **values: object) -> dict[str, object]:
    with database.read() as connection:
        return fitted(connection, values)


def have(database: Database, **values: object) -> None:
    names = ", ".join(values)
    shell(database, f"INSERT INTO writings ({names}) VALUES ({', '.join('?' * len(values))})", *values.values())


def test_where_everything_may_come_twice_nothing_is_changed(database: Database) -> None:
    have(database, title="Fox", content_hash="aa")
    assert fit(database, title="Fox", content_hash="aa") == {"title": "Fox", "content_hash": "aa"}


@pytest.mark.parametrize(
    ("column", "expected"), [("title", "Fox (2)"), ("content_hash", "Fox-2"), ("original_filename", "Fox-2")]
)
def test_a_value_that_is_taken_gets_a_number(database: Database, column: str, expected: str) -> None:
    shell(database, f"CREATE UNIQUE INDEX one ON writings ({column})")
    assert fit(database, **{column: "Fox"}) == {column: "Fox"}
    have(database, **{column: "Fox"})
    assert fit(database, **{column: "Fox"}) == {column: expected}


def test_numbers_go_on_and_never_meet(database: Database) -> None:
    shell(database, "CREATE UNIQUE INDEX one ON writings (title)")
    seen = set()
    for _ in range(6):
        title = fit(database, title="Fox")["title"]
        assert title not in seen
        seen.add(title)
        have(database, title=title)


def test_a_number_that_is_taken_is_passed_over(database: Database) -> None:
    shell(database, "CREATE UNIQUE INDEX one ON writings (title)")
    for title in ("Fox", "Fox (3)"):
        have(database, title=title)
    assert fit(database, title="Fox") == {"title": "Fox (4)"}


def test_of_several_columns_the_one_that_says_least_is_changed(database: Database) -> None:
    shell(database, "CREATE UNIQUE INDEX one ON writings (title, content_hash)")
    have(database, title="Fox", content_hash="aa")
    changed = fit(database, title="Fox", content_hash="aa")
    assert changed["title"] == "Fox"
    assert changed["content_hash"] != "aa"
    assert fit(database, title="Fox", content_hash="bb") == {"title": "Fox", "content_hash": "bb"}


def test_no_value_is_like_no_other(database: Database) -> None:
    shell(database, "CREATE UNIQUE INDEX one ON writings (title)")
    have(database, title=None)
    assert fit(database, title=None) == {"title": None}


def test_what_cannot_be_changed_is_left_to_be_refused(database: Database) -> None:
    shell(database, "CREATE UNIQUE INDEX one ON writings (mood)")
    have(database, mood="glad")
    assert fit(database, mood="glad") == {"mood": "glad"}


def test_the_caller_keeps_its_own_values(database: Database) -> None:
    shell(database, "CREATE UNIQUE INDEX one ON writings (title)")
    have(database, title="Fox")
    values: dict[str, object] = {"title": "Fox"}
    with database.read() as connection:
        assert fitted(connection, values) != values
    assert values == {"title": "Fox"}
