"""One server for the whole suite: the fake as each version that it speaks as, or the real ComfyUI that
``MUSINGS_TEST_COMFYUI`` names.
"""

import os
from collections.abc import Iterator

import pytest

from fake_comfyui.dialect import DIALECTS, Dialect
from fake_comfyui.server import FakeComfy
from musings.makers.comfyui.client import ComfyServer

REAL = os.environ.get("MUSINGS_TEST_COMFYUI")


@pytest.fixture(scope="session", params=["real"] if REAL else list(DIALECTS))
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    if REAL:
        yield REAL
        return
    with FakeComfy(like=request.param) as fake:
        yield fake.url


@pytest.fixture(scope="session")
def server(url: str) -> Iterator[ComfyServer]:
    with ComfyServer(url) as server:
        yield server


@pytest.fixture(scope="session")
def dialect(server: ComfyServer) -> Dialect:
    """The newest that we know of which is not newer than this server."""
    return max(
        (each for each in DIALECTS.values() if release(each.version) <= release(server.version())),
        key=lambda each: release(each.version),
    )


def release(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.partition("+")[0].split(".")[:2])
