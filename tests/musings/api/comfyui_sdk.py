"""Comfy's own SDK, pointed at a door by the variable that its users set."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

VARIABLE = "COMFY_BASE_URL"


@contextmanager
def pointed_at(url: str) -> Iterator[None]:
    """The variable within the block; the SDK reads it when a client is made. No proxy stands before this machine."""
    given = {VARIABLE: url, "NO_PROXY": "127.0.0.1"}
    before = {name: os.environ.get(name) for name in given}
    os.environ.update(given)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
