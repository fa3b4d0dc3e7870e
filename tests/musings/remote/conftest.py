"""A server with a worker, for clients."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from musings.client import Client
from tests.musings.api.conftest import Api
from tests.musings.api.openai_calls import editing_door


@pytest.fixture(scope="session")
def staffed_api(tmp_path_factory: pytest.TempPathFactory, fresh_database: Path) -> Iterator[Api]:
    """With a ComfyUI and a workflow that takes a picture; what other tests left in it is there."""
    with editing_door(tmp_path_factory.mktemp("remote"), fresh_database) as door:
        yield door.api


@pytest.fixture
def client(staffed_api: Api) -> Iterator[Client]:
    with Client(staffed_api.address) as found:
        yield found
