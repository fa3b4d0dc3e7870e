"""A fake ComfyUI, as new for each test."""

from collections.abc import Iterator

import pytest

from fake_comfyui.server import FakeComfy


@pytest.fixture(scope="session")
def listening() -> Iterator[FakeComfy]:
    with FakeComfy() as fake:
        yield fake


@pytest.fixture
def fake(listening: FakeComfy) -> FakeComfy:
    listening.reset()
    return listening
