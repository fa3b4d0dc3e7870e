"""One server for the whole suite: the fake, or the real ComfyUI that ``MUSINGS_TEST_COMFYUI`` names."""

import os
from collections.abc import Iterator

import pytest

from musings.comfy.client import Server
from musings.fake_comfy.server import FakeComfy


@pytest.fixture(scope="session")
def url() -> Iterator[str]:
    if real := os.environ.get("MUSINGS_TEST_COMFYUI"):
        yield real
        return
    with FakeComfy() as fake:
        yield fake.url


@pytest.fixture(scope="session")
def server(url: str) -> Iterator[Server]:
    with Server(url) as server:
        yield server
