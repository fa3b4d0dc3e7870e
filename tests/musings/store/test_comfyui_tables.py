"""The tables of Comfy API v2 are those of the migration."""

import pytest
from sqlalchemy import Table, inspect

from musings.store.comfyui_tables import comfyui_assets, comfyui_labels
from musings.store.database import Database


@pytest.mark.parametrize("table", [comfyui_assets, comfyui_labels], ids=str)
def test_each_has_its_columns(database: Database, table: Table) -> None:
    with database.read() as connection:
        there = {column["name"]: column["nullable"] for column in inspect(connection).get_columns(table.name)}
    # SQLite calls a key of text nullable, which is none to us.
    assert there.keys() == set(table.columns.keys())
    assert {name for name, nullable in there.items() if not nullable} <= {
        column.name for column in table.columns if not column.nullable
    }
