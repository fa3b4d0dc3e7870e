"""A workroom for what becomes of musings."""

import pytest

from musings.files.media_root import MediaRoot
from musings.store.database import Database
from tests.musings.archive.workroom import Workroom


@pytest.fixture
def workroom(database: Database, media_root: MediaRoot) -> Workroom:
    return Workroom(database, folder=media_root.folder)
