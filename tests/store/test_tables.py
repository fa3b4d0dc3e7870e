"""The tables that others rely on are written down, and nothing is written down that is not there."""

import re
from pathlib import Path

import pytest
from sqlalchemy import inspect

from musings.store.database import Database
from musings.store.tables import metadata

REFERENCE = (Path(__file__).parents[2] / "docs" / "reference" / "database.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## ([a-z_ ]+)\n(.*?)(?=^## |\Z)", REFERENCE, re.MULTILINE | re.DOTALL))


def section_of(table: str) -> str:
    return next(body for title, body in SECTIONS.items() if table in title.split(" and "))


@pytest.mark.parametrize("table", metadata.tables)
def test_every_column_is_documented(table: str) -> None:
    documented = set(re.findall(r"^\| `(\w+)` \|", section_of(table), re.MULTILINE))
    assert {column.name for column in metadata.tables[table].columns} <= documented


def test_nothing_is_documented_that_is_not_there() -> None:
    for title, body in SECTIONS.items():
        known = {column.name for table in title.split(" and ") for column in metadata.tables[table].columns}
        assert set(re.findall(r"^\| `(\w+)` \|", body, re.MULTILINE)) == known


def test_every_index_and_trigger_of_ours_is_named_so(database: Database) -> None:
    with database.read() as connection:
        names = connection.exec_driver_sql(
            "SELECT name FROM sqlite_schema WHERE type IN ('index', 'trigger') AND name NOT LIKE 'sqlite_autoindex_%'"
        ).scalars()
        assert [name for name in names if not name.startswith("musings_")] == []
        tables = set(inspect(connection).get_table_names())
    assert {name for name in tables if not name.startswith(("musings_", "sqlite_"))} == set(metadata.tables)
