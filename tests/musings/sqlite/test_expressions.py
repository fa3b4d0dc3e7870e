"""How SQLite writes what Core has no word for."""

from typing import Any

import pytest
from sqlalchemy import ColumnElement, Select, literal_column, select

from musings.store.database import Database
from musings.store.expressions import admitted_priority, by_index, is_number, unindexed
from musings.store.tables import prompts


@pytest.mark.parametrize(
    ("expression", "written"),
    [
        (unindexed(prompts.c.status), "+prompts.status"),
        (is_number(prompts.c.priority), "(typeof(prompts.priority) IN ('integer', 'real'))"),
    ],
)
def test_it_has_a_form_of_its_own(database: Database, expression: ColumnElement[Any], written: str) -> None:
    with database.read() as connection:
        assert str(expression.compile(connection)) == written


def test_an_index_is_named_to_the_planner(database: Database) -> None:
    query: Select[Any] = select(literal_column("id")).select_from(by_index(prompts, "musings_prompts_status"))
    with database.read() as connection:
        assert "FROM prompts INDEXED BY musings_prompts_status" in str(query.compile(connection))


@pytest.mark.parametrize(
    ("stored", "priority"), [("5", 5), ("0", 1), ("99", 10), ("7.9", 7), ("-1e300", 1), ("'high'", 5), ("NULL", 5)]
)
def test_a_priority_of_another_program_becomes_one_of_ours(database: Database, stored: str, priority: int) -> None:
    with database.write() as connection:
        connection.exec_driver_sql(f"INSERT INTO prompts (prompt_text, priority) VALUES ('a fox', {stored})")
        assert connection.execute(select(admitted_priority(prompts.c.priority))).scalar() == priority
