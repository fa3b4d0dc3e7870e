"""Content codings: which one a client takes, and answers of the API made smaller on their way out.

What is compressed is JSON that is whole and long. Never an event stream (its events must leave one by one), a media
file or a part of one (their bytes are what the ``ETag`` and the range are about). And never an answer that carries a
secret of the caller: where a guess of an attacker and a secret are compressed together, the length of the answer tells
how good the guess was (BREACH). The CSRF token, session answers and signed links therefore leave as they are.
"""

import gzip
import re

import anyio
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LEAST_BYTES = 1_000
LEVEL = 5
QUICK_BYTES = 64_000
"""What takes under a millisecond or so; more is compressed beside the event loop."""

COMPRESSIBLE = ("application/json", "application/problem+json")
WITH_SECRETS = re.compile(r"/api/(session|login|logout|webhooks)|.*/(share|new-secret)")
QUALITY = re.compile(r"(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")


def accepted(header: str | None, offered: tuple[str, ...]) -> str | None:
    """The coding among ``offered`` (best first) that an ``Accept-Encoding`` likes best; None: send it as it is.

    RFC 9110, section 12.5.3: ``q=0`` refuses, ``*`` speaks for the codings that are not named. Of equals the first
    offered serves. A client that ranks ``identity`` above all codings gets it.
    """
    if not header:
        return None
    wanted: dict[str, float] = {}
    for each in header.lower().split(","):
        name, *parameters = (part.strip() for part in each.split(";"))
        given = next((part[2:].strip() for part in parameters if part.startswith("q=")), "1")
        wanted[name] = float(given) if QUALITY.fullmatch(given) else 0.0
    others = wanted.get("*", 0.0)
    best = max(offered, key=lambda name: wanted.get(name, others), default=None)
    if best is None:
        return None
    liking = wanted.get(best, others)
    return best if liking > 0 and liking >= wanted.get("identity", 0.0) else None


class Compressor:
    """Compresses JSON answers of the API with gzip, for clients that take it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or WITH_SECRETS.fullmatch(scope["path"]):
            await self._app(scope, receive, send)
            return
        takes = accepted(Headers(scope=scope).get("accept-encoding"), ("gzip",)) is not None
        await self._app(scope, receive, _Smaller(send, takes=takes, head=scope["method"] == "HEAD"))


class _Smaller:
    """``send`` that holds back the start of an answer until it is known whether its body is whole."""

    def __init__(self, send: Send, *, takes: bool, head: bool) -> None:
        self._send = send
        self._takes = takes
        self._head = head
        self._start: Message | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and not self._head and _is_candidate(message):
            self._start = message
            return
        start, self._start = self._start, None
        if start is not None:
            message = await self._prepared(start, message)
            await self._send(start)
        await self._send(message)

    async def _prepared(self, start: Message, message: Message) -> Message:
        """The body, smaller where it is whole and long; ``start`` then says so."""
        body = message.get("body", b"")
        if message["type"] != "http.response.body" or message.get("more_body") or len(body) < LEAST_BYTES:
            return message
        headers = MutableHeaders(scope=start)
        headers.add_vary_header("Accept-Encoding")
        if not self._takes:
            return message
        smaller = compressed(body) if len(body) < QUICK_BYTES else await anyio.to_thread.run_sync(compressed, body)
        headers["Content-Encoding"] = "gzip"
        headers["Content-Length"] = str(len(smaller))
        return {**message, "body": smaller}


def compressed(body: bytes) -> bytes:
    """The same bytes give the same bytes: no time is written into them."""
    return gzip.compress(body, LEVEL, mtime=0)


def _is_candidate(start: Message) -> bool:
    """JSON that a route made: a file has an ``ETag`` and takes ranges, and another coding is not ours to add to."""
    headers = Headers(scope=start)
    is_file = any(name in headers for name in ("accept-ranges", "content-range", "content-disposition"))
    # A weak tag stands for the answer and not for its bytes.
    is_file = is_file or not headers.get("etag", "W/").startswith("W/")
    return (
        not is_file
        and start["status"] not in (204, 206, 304)
        and "content-encoding" not in headers
        and headers.get("content-type", "").partition(";")[0].strip() in COMPRESSIBLE
    )
