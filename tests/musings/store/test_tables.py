"""What is ours in the database is named so."""

from sqlalchemy import inspect

from musings.store.database import Database
from musings.store.tables import metadata


def test_every_index_and_trigger_of_ours_is_named_so(database: Database) -> None:
    with database.read() as connection:
        names = connection.exec_driver_sql(
            "SELECT name FROM sqlite_schema WHERE type IN ('index', 'trigger') AND name NOT LIKE 'sqlite_autoindex_%'"
        ).scalars()
        assert [name for name in names if not name.startswith("musings_")] == []
        tables = set(inspect(connection).get_table_names())
    assert tables >= set(metadata.tables)
    assert {name for name in tables if not name.startswith(("musings_", "sqlite_"))} <= set(metadata.tables)
