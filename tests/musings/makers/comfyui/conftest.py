"""A fake ComfyUI, as new for each test, and a client of it."""

from collections.abc import Iterator

import pytest

from fake_comfyui.server import FakeComfy
from musings.makers.comfyui.client import ComfyServer


@pytest.fixture(scope="session")
def listening() -> Iterator[FakeComfy]:
    with FakeComfy() as fake:
        yield fake


@pytest.fixture
def fake(listening: FakeComfy) -> FakeComfy:
    listening.reset()
    return listening


@pytest.fixture
def server(fake: FakeComfy) -> Iterator[ComfyServer]:
    with ComfyServer(fake.url) as server:
        yield server
