"""A fake ComfyUI, as new for each test, and a client of it."""

from collections.abc import Iterator

import pytest

from fake_comfyui.server import FakeComfy
from musings.makers.comfyui.client import ComfyServer
from tests.fake_comfyui.conftest import fake, listening

__all__ = ["fake", "listening", "server"]


@pytest.fixture
def server(fake: FakeComfy) -> Iterator[ComfyServer]:
    with ComfyServer(fake.url) as server:
        yield server
