"""The page: the web build as it is packed, one document for every address of the page."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.staticfiles import StaticFiles

STATIC = Path(__file__).parent.parent / "static"
ADDRESSES = ("/", "/gallery", "/writings", "/writings/{writing_id}", "/workflows", "/trash", "/prompts/{prompt_id}")
UNBUILT = (
    "<!doctype html><html lang=en><title>Musings</title><p>The page is not built. Run <code>./musings up</code>"
    " from a checkout, or install a release. The API is at <a href=/docs>/docs</a>."
)


class Immutable(StaticFiles):
    """Built files carry a hash in their name: they never change."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def install(app: FastAPI, static: Path) -> None:
    """Add the page to the application, after every other route.

    The files beside ``index.html`` get a route each: to mount the folder at ``/`` would take the place of every
    answer that says 404 or 405.
    """

    async def studio(_request: Request) -> Response:
        index = static / "index.html"
        if not index.is_file():
            return HTMLResponse(UNBUILT, 503)
        return FileResponse(index, headers={"Cache-Control": "no-cache"})

    for address in ADDRESSES:
        app.add_route(address, studio, methods=["GET", "HEAD"], include_in_schema=False)
    if (static / "assets").is_dir():
        app.mount("/assets", Immutable(directory=static / "assets"), name="assets")
    for file in sorted(static.glob("[!.]*")):
        if file.is_file() and file.name != "index.html":
            app.add_route(f"/{file.name}", _file(file), methods=["GET", "HEAD"], include_in_schema=False)


def _file(path: Path) -> Callable[[Request], Awaitable[Response]]:
    async def file(_request: Request) -> Response:
        return FileResponse(path, headers={"Cache-Control": "no-cache"})

    return file
