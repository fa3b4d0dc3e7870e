"""A studio for chains."""

import pytest

from musings.store.database import Database
from tests.musings.chains.studio import Studio


@pytest.fixture
def studio(database: Database) -> Studio:
    return Studio(database)
