"""The server: uvicorn, stopping as we need it to."""

import asyncio
import time
from collections.abc import Callable
from socket import socket
from types import FrameType

import uvicorn

from musings.api import app
from musings.api.broadcast import Broadcaster
from musings.api.exhaustion import Exhaustion
from musings.config.settings import Settings
from musings.store.database import Database

GRACEFUL_SECONDS = 2
SOCKET_BYTES = 100_000
"""Of a message to us: what a client of a socket says is a line."""


class HttpServer(uvicorn.Server):
    """Ends the event streams as soon as it is asked to stop: each of them would hold up the end.

    ``stopped_by`` is the signal that asked, or None. uvicorn would raise that signal again after the end, which kills
    the process before it has closed its database.
    """

    def __init__(self, config: uvicorn.Config, broadcaster: Broadcaster) -> None:
        super().__init__(config)
        self.stopped_by: int | None = None
        self.broadcaster = broadcaster

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 (uvicorn's signature)
        self.force_exit = self.should_exit  # asked twice: at once
        self.should_exit = True
        self.stopped_by = sig

    async def startup(self, sockets: list[socket] | None = None) -> None:
        asyncio.get_running_loop().set_exception_handler(Exhaustion())
        await super().startup(sockets)

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        await asyncio.to_thread(self.broadcaster.shut_down)
        await super().shutdown(sockets)


def make_server(
    settings: Settings,
    database: Database,
    clock: Callable[[], float] = time.monotonic,
    comfyui_port: int | None = None,
) -> HttpServer:
    """A server for a database that has its tables; ``run(sockets=[…])`` serves until it is asked to stop.

    ``clock`` tells seconds to the limits on logins. ``comfyui_port`` is that of a socket for clients of ComfyUI alone.
    """
    services = app.services_for(settings, database)
    config = uvicorn.Config(
        app.make(services, clock=clock, comfyui_port=comfyui_port),
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
        server_header=False,
        ws_max_size=SOCKET_BYTES,
    )
    return HttpServer(config, services.broadcaster)
