"""A planner for schedules."""

import pytest

from musings.store.database import Database
from tests.musings.schedules.planning import Planner


@pytest.fixture
def planner(database: Database) -> Planner:
    return Planner(database)
