"""A wire to an application of this process: the same requests, without a socket.

It has no streams: httpx hands on an answer when it is whole.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import httpx

from musings.remote.connection import Connection
from musings.remote.wires import AsyncWire

HERE = "http://127.0.0.1"
LONGEST_SECONDS = 330.0
"""The longest poll that the API knows, and a little."""

Application = Callable[
    [
        MutableMapping[str, Any],
        Callable[[], Awaitable[MutableMapping[str, Any]]],
        Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ],
    Awaitable[None],
]
"""An ASGI application."""


def in_process(application: Application) -> AsyncWire:
    transport = httpx.ASGITransport(app=application, client=("127.0.0.1", 0), raise_app_exceptions=False)
    return AsyncWire(Connection(HERE, timeout=LONGEST_SECONDS), transport)
