"""One hall for each engine: the same behaviour is asked of both."""

from collections.abc import Iterator

import pytest

from musings.config.settings import Settings
from musings.store.database import Database
from tests.musings.engine.toy import ToyEngine
from tests.musings.worker.conftest import Hall


@pytest.fixture(params=["polling", "toy"])
def hall(request: pytest.FixtureRequest, settings: Settings, database: Database) -> Iterator[Hall]:
    if request.param == "toy":
        ToyEngine(database)
    made = Hall(settings, database)
    yield made
    made.stop()
