"""What stands before every route: a limit on bodies, a check of ``Host`` and ``Origin``, headers, and the metrics.

Plain ASGI, because event streams and large files must pass through untouched.
"""

import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from musings.api import headers, problems
from musings.api.allowed_hosts import AllowedHosts, name_of
from musings.api.authorization import is_comfyui
from musings.api.metrics import RequestMetrics
from musings.api.uploads import is_binary

BODY_BYTES = 2_000_000
WORKFLOWS = ("/api/workflows", "/api/workflow-files/inspect", "/api/workflow-files/try")
WITH_FILES = (
    "/api/uploads",
    "/v1/images/edits",
    "/v1/images/variations",
    "/v1/videos",
    "/comfyui/upload/image",
    "/comfyui/upload/mask",
    "/comfyui/api/v2/assets",
    *WORKFLOWS,
)
FORM_HEAD_BYTES = 4_096
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
        # As a change: a page of another site could open a socket and read, which it cannot with a request.
        if scope["type"] == "websocket" and self._refusal("POST", Headers(scope=scope), BODY_BYTES) is not None:
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope)
        path = scope["path"]
        most = self._upload_bytes + FORM_BYTES if path in WITH_FILES else BODY_BYTES
        # What ComfyUI's clients ask of it is not for pages of other sites, not even to look.
        asked = "POST" if is_comfyui(path) and scope["method"] != "OPTIONS" else scope["method"]
        refusal = self._refusal(asked, given, most)
        https = self._hosts.is_https(scope.get("scheme", "http"), given.get("host", ""))
        watched = _Watched(scope, send, self._metrics, https=https)
        if refusal is not None:
            await problems.answer(*refusal)(scope, receive, watched)
            return
        try:
            await self._app(scope, _Limited(receive, most, BODY_BYTES if path in WORKFLOWS else most), watched)
        except ClientDisconnect:  # in the middle of its body: there is nobody to be answered, and no bug of ours
            return
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
    """``receive`` that counts the bytes of a body. At most ``most_text`` where the file in it is a text."""

    def __init__(self, receive: Receive, most: int, most_text: int) -> None:
        self._receive = receive
        self._most = most
        self._most_text = most_text
        self._bytes = 0
        self._head = b""

    async def __call__(self) -> Message:
        message = await self._receive()
        self._bytes += len(message.get("body", b""))
        if len(self._head) < FORM_HEAD_BYTES:
            self._head += message.get("body", b"")[:FORM_HEAD_BYTES]
        most = self._most_text if self._bytes > self._most_text and self._is_text() else self._most
        if self._bytes > most:
            raise HTTPException(413, f"The body is larger than {most:,} bytes.")
        return message

    def _is_text(self) -> bool:
        """Whether the file of the form is a workflow itself; a picture that carries one is larger."""
        return not is_binary(self._head.partition(b"\r\n\r\n")[2])
