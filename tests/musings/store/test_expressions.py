"""What is plain SQL for any database but the one that has a form of its own."""

from typing import Any

from sqlalchemy import Select, literal_column, select

from musings.store.expressions import by_index, is_number, unindexed
from musings.store.tables import prompts
from tests.musings.store.other_database import SPEAKS


def test_a_hint_is_no_part_of_what_is_asked() -> None:
    assert str(unindexed(prompts.c.status).compile(dialect=SPEAKS)) == "prompts.status"
    query: Select[Any] = select(literal_column("id")).select_from(by_index(prompts, "some_index"))
    assert str(query.compile(dialect=SPEAKS)).split() == ["SELECT", "id", "FROM", "prompts"]


def test_where_columns_have_types_a_number_is_what_is_not_null() -> None:
    assert str(is_number(prompts.c.priority).compile(dialect=SPEAKS)) == "(prompts.priority IS NOT NULL)"
