"""The page: the web build as it is packed, one document for every address of the page.

The build brings each text file in smaller copies too (``NAME.br``, ``NAME.gz``); whoever takes one gets it.
"""

import hashlib
import mimetypes
import os
import re
from collections.abc import Awaitable, Callable, Mapping
from html import escape
from pathlib import Path

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from musings.api import encodings, preloads
from musings.api.conditional import has_it

STATIC = Path(__file__).parent.parent / "static"
ADDRESSES = (
    "/",
    "/gallery",
    "/writings",
    "/writings/{writing_id}",
    "/workflows",
    "/trash",
    "/connect",
    "/schedules",
    "/musings",
    "/musings/{musing_id}",
    "/prompts/{prompt_id}",
)
COPIES = {"br": ".br", "gzip": ".gz"}
"""Content codings and how the copies of a file end, the smallest first. ``web/compress.js`` makes them."""

FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
ASK_AGAIN = {"Cache-Control": "no-cache"}
MEDIA_TYPES = {".webmanifest": "application/manifest+json", ".js": "text/javascript"}
FOR_PROGRAMS = ("/api", "/media", "/assets", "/docs", "/openapi.json", "/metrics", "/health", "/healthz", "/readyz")
UNBUILT = (
    "<!doctype html><html lang=en><title>Musings</title><p>The page is not built. Run <code>./musings up</code>"
    " from a checkout, or install a release. The API is at <a href=/docs>/docs</a>."
)
SHARED = "/shared/"
"""Below it is what a link opens for who cannot log in."""
PLAIN = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title} · Musings</title>
<style>
body { display: grid; place-content: center; justify-items: center; gap: 1rem; min-block-size: 100dvh; margin: 0;
  padding: 1rem; box-sizing: border-box; text-align: center; font: 1rem/1.5 system-ui, sans-serif;
  background: light-dark(#f6f5f2, #16171d); color: light-dark(#22232b, #eceaf2); }
h1 { margin: 0; font: italic 400 1.75rem/1.3 'Iowan Old Style', Palatino, P052, Georgia, serif; }
p { margin: 0; max-inline-size: 30rem; }
a { display: inline-block; padding: 0.7rem 1.4rem; border-radius: 99px; font-weight: 600; text-decoration: none;
  background: light-dark(#3f45b8, #a6adff); color: light-dark(#ffffff, #16171d); }
</style>
<main>
<h1>{heading}</h1>
<p>{words}</p>
</main>
{more}</html>
"""


class Immutable(StaticFiles):
    """Built files carry a hash in their name: they never change. Their smaller copies have no address of their own."""

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        return ("", None) if path.endswith(tuple(COPIES.values())) else super().lookup_path(path)

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        del stat_result, status_code
        return answer(Headers(scope=scope), Path(full_path), FOR_EVER)


def install(app: FastAPI, static: Path) -> None:
    """Add the page to the application, after every other route.

    The files beside ``index.html`` get a route each: to mount the folder at ``/`` would take the place of every
    answer that says 404 or 405.
    """

    links = preloads.Preloads(static)
    for address in ADDRESSES:
        studio = _studio(static / "index.html", address, links)
        app.add_route(address, studio, methods=["GET", "HEAD"], include_in_schema=False)
    if (static / "assets").is_dir():
        app.mount("/assets", Immutable(directory=static / "assets"), name="assets")
    for file in sorted(static.glob("[!.]*")):
        if file.is_file() and file.name != "index.html" and file.suffix not in COPIES.values():
            app.add_route(f"/{file.name}", _file(file), methods=["GET", "HEAD"], include_in_schema=False)


def answer(asked: Headers, path: Path, headers: Mapping[str, str]) -> Response:
    """A file of the build, in the smallest of its copies that the client takes, or 304 when it has that already.

    Each copy has an ``ETag`` of its own. No parts are given (``Range``): of a copy they would be of no use to anybody.
    """
    copies = {coding: copy for coding, ending in COPIES.items() if (copy := Path(f"{path}{ending}")).is_file()}
    coding = encodings.accepted(asked.get("accept-encoding"), tuple(copies))
    sent = copies[coding] if coding else path
    facts = sent.stat()
    tag = hashlib.sha256(f"{sent.name} {facts.st_mtime_ns} {facts.st_size}".encode()).hexdigest()[:32]
    said = {**headers, "ETag": f'"{tag}"'}
    if copies:
        said["Vary"] = "Accept-Encoding"
    if has_it(asked, said["ETag"]):
        return Response(status_code=304, headers=said)
    if coding:
        said["Content-Encoding"] = coding
    media_type = MEDIA_TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return _Whole(sent, headers=said, media_type=media_type, stat_result=facts)


def wants_page(method: str, path: str, accept: str | None) -> bool:
    """Whether a person has gone to this address with a browser, where a program would want to be told in JSON."""
    is_for_programs = any(path == name or path.startswith(f"{name}/") for name in FOR_PROGRAMS)
    return method in ("GET", "HEAD") and not is_for_programs and "text/html" in (accept or "")


def nowhere() -> Response:
    """The answer for a person at an address that leads nowhere."""
    words = "The address may be mistyped, or what was here has gone."
    html = _plain("Nothing here", "There is nothing here.", words, '<a href="/">To the studio</a>\n')
    return HTMLResponse(html, 404, headers=ASK_AGAIN)


def refusal(status: int, words: str, headers: Mapping[str, str] | None = None) -> Response:
    """The answer for a person whose link opens nothing; ``words`` say why."""
    return HTMLResponse(
        _plain("Not shared", "This link opens nothing.", words), status, {**ASK_AGAIN, **(headers or {})}
    )


def _plain(title: str, heading: str, words: str, more: str = "") -> str:
    said = {"title": title, "heading": heading, "words": escape(words), "more": more}
    # Not by ``format``: the styles have braces of their own.
    return re.sub(r"\{(\w+)\}", lambda found: said[found[1]], PLAIN)


class _Whole(FileResponse):
    """A file that is not given in parts."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del self.headers["Accept-Ranges"]
        headers = [pair for pair in scope["headers"] if pair[0] not in (b"range", b"if-range")]
        await super().__call__({**scope, "headers": headers}, receive, send)


def _studio(index: Path, address: str, links: preloads.Preloads) -> Callable[[Request], Awaitable[Response]]:
    """The document of an address, with what that address needs besides."""

    async def studio(request: Request) -> Response:
        if not index.is_file():
            return HTMLResponse(UNBUILT, 503)
        link = links.of(address)
        return answer(request.headers, index, {**ASK_AGAIN, "Link": link} if link else ASK_AGAIN)

    return studio


def _file(path: Path) -> Callable[[Request], Awaitable[Response]]:
    async def file(request: Request) -> Response:
        return answer(request.headers, path, ASK_AGAIN)

    return file
