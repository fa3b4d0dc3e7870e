"""What stands before the routes of ComfyUI's protocol: its other addresses, its way to log in, and its errors.

Plain ASGI, outermost, so that refusals of the request checks and of the access control are translated as well, and so
that those see one address for each route.
"""

import base64
import binascii
import json

from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from musings.api import problems
from musings.api.authorization import COMFYUI, is_comfyui
from musings.comfyui_api import v2_refusals
from musings.comfyui_api.refusals import GraphRefusal, of_problem
from musings.comfyui_api.v2_refusals import V2Refusal

ALIAS = "/comfy"
ONLY_UNDER_API = ("/api/jobs", "/api/v2")
"""Every other route of ComfyUI is there with and without ``/api``."""
V2 = f"{COMFYUI}/api/v2"
"""Where its newer protocol is, whose errors have another shape."""


def install(app: FastAPI, port: int | None = None) -> None:
    """Serve the door at ``/comfyui``; ``port`` is one of its own, at which there is nothing else."""
    app.add_exception_handler(GraphRefusal, _refused)
    app.add_exception_handler(V2Refusal, _refused_by_v2)
    app.add_middleware(ComfyUIDoor, port=port)


async def _refused(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, GraphRefusal)  # noqa: S101 (the registration says so)
    return JSONResponse(error.body, error.status)


async def _refused_by_v2(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, V2Refusal)  # noqa: S101 (the registration says so)
    return JSONResponse(error.body, error.status, error.headers)


class ComfyUIDoor:
    def __init__(self, app: ASGIApp, *, port: int | None = None) -> None:
        self._app = app
        self._port = port

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        # By the socket that it came in at, and not by what the client says of it.
        own = self._port is not None and (scope.get("server") or ("", None))[1] == self._port
        asked = f"{COMFYUI}{scope['path']}" if own else scope["path"]
        path = one_address(asked)
        if not is_comfyui(path):
            await self._app(scope, receive, send)
            return
        # For this door alone: elsewhere a password of an address is of the proxy before us.
        headers = [_as_bearer(name, value) for name, value in scope["headers"]]
        inner = {**scope, "path": path, "raw_path": path.encode("utf-8", "surrogateescape"), "headers": headers}
        # Links lead back by the address that the client came by.
        mount = "" if own else ALIAS if asked.startswith(f"{ALIAS}/") else COMFYUI
        inner["state"] = {**scope.get("state", {}), "comfyui_mount": mount}
        is_v2 = path == V2 or path.startswith(f"{V2}/")
        await self._app(inner, receive, _Translated(send, is_v2=is_v2) if scope["type"] == "http" else send)


def one_address(path: str) -> str:
    """The address of a route of this door among those that lead to it; any other path as it is."""
    if path == ALIAS or path.startswith(f"{ALIAS}/"):
        path = COMFYUI + path.removeprefix(ALIAS)
    under = path.removeprefix(COMFYUI)
    stays = any(under == each or under.startswith(f"{each}/") for each in ONLY_UNDER_API)
    if path.startswith(f"{COMFYUI}/api/") and not stays:
        return COMFYUI + under.removeprefix("/api")
    return COMFYUI if path == f"{COMFYUI}/" else path


def _as_bearer(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    """A token that came as the password of an address, ``http://any:TOKEN@host``, as the token that it is.

    Clients of this protocol that can set no header can often be given such an address, for their socket too.
    """
    scheme, _, told = value.partition(b" ")
    if name != b"authorization" or scheme.lower() != b"basic":
        return name, value
    try:
        _, _, password = base64.b64decode(told.strip(), validate=True).partition(b":")
    except binascii.Error:
        return name, value
    return name, b"Bearer " + password


class _Translated:
    """``send`` that holds back a problem document until it is whole, and sends an error of ComfyUI's in its place."""

    def __init__(self, send: Send, *, is_v2: bool) -> None:
        self._send = send
        self._is_v2 = is_v2
        self._start: Message | None = None
        self._problem = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if Headers(raw=message["headers"]).get("content-type") == problems.MEDIA_TYPE:
                self._start = message
                return
        elif self._start is not None:
            self._problem += message.get("body", b"")
            if message.get("more_body"):
                return
            start, self._start = self._start, None
            message = {**message, "body": _translate(start, self._problem, is_v2=self._is_v2)}
            await self._send(start)
        await self._send(message)


def _translate(start: Message, problem: bytes, *, is_v2: bool) -> bytes:
    """The body of the error; ``start`` then says so. A ``HEAD`` has none."""
    headers = MutableHeaders(scope=start)
    headers["content-type"] = "application/json"
    if not problem:
        return problem
    said = json.loads(problem)
    body = json.dumps(v2_refusals.of_problem(said) if is_v2 else of_problem(said)).encode()
    headers["content-length"] = str(len(body))
    # What cannot be taken is a 400 there; its older clients know no 422.
    if start["status"] == 422 and not is_v2:
        start["status"] = 400
    return body
