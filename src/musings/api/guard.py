"""What stands before every route: a limit on bodies, a check of ``Host`` and ``Origin``, headers, and the metrics.

Plain ASGI, because event streams and large files must pass through untouched.
"""

import time
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from musings.api import problems
from musings.api.metrics import RequestMetrics
from musings.config import is_loopback

BODY_BYTES = 2_000_000
PAGE_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; style-src 'self' 'unsafe-inline';"
    " connect-src 'self'; script-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self';"
    " frame-ancestors 'none'"
)
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
METHODS = (*SAFE_METHODS, "POST", "PUT", "PATCH", "DELETE")


class Guard:
    """``hosts`` are the names under which this server may be called; empty means any.

    ``public`` is the origin (``https://studio.example``) under which a proxy shows it, or None.
    """

    def __init__(self, app: ASGIApp, *, hosts: Iterable[str], public: str | None, metrics: RequestMetrics) -> None:
        self._app = app
        self._hosts = frozenset(hosts)
        self._public = public
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope["method"], Headers(scope=scope))
        watched = _Watched(scope, send, self._metrics)
        if refusal is not None:
            await problems.answer(*refusal)(scope, receive, watched)
            return
        try:
            await self._app(scope, _Limited(receive), watched)
        except Exception as error:
            answer = problems.unexpected(scope["path"], error)
            if watched.began:
                raise  # too late for an answer: the server cuts the connection
            await answer(scope, receive, watched)

    def _refusal(self, method: str, headers: Headers) -> tuple[int, str] | None:
        host = _name(headers.get("host", ""))
        if self._hosts and host not in self._hosts and not is_loopback(host.strip("[]")):
            return (
                421,
                f"This server does not answer for {host[:100]!r}: set security.public_url to the name you use.",
            )
        if method not in SAFE_METHODS and not self._is_own(headers.get("origin"), headers.get("host", "")):
            return 403, "A page of another site may not change anything here."
        length = headers.get("content-length", "0")
        if length.isdigit() and int(length) > BODY_BYTES:
            return 413, f"The body is {int(length):,} bytes long; at most {BODY_BYTES:,} are taken."
        return None

    def _is_own(self, origin: str | None, host: str) -> bool:
        """Whether a request comes from our own page, or from no page at all."""
        if origin is None or origin.lower() == self._public:
            return True
        try:
            return bool(host) and urlsplit(origin).netloc.lower() == host.lower()
        except ValueError:
            return False


class _Watched:
    """``send`` that adds the headers that every answer carries, and counts."""

    def __init__(self, scope: Scope, send: Send, metrics: RequestMetrics) -> None:
        self._scope = scope
        self._send = send
        self._metrics = metrics
        self._since = time.perf_counter()
        self.began = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.began = True
            headers = MutableHeaders(scope=message)
            headers.setdefault("X-Content-Type-Options", "nosniff")
            headers.setdefault("Referrer-Policy", "same-origin")
            headers.setdefault("Content-Security-Policy", PAGE_POLICY)
            route = getattr(self._scope.get("route"), "path", "none")
            method = self._scope["method"] if self._scope["method"] in METHODS else "other"
            self._metrics.count.labels(method, route, message["status"]).inc()
            self._metrics.seconds.labels(method, route).observe(time.perf_counter() - self._since)
        await self._send(message)


class _Limited:
    """``receive`` that counts the bytes of a body whose length was not announced."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._bytes = 0

    async def __call__(self) -> Message:
        message = await self._receive()
        self._bytes += len(message.get("body", b""))
        if self._bytes > BODY_BYTES:
            raise HTTPException(413, f"The body is larger than {BODY_BYTES:,} bytes.")
        return message


def _name(host: str) -> str:
    """The host of a ``Host`` header without its port."""
    if host.startswith("["):
        return host[: host.find("]") + 1].lower()
    return host.partition(":")[0].lower()
