"""What stands before every route of the fake: faults that stop a request, the Origin, the limit of a body."""

import asyncio
from collections.abc import AsyncIterator, Callable
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from fake_comfyui.faults import TOKEN, Switches

# The real server's default.
MAX_BODY_BYTES = 104857600


# A read is short and there is no end of them.
DRIP_SECONDS = 0.02
# A parser that calls itself runs out of stack far earlier.
DEEP = 100_000


async def endless(piece: bytes, pause: float = 0) -> AsyncIterator[bytes]:
    """The same again and again, for as long as anybody listens."""
    while True:
        yield piece
        await asyncio.sleep(pause)


class Gate:
    """What stands before every route: staged 503 and 401, the check of the Origin, the limit of a body."""

    def __init__(self, app: ASGIApp, faults: Callable[[], Switches]) -> None:
        self._app = app
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (response := self._stop(Request(scope))):
            await response(scope, receive, send)
        elif scope["type"] == "websocket" and self._stop_socket(WebSocket(scope, receive, send)):
            await send({"type": "websocket.close"})
        else:
            await self._app(scope, receive, send)

    def _stop(self, request: Request) -> Response | None:
        faults = self._faults()
        if faults.take("http-503"):
            return Response("busy", 503, headers={"retry-after": "7"})
        if faults.active("auth-required") and request.headers.get("authorization") != f"Bearer {TOKEN}":
            return Response("who are you?", 401)
        if _foreign(request.headers.get("origin"), request.headers.get("host", "")):
            return Response("", 403)
        if request.method == "GET" and "/view" not in request.url.path:
            if faults.take("endless-json"):
                return StreamingResponse(endless(b" " * 65_536), media_type="application/json")
            if faults.take("dripping-json"):
                return StreamingResponse(endless(b" ", DRIP_SECONDS), media_type="application/json")
            if faults.take("deep-json"):
                return Response("[" * DEEP + "]" * DEEP, media_type="application/json")
        if int(request.headers.get("content-length") or 0) > MAX_BODY_BYTES:
            return Response(f"Maximum request body size {MAX_BODY_BYTES} exceeded.", 413)
        return None

    def _stop_socket(self, socket: WebSocket) -> bool:
        faults = self._faults()
        token = socket.headers.get("authorization") == f"Bearer {TOKEN}"
        return (
            # Not taken: only requests use up the times of the switch.
            faults.active("http-503")
            or faults.active("no-socket")
            or (faults.active("auth-required") and not token)
            # A page of another site could otherwise use a server on this machine.
            or _foreign(socket.headers.get("origin"), socket.headers.get("host", ""))
        )


def _foreign(origin: str | None, host: str) -> bool:
    """Whether a browser page of another site asks; ``null`` and a missing port pass, as on the real
    server.
    """
    if not origin or origin == "null":
        return False
    there = urlsplit(origin)
    here = urlsplit(f"//{host}")
    # As the real server: it compares only where a browser on the same machine could reach it.
    if here.hostname not in ("127.0.0.1", "localhost", "::1"):
        return False
    return there.hostname != here.hostname or (there.port is not None and there.port != here.port)
