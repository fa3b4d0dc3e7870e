"""Authentication, authorisation and the rate limit, before routing: who calls, for what, and how often.

Plain ASGI: what is refused here reaches no route, no body is read for it.
"""

import contextlib
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import parse_qs

import anyio
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from musings.api import authorization, cookies, headers, page, problems
from musings.api.allowed_hosts import AllowedHosts
from musings.api.authentication import Authentication, Authenticator
from musings.api.authorization import Requirement, RouteRequirement
from musings.api.signed_links import SignedLinks
from musings.config.settings import Settings, is_loopback
from musings.errors import MusingsError
from musings.security.rate_limits import TokenBuckets
from musings.security.scopes import Caller
from musings.security.scopes import Scope as Right

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
LOGIN = "/api/login"
SOCKETS = ("/comfyui/ws",)
POLICY = 1008
"""The code of a socket that is closed because of who asks (RFC 6455, section 7.4.1)."""
ASKED_AGAIN_SECONDS = 15.0
CSRF_HEADER = "x-csrf-token"
FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
WHO = {"WWW-Authenticate": 'Bearer realm="musings"'}


@dataclass(frozen=True)
class Access:
    """How a request came in; routes find it with :func:`access_of`. ``required``: auth is asked for."""

    authentication: Authentication
    required: bool
    https: bool
    address: str
    link_expires: int | None = None

    @property
    def caller(self) -> Caller:
        return self.authentication.caller

    def may(self, right: Right) -> bool:
        return not self.required or right in self.caller.scopes


def access_of(request: Request) -> Access:
    """How a request came in, which stands in its state."""
    found: Access = request.state.access
    return found


