"""A house of its own for each test."""

from pathlib import Path

import pytest

from musings.files.media_root import MediaRoot
from musings.store.database import Database
from tests.musings.housekeeping.stock import Stock


@pytest.fixture
def stock(database: Database, media_root: MediaRoot, tmp_path: Path) -> Stock:
    return Stock(database, media_root)
