"""``/mcp``: the Model Context Protocol over streamable HTTP, for whoever may call it.

Each tool asks this application's own routes, in this process, so each asks for its own scopes. Sessions there are
none: nothing is lost when the server dies between two calls. The SDK is imported with the first call.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from musings.api import problems
from musings.api.access_control import FORWARDED, Access, access_of
from musings.api.authorization import requirement_of
from musings.config.settings import Settings
from musings.late import importing
from musings.remote.in_process import in_process
from musings.remote.operations import Operations
from musings.remote.refusals import PROBLEM
from musings.remote.wire import ServerAnswer, ServerRequest
from musings.remote.wires import AsyncWire

PATH = "/mcp"
PATIENCE_SECONDS = 5.0
PASSED_ON = ("authorization", *FORWARDED)
"""Headers of a caller that say who it is, and where it comes from."""


class McpDoor:
    """An ASGI application. ``stop`` ends it with the application that it belongs to."""

    def __init__(self, settings: Settings) -> None:
        self._is_open = settings.doors.mcp
        self._lock = asyncio.Lock()
        self._handle: ASGIApp | None = None
        self._serving: asyncio.Task[None] | None = None
        self._stopping = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._is_open:
            closed = problems.answer(404, "This door is closed: doors.mcp is false in the configuration.")
            await closed(scope, receive, send)
            return
        # Two first calls at once begin it once.
        async with self._lock:
            if self._handle is None:
                self._handle = await self._begin(scope["app"])
        await self._handle(scope, receive, send)

    async def stop(self) -> None:
        self._stopping.set()
        if self._serving is not None:
            await self._serving

    async def _begin(self, application: FastAPI) -> ASGIApp:
        begun: asyncio.Future[ASGIApp] = asyncio.get_running_loop().create_future()
        # A task of its own: what the SDK opens must be closed by the task that opened it.
        self._serving = asyncio.create_task(self._serve(application, begun))
        return await begun

    async def _serve(self, application: FastAPI, begun: "asyncio.Future[ASGIApp]") -> None:
        try:
            sessions, wire = await asyncio.to_thread(_made, application)
        except Exception as error:
            # For who waits; this task has its own copy for the log.
            begun.set_exception(error)
            raise
        try:
            async with sessions.run():
                begun.set_result(sessions.handle_request)
                await self._stopping.wait()
        finally:
            await wire.close()


class CallersWire:
    """A wire that asks in the name of one caller: with its headers, and for nothing that it may not do."""

    def __init__(self, wire: AsyncWire, access: Access, headers: Mapping[str, str]) -> None:
        self._wire = wire
        self._access = access
        self._headers = headers
        self.listen = wire.listen
        self.pause = wire.pause

    async def ask(self, request: ServerRequest) -> ServerAnswer:
        refused = self._refused(request)
        return refused or await self._wire.ask(replace(request, headers={**request.headers, **self._headers}))

    async def save(self, request: ServerRequest, target: Path) -> ServerAnswer:
        refused = self._refused(request)
        return refused or await self._wire.save(replace(request, headers={**request.headers, **self._headers}), target)

    def _refused(self, request: ServerRequest) -> ServerAnswer | None:
        """The door may ask for more than the routes behind it: auth is required here whenever others may call."""
        needed = requirement_of(request.method, request.path).requirement
        if not self._access.required or needed.admits(self._access.caller.scopes):
            return None
        words = f"This needs the scope {' and '.join(needed.scopes)}; the token has {_held(self._access)}."
        return ServerAnswer(403, {"content-type": PROBLEM}, json.dumps({"detail": words}).encode())


def _held(access: Access) -> str:
    return ", ".join(sorted(access.caller.scopes)) or "none"


def install(app: FastAPI, settings: Settings) -> McpDoor:
    """Serve the door at ``/mcp``."""
    door = McpDoor(settings)
    app.router.routes.append(Route(PATH, door, methods=["GET", "POST", "DELETE"], include_in_schema=False))
    return door


def _made(application: FastAPI) -> tuple[Any, AsyncWire]:
    """The SDK's sessions over our tools, and the wire that those ask."""
    with importing():
        from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

        from musings.mcp_server.access import QueueAccess
        from musings.mcp_server.server import server_of

    wire = in_process(application)

    def enter(context: Any) -> QueueAccess:
        request: Request = context.request_context.request
        access = access_of(request)
        headers = {name: value for name in PASSED_ON if (value := request.headers.get(name)) is not None}
        caller = access.caller
        owner = {"owner": f"{caller.name} ({caller.kind} {caller.id})"} if caller.is_known else {}
        queue = Operations(CallersWire(wire, access, headers), "this server", PATIENCE_SECONDS)
        return QueueAccess(queue, owner)

    server = server_of(enter)
    # Hosts and origins were checked before (``request_checks``), for this route as for any other.
    return StreamableHTTPSessionManager(server._lowlevel_server, stateless=True), wire
