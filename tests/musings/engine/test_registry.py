"""One place knows the engines by name."""

import pytest

from musings.engine.polling import PollingEngine
from musings.engine.registry import ENGINES, engine_of
from musings.errors import StoreError
from musings.sqlite.database import open_database
from musings.store.database import Database
from tests.musings.engine.toy import ToyEngine


def test_a_database_has_the_engine_that_is_attached_to_it(database: Database) -> None:
    toy = ToyEngine(database)
    assert engine_of(database) is toy


@pytest.mark.parametrize("name", sorted(ENGINES))
def test_each_engine_can_be_made(database: Database, name: str) -> None:
    engine = engine_of(database, name)
    assert not engine.alive()
    assert engine.changes().changed()


def test_no_runner_works_on_a_database_in_memory() -> None:
    database = open_database(":memory:")
    engine = engine_of(database)
    assert isinstance(engine, PollingEngine)
    assert not engine.alive()
    with pytest.raises(StoreError, match="in memory"):
        engine.run(None, None, None, drain=True)  # type: ignore[arg-type]
    database.close()
