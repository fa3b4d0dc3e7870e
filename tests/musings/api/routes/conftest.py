"""A door with a worker behind it, one for the tests of a file."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.musings.api.openai_calls import OpenDoor, staffed


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory, fresh_database: Path) -> Iterator[OpenDoor]:
    with staffed(tmp_path_factory.mktemp("door"), fresh_database) as found:
        yield found