class AccessDenied(Exception):
    """A request that is not let in; ``answer`` says so to a program, ``page`` to a person with a browser."""

    def __init__(self, status: int, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.answer = problems.answer(status, detail, headers=headers)
        self._headers = headers

    @property
    def page(self) -> Response:
        return page.refusal(self.answer.status_code, str(self), self._headers)


class AccessControl:
    def __init__(
        self,
        app: ASGIApp,
        *,
        settings: Settings,
        authenticator: Authenticator,
        links: SignedLinks,
        hosts: AllowedHosts,
        writes: TokenBuckets,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._settings = settings
        self._authenticator = authenticator
        self._links = links
        self._hosts = hosts
        self._writes = writes
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope)
        https = self._hosts.is_https(scope.get("scheme", "http"), given.get("host", ""))
        answer: Response | None = None
        access = None
        try:
            access = await anyio.to_thread.run_sync(self._authorize, scope, given, https)
            scope.setdefault("state", {})["access"] = access
        except AccessDenied as refused:
            is_lost = not authorization.is_named(scope["path"])  # somebody at an address that leads nowhere
            lost = is_lost and page.wants_page(scope["method"], scope["path"], given.get("accept"))
            # A link that was sent to somebody is opened in a browser.
            shown = scope["path"].startswith(page.SHARED) and page.wants_page(
                scope["method"], scope["path"], given.get("accept")
            )
            answer = page.nowhere() if lost else refused.page if shown else refused.answer
        except MusingsError as error:
            answer = problems.of(error)
        answering: Send = _ResponseHeaders(send, access, scope["path"])
        if access is not None and access.required and authorization.is_stream(scope["path"]):
            answering = RevalidatedStream(answering, lambda: self._authorize(scope, given, https), self._clock)
        await (answer or self._app)(scope, receive, answering)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a socket in as a ``GET`` of its address would be; where there is none, nobody is."""
        asked = {**scope, "method": "GET"}
        given = Headers(scope=scope)
        https = self._hosts.is_https("https" if scope.get("scheme") == "wss" else "http", given.get("host", ""))
        access: Access | None = None
        if scope["path"] in SOCKETS:
            with contextlib.suppress(AccessDenied, MusingsError):
                access = await anyio.to_thread.run_sync(self._authorize, asked, given, https)
        if access is None:
            # Before it is accepted, which the server answers with 403.
            await send({"type": "websocket.close", "code": POLICY})
            return
        scope.setdefault("state", {})["access"] = access
        watched = RevalidatedSocket(send, lambda: self._authorize(asked, given, https), self._clock)
        await self._app(scope, receive, watched if access.required else send)

    def _authorize(self, scope: Scope, given: Headers, https: bool) -> Access:
        method, path = scope["method"], scope["path"]
        route = authorization.requirement_of(method, path)
        required = self._is_required(given, path)
        cookie = cookies.read(given.get("cookie"), https=https)
        authentication = self._authenticator.identify(given.get("authorization"), cookie)
        address = (scope.get("client") or ("",))[0]
        signed = _signature(scope) if route.requirement is Requirement.MEDIA else None
        expires = None
        if signed is not None and not (required and Right.READ in authentication.caller.scopes):
            expires = self._check_link(route, *signed)
        elif required:
            _check_scope(route.requirement, authentication)
        if method not in SAFE_METHODS:
            if required and path != LOGIN:
                _check_csrf(authentication, given)
            self._check_pace(authentication.caller, address, required)
        return Access(authentication, required, https, address, expires)

    def _is_required(self, given: Headers, path: str) -> bool:
        """Auth as configured; with ``auto`` also for what comes through a proxy, which may serve anybody.

        A door to other programs asks for it whenever other machines may call: ``false`` is about the page.
        """
        if self._settings.needs_auth or (self._settings.faces_network and authorization.is_door(path)):
            return True
        return self._settings.security.require_auth == "auto" and any(name in given for name in FORWARDED)

    def _check_link(self, route: RouteRequirement, expires: str, signature: str) -> int:
        if route.musing_id is not None:
            refusal = self._links.refusal_of_musing(route.musing_id, expires, signature)
        else:
            refusal = self._links.refusal(route.file_path or "", expires, signature)
        if refusal is not None:
            raise AccessDenied(403, refusal)
        return int(expires)

    def _check_pace(self, caller: Caller, address: str, required: bool) -> None:
        if not required and is_loopback(address):
            return
        client = f"{caller.kind} {caller.id}" if caller.is_known else f"address {address}"
        wait = self._writes.take(client, self._clock())
        if wait > 0:
            raise too_many("Too many changes at once.", wait)


def too_many(words: str, wait: float) -> AccessDenied:
    """The answer to somebody who must wait so many seconds."""
    seconds = str(max(1, round(wait + 0.5)))
    return AccessDenied(429, f"{words} Try again in {seconds} s.", {"Retry-After": seconds})


def _check_scope(requirement: Requirement, authentication: Authentication) -> None:
    if requirement.admits(authentication.caller.scopes):
        return
    if authentication.refused:
        raise AccessDenied(401, "The token is wrong, revoked or expired.", WHO)
    if not authentication.caller.is_known:
        raise AccessDenied(401, "Log in on the page, or send a token: `Authorization: Bearer …`.", WHO)
    held = ", ".join(sorted(authentication.caller.scopes)) or "none"
    needed = " and ".join(requirement.scopes)
    raise AccessDenied(403, f"This needs the scope {needed}; the token {authentication.caller.name!r} has {held}.")


def _check_csrf(authentication: Authentication, given: Headers) -> None:
    """A change by cookie needs what only our own page can read and send."""
    if authentication.session is not None and given.get(CSRF_HEADER) != authentication.session.csrf:
        raise AccessDenied(403, "The page is out of date: reload it, then try again.")


def _signature(scope: Scope) -> tuple[str, str] | None:
    """The expiry and the signature of a link, when there is anything of the kind."""
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
    if "signature" not in query and "expires" not in query:
        return None
    return _only(query.get("expires", ())), _only(query.get("signature", ()))


def _only(values: Iterable[str]) -> str:
    found = list(values)
    return found[0] if len(found) == 1 else ""


class Revalidation:
    """Asks from time to time whether a caller may still go on listening."""

    def __init__(self, authorize: Callable[[], Access], clock: Callable[[], float]) -> None:
        self._authorize = authorize
        self._clock = clock
        self._asked = clock()

    async def is_admitted(self) -> bool:
        if self._clock() - self._asked < ASKED_AGAIN_SECONDS:
            return True
        self._asked = self._clock()
        try:
            await anyio.to_thread.run_sync(self._authorize)
        except AccessDenied:
            return False
        except MusingsError:  # a database that is busy for a moment says nothing about the caller
            return True
        return True


class RevalidatedSocket:
    """``send`` of a socket, which it closes for a caller who may no longer listen (see ``RevalidatedStream``)."""

    def __init__(self, send: Send, authorize: Callable[[], Access], clock: Callable[[], float]) -> None:
        self._send = send
        self._revalidation = Revalidation(authorize, clock)
        self._ended = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "websocket.send" and not self._ended and not await self._revalidation.is_admitted():
            self._ended = True
            await self._send({"type": "websocket.close", "code": POLICY})
        if not self._ended:
            await self._send(message)


class RevalidatedStream:
    """``send`` of a stream without an end: asks again from time to time, and ends it for a caller who may no longer.

    A token that was revoked and a session that is over must not go on listening. The browser connects again, and is
    told why not.
    """

    def __init__(self, send: Send, authorize: Callable[[], Access], clock: Callable[[], float]) -> None:
        self._send = send
        self._revalidation = Revalidation(authorize, clock)
        self._ended = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.body" and not self._ended and not await self._revalidation.is_admitted():
            self._ended = True
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})
        if not self._ended:
            await self._send(message)


class _ResponseHeaders:
    """``send`` that adds what the caller's browser must know: a new session id, and what may be kept."""

    def __init__(self, send: Send, access: Access | None, path: str) -> None:
        self._send = send
        self._access = access
        self._path = path

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._mark(MutableHeaders(scope=message))
        await self._send(message)

    def _mark(self, answer: MutableHeaders) -> None:
        access = self._access
        if (access is None or access.required) and not self._path.startswith("/assets/"):
            headers.keep_private(answer)
        if access is None:
            return
        # A page that is made anew each time says so; a file never changes.
        if access.link_expires is not None and "no-cache" not in answer.get("cache-control", ""):
            left = max(0, access.link_expires - int(time.time()))
            answer["Cache-Control"] = f"private, max-age={left}"
        authentication = access.authentication
        if authentication.new_secret and authentication.session and "set-cookie" not in answer:
            answer.append(
                "Set-Cookie",
                cookies.write(authentication.new_secret, authentication.session.expires_at, https=access.https),
            )
