"""The page: the web build as it is packed, one document for every address of the page."""

from pathlib import Path

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.staticfiles import StaticFiles

STATIC = Path(__file__).parent.parent / "static"
ADDRESSES = ("/", "/gallery", "/prompts/{prompt_id}")
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


def install(app: FastAPI) -> None:
    async def studio(_request: Request) -> Response:
        index = STATIC / "index.html"
        if not index.is_file():
            return HTMLResponse(UNBUILT, 503)
        return FileResponse(index, headers={"Cache-Control": "no-cache"})

    for address in ADDRESSES:
        app.add_route(address, studio, methods=["GET", "HEAD"], include_in_schema=False)
    if (STATIC / "assets").is_dir():
        app.mount("/assets", Immutable(directory=STATIC / "assets"), name="assets")
    if STATIC.is_dir():
        app.mount("/", StaticFiles(directory=STATIC), name="static")
