"""What stands before every route: a limit on bodies, a check of ``Host`` and ``Origin``, headers, and the metrics.

Plain ASGI, because event streams and large files must pass through untouched.
"""

import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from musings.api import headers, problems
from musings.api.allowed_hosts import AllowedHosts, name_of
from musings.api.metrics import RequestMetrics

BODY_BYTES = 2_000_000
UPLOADS = "/api/uploads"
FORM_BYTES = 100_000  # of a form around its file
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
METHODS = (*SAFE_METHODS, "POST", "PUT", "PATCH", "DELETE")


class RequestChecks:
    """``upload_bytes``: how large a file may be that is sent to be worked from."""

    def __init__(
        self, app: ASGIApp, *, hosts: AllowedHosts, metrics: RequestMetrics, upload_bytes: int = BODY_BYTES
    ) -> None:
        self._app = app
        self._upload_bytes = upload_bytes
        self._hosts = hosts
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope)
        most = self._upload_bytes + FORM_BYTES if scope["path"] == UPLOADS else BODY_BYTES
        refusal = self._refusal(scope["method"], given, most)
        https = self._hosts.is_https(scope.get("scheme", "http"), given.get("host", ""))
        watched = _Watched(scope, send, self._metrics, https=https)
        if refusal is not None:
            await problems.answer(*refusal)(scope, receive, watched)
            return
        try:
            await self._app(scope, _Limited(receive, most), watched)
        except Exception as error:
            answer = problems.unexpected(scope["path"], error)
            if watched.began:
                raise  # too late for an answer: the server cuts the connection
            await answer(scope, receive, watched)

    def _refusal(self, method: str, given: Headers, most: int) -> tuple[int, str] | None:
        hosts = given.getlist("host")
        host = hosts[0] if len(hosts) == 1 else ""
        if not self._hosts.answers_for(host):
            shown = name_of(host) or host[:100]
            return 421, f"This server does not answer for {shown!r}: set security.public_url to the name you use."
        origin, site = given.get("origin"), given.get("sec-fetch-site")
        if method not in SAFE_METHODS and not self._hosts.is_own_page(origin, site, host):
            return 403, "A page of another site may not change anything here."
        length = given.get("content-length", "0")
        if length.isdigit() and int(length) > most:
            return 413, f"The body is {int(length):,} bytes long; at most {most:,} are taken."
        return None


class _Watched:
    """``send`` that adds the headers that every answer carries, and counts."""

    def __init__(self, scope: Scope, send: Send, metrics: RequestMetrics, *, https: bool) -> None:
        self._scope = scope
        self._send = send
        self._metrics = metrics
        self._https = https
        self._since = time.perf_counter()
        self.began = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.began = True
            headers.protect(MutableHeaders(scope=message), https=self._https)
            route = getattr(self._scope.get("route"), "path", "none")
            method = self._scope["method"] if self._scope["method"] in METHODS else "other"
            self._metrics.count.labels(method, route, message["status"]).inc()
            self._metrics.seconds.labels(method, route).observe(time.perf_counter() - self._since)
        await self._send(message)


class _Limited:
    """``receive`` that counts the bytes of a body whose length was not announced."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive = receive
        self._most = most
        self._bytes = 0

    async def __call__(self) -> Message:
        message = await self._receive()
        self._bytes += len(message.get("body", b""))
        if self._bytes > self._most:
            raise HTTPException(413, f"The body is larger than {self._most:,} bytes.")
        return message
