"""The gate behind the guard: who calls, whether that is enough for the route, and how often.

Plain ASGI, before routing: what is refused here reaches no route, no body is read for it.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import parse_qs

import anyio
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from musings.api import cookies, headers, page, problems, rules
from musings.api.doorkeeper import Doorkeeper, Visit
from musings.api.hosts import Hosts
from musings.api.links import Links
from musings.api.rules import Need, Ruling
from musings.config.settings import Settings, is_loopback
from musings.errors import MusingsError
from musings.security.scopes import Caller
from musings.security.scopes import Scope as Right
from musings.security.throttle import Buckets

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
LOGIN = "/api/login"
EVENTS = "/api/events"
ASKED_AGAIN_SECONDS = 15.0
CSRF_HEADER = "x-csrf-token"
FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
WHO = {"WWW-Authenticate": 'Bearer realm="musings"'}


@dataclass(frozen=True)
class Entry:
    """How a request came in; routes find it in ``request.state.entry``. ``required``: auth is asked for."""

    visit: Visit
    required: bool
    https: bool
    address: str
    link_expires: int | None = None

    @property
    def caller(self) -> Caller:
        return self.visit.caller

    def may(self, right: Right) -> bool:
        return not self.required or right in self.caller.scopes


class Refused(Exception):
    """A request that is not let in; ``answer`` says so."""

    def __init__(self, status: int, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.answer = problems.answer(status, detail, headers=headers)


class Gate:
    def __init__(
        self,
        app: ASGIApp,
        *,
        settings: Settings,
        doorkeeper: Doorkeeper,
        links: Links,
        hosts: Hosts,
        writes: Buckets,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._settings = settings
        self._doorkeeper = doorkeeper
        self._links = links
        self._hosts = hosts
        self._writes = writes
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})  # we have none, so none gets past the gate
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope)
        https = self._hosts.is_https(scope.get("scheme", "http"), given.get("host", ""))
        answer: Response | None = None
        entry = None
        try:
            entry = await anyio.to_thread.run_sync(self._admit, scope, given, https)
            scope.setdefault("state", {})["entry"] = entry
        except Refused as refused:
            is_lost = not rules.is_named(scope["path"])  # somebody at an address that leads nowhere
            lost = is_lost and page.wants_page(scope["method"], scope["path"], given.get("accept"))
            answer = page.nowhere() if lost else refused.answer
        except MusingsError as error:
            answer = problems.of(error)
        leaving: Send = _Leaving(send, entry, scope["path"])
        if entry is not None and entry.required and scope["path"] == EVENTS:
            leaving = StillWelcome(leaving, lambda: self._admit(scope, given, https), self._clock)
        await (answer or self._app)(scope, receive, leaving)

    def _admit(self, scope: Scope, given: Headers, https: bool) -> Entry:
        method, path = scope["method"], scope["path"]
        ruling = rules.ruling(method, path)
        required = self._is_required(given)
        visit = self._doorkeeper.identify(given.get("authorization"), cookies.read(given.get("cookie"), https=https))
        address = (scope.get("client") or ("",))[0]
        signed = _signature(scope) if ruling.need is Need.MEDIA else None
        expires = None
        if signed is not None and not (required and Right.READ in visit.caller.scopes):
            expires = self._check_link(ruling, *signed)
        elif required:
            _check_scope(ruling.need, visit)
        if method not in SAFE_METHODS:
            if required and path != LOGIN:
                _check_csrf(visit, given)
            self._check_pace(visit.caller, address, required)
        return Entry(visit, required, https, address, expires)

    def _is_required(self, given: Headers) -> bool:
        """Auth as configured; with ``auto`` also for what comes through a proxy, which may serve anybody."""
        if self._settings.needs_auth:
            return True
        return self._settings.security.require_auth == "auto" and any(name in given for name in FORWARDED)

    def _check_link(self, ruling: Ruling, expires: str, signature: str) -> int:
        refusal = self._links.refusal(ruling.file_path or "", expires, signature)
        if refusal is not None:
            raise Refused(403, refusal)
        return int(expires)

    def _check_pace(self, caller: Caller, address: str, required: bool) -> None:
        if not required and is_loopback(address):
            return
        client = f"{caller.kind} {caller.id}" if caller.is_known else f"address {address}"
        wait = self._writes.take(client, self._clock())
        if wait > 0:
            raise too_many("Too many changes at once.", wait)


def too_many(words: str, wait: float) -> Refused:
    """The answer to somebody who must wait so many seconds."""
    seconds = str(max(1, round(wait + 0.5)))
    return Refused(429, f"{words} Try again in {seconds} s.", {"Retry-After": seconds})


def _check_scope(need: Need, visit: Visit) -> None:
    right = need.scope
    if right is None or right in visit.caller.scopes:
        return
    if visit.refused:
        raise Refused(401, "The token is wrong, revoked or expired.", WHO)
    if not visit.caller.is_known:
        raise Refused(401, "Log in on the page, or send a token: `Authorization: Bearer …`.", WHO)
    held = ", ".join(sorted(visit.caller.scopes)) or "none"
    raise Refused(403, f"This needs the scope {right}; the token {visit.caller.name!r} has {held}.")


def _check_csrf(visit: Visit, given: Headers) -> None:
    """A change by cookie needs what only our own page can read and send."""
    if visit.session is not None and given.get(CSRF_HEADER) != visit.session.csrf:
        raise Refused(403, "The page is out of date: reload it, then try again.")


def _signature(scope: Scope) -> tuple[str, str] | None:
    """The expiry and the signature of a link, when there is anything of the kind."""
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
    if "signature" not in query and "expires" not in query:
        return None
    return _only(query.get("expires", ())), _only(query.get("signature", ()))


def _only(values: Iterable[str]) -> str:
    found = list(values)
    return found[0] if len(found) == 1 else ""


class StillWelcome:
    """``send`` of a stream without an end: asks again from time to time, and ends it for a caller who may no longer.

    A token that was revoked and a session that is over must not go on listening. The browser connects again, and is
    told why not.
    """

    def __init__(self, send: Send, admit: Callable[[], Entry], clock: Callable[[], float]) -> None:
        self._send = send
        self._admit = admit
        self._clock = clock
        self._asked = clock()
        self._ended = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.body" and not self._ended and not await self._is_welcome():
            self._ended = True
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})
        if not self._ended:
            await self._send(message)

    async def _is_welcome(self) -> bool:
        if self._clock() - self._asked < ASKED_AGAIN_SECONDS:
            return True
        self._asked = self._clock()
        try:
            await anyio.to_thread.run_sync(self._admit)
        except Refused:
            return False
        except MusingsError:  # a database that is busy for a moment says nothing about the caller
            return True
        return True


class _Leaving:
    """``send`` that adds what the caller's browser must know: a new session id, and what may be kept."""

    def __init__(self, send: Send, entry: Entry | None, path: str) -> None:
        self._send = send
        self._entry = entry
        self._path = path

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._mark(MutableHeaders(scope=message))
        await self._send(message)

    def _mark(self, answer: MutableHeaders) -> None:
        entry = self._entry
        if (entry is None or entry.required) and not self._path.startswith("/assets/"):
            headers.keep_private(answer)
        if entry is None:
            return
        if entry.link_expires is not None:
            left = max(0, entry.link_expires - int(time.time()))
            answer["Cache-Control"] = f"private, max-age={left}"
        visit = entry.visit
        if visit.new_secret and visit.session and "set-cookie" not in answer:
            answer.append("Set-Cookie", cookies.write(visit.new_secret, visit.session.expires_at, https=entry.https))
