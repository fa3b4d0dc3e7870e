"""Where the server is and who asks, as both wires need it."""

import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

from musings.errors import UsageError
from musings.remote.wire import UPLOAD_FIELD, NoReply, ServerAnswer, ServerRequest
from musings.version import VERSION

URL, TOKEN = "MUSINGS_URL", "MUSINGS_TOKEN"
VISIBLE = re.compile(r"[!-~]+")
CONNECT_SECONDS = 10.0
UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


@dataclass(frozen=True)
class Connection:
    """``url`` is the address of a server, checked; ``timeout`` the seconds that an answer may take."""

    url: str
    token: str | None = field(default=None, repr=False)
    timeout: float = 30.0

    def __post_init__(self) -> None:
        if problem := _problem(self.url):
            raise UsageError(f"The address of the server {problem}.", hint=f"Write {URL} as http://studio.local:8000.")
        if self.token is not None and not VISIBLE.fullmatch(self.token):
            raise UsageError(f"{TOKEN} is no token: it is empty, or has a blank or another sign in it.")

    @property
    def options(self) -> dict[str, Any]:
        """Those of httpx's clients. A redirection to another host does not carry the token there."""
        headers = {"User-Agent": f"musings-client/{VERSION}", "Accept": "application/json, text/event-stream, */*"}
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        # To find that nobody is there takes less patience than an answer.
        limit = httpx.Timeout(self.timeout, connect=min(self.timeout, CONNECT_SECONDS))
        return {"base_url": self.url.rstrip("/"), "headers": headers, "timeout": limit, "follow_redirects": True}


def connection_from(environment: Mapping[str, str], *, timeout: float = 30.0) -> Connection:
    """What ``MUSINGS_URL`` and ``MUSINGS_TOKEN`` say. Raises ``UsageError`` without the first."""
    url = environment.get(URL)
    if not url:
        raise UsageError(f"{URL} is not set.", hint="It is the address of a Musings server, http://studio.local:8000.")
    return Connection(url, environment.get(TOKEN) or None, timeout)


@contextmanager
def built(client: httpx.Client | httpx.AsyncClient, request: ServerRequest) -> Iterator[httpx.Request]:
    """A request of httpx's; the file in it is open within the block. Raises ``OSError`` where it cannot be read."""
    with ExitStack() as files:
        options: dict[str, Any] = {}
        # Opened for each try anew: a stream that was read in part cannot be sent again.
        if request.file is not None:
            opened = files.enter_context(request.file.open("rb"))
            options["files"] = {UPLOAD_FIELD: (request.file.name, opened, "application/octet-stream")}
        elif request.body is not None:
            options["json"] = request.body
        if request.seconds is not None:
            options["timeout"] = httpx.Timeout(request.seconds, connect=CONNECT_SECONDS)
        yield client.build_request(
            request.method, request.path, params=dict(request.query), headers=dict(request.headers), **options
        )


def answer_of(response: httpx.Response, content: bytes = b"") -> ServerAnswer:
    return ServerAnswer(response.status_code, dict(response.headers), content)


def no_reply(error: httpx.HTTPError) -> NoReply:
    """An error of httpx's, in words that name no header."""
    words = str(error).strip() or type(error).__name__
    if isinstance(error, httpx.TimeoutException):
        words = "it took too long to answer"
    return NoReply(words, sent=not isinstance(error, UNSENT))


def _problem(url: str) -> str | None:
    """What is wrong with an address. It is not repeated where it holds a password."""
    try:
        parts = urlsplit(url)
        port_is_good = parts.port != 0
    except ValueError:
        return "cannot be read"
    # It would end in errors and logs, which show the address.
    if parts.username is not None or parts.password is not None:
        return f"has a user or a password in it, which belong into {TOKEN}"
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_good:
        return f"is {url[:200]!r}, which is no http:// or https:// address"
    if parts.query or parts.fragment:
        return "has something behind its path"
    return None
