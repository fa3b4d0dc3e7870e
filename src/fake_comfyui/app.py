"""The fake's HTTP surface: every route bare and under ``/api``, with the statuses and shapes of the ComfyUI that it
speaks as. ``/api/jobs`` is under ``/api`` alone, and not there in the oldest.
"""

import asyncio
import io
import json
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.types import ASGIApp
from starlette.websockets import WebSocket

from fake_comfyui.dialect import Dialect
from fake_comfyui.engine import FakeEngine, Item
from fake_comfyui.folders import Folders
from fake_comfyui.gate import MAX_BODY_BYTES, Gate, endless
from fake_comfyui.jobs import Jobs, is_id
from fake_comfyui.nodes import NodeClass
from fake_comfyui.running import Pace
from fake_comfyui.validation import complaint, judge, staged

UUID_DETAILS = (
    "prompt_id must be a UUID string in canonical lowercase hyphenated form; omit it to let the server generate one"
)
TROUBLE = "500 Internal Server Error\n\nServer got itself in trouble"
TYPES = {".opus": "audio/ogg", ".flac": "audio/flac", ".mp3": "audio/mpeg", ".mp4": "video/mp4"}

Handler = Callable[[Request], Awaitable[Response]]


@dataclass
class Site:
    """What the routes work with. ``engine`` may be replaced by a new one."""

    engine: FakeEngine
    folders: Folders
    pace: Pace
    known: Callable[[], dict[str, NodeClass]]
    models: tuple[str, ...]
    dialect: Dialect


def build(site: Site) -> ASGIApp:
    """The whole application."""
    pages = _Pages(site)
    routes: list[BaseRoute] = [WebSocketRoute("/ws", pages.socket), *pages.routes()]
    app = Starlette(
        routes=[*routes, Mount("/api", routes=[*_jobs(site), *routes])],
        exception_handlers={HTTPException: _not_found, Exception: _trouble},
    )
    return Gate(app, lambda: site.engine.faults)


def _jobs(site: Site) -> list[BaseRoute]:
    dialect = site.dialect
    return [*Jobs(lambda: site.engine, dialect, reply).routes()] if dialect.jobs else []


def reply(data: Any, status: int = 200) -> Response:
    """JSON as Python writes it, NaN included."""
    return Response(json.dumps(data), status, media_type="application/json; charset=utf-8")


class _Pages:
    def __init__(self, site: Site) -> None:
        self._site = site

    @property
    def _engine(self) -> FakeEngine:
        return self._site.engine

    def routes(self) -> list[Route]:
        gets: dict[str, Handler] = {
            "/prompt": self.remaining,
            "/queue": self.queue,
            "/history": self.histories,
            "/history/{prompt_id:path}": self.history,
            "/object_info": self.object_info,
            "/object_info/{name:path}": self.object_info,
            "/system_stats": self.system_stats,
            "/features": self.features,
            "/view": self.view,
            "/models": self.models,
            "/models/{folder}": self.models,
            "/embeddings": self.embeddings,
        }
        posts: dict[str, Handler] = {
            "/prompt": self.submit,
            "/queue": self.change_queue,
            "/history": self.change_history,
            "/interrupt": self.interrupt,
            "/free": self.free,
            "/upload/image": self.upload,
        }
        return [
            *(Route(path, page, methods=["GET"]) for path, page in gets.items()),
            *(Route(path, page, methods=["POST"]) for path, page in posts.items()),
        ]

    async def socket(self, socket: WebSocket) -> None:
        await self._engine.hub.serve(socket)

    async def remaining(self, _: Request) -> Response:
        return reply({"exec_info": {"queue_remaining": self._engine.remaining}})

    async def submit(self, request: Request) -> Response:
        self._engine.hub.open()
        faults = self._engine.faults
        if faults.take("bad-json-500"):
            return Response(TROUBLE, 500, media_type="text/plain")
        body = json.loads(await request.body())
        if "prompt" not in body:
            error = complaint("no_prompt", "No prompt provided", "No prompt provided")
            return reply({"error": error, "node_errors": {}}, 400)
        graph = body["prompt"]
        prompt_id = self._id(body)
        if prompt_id is None:
            error = complaint("invalid_prompt_id", "prompt_id must be a valid UUID", UUID_DETAILS)
            return reply({"error": error, "node_errors": {}}, 400)
        self._engine.counts.posts[prompt_id] += 1
        extra = {**body.get("extra_data", {})}
        if "client_id" in body:
            extra["client_id"] = body["client_id"]
        number = self._engine.number(float(body["number"]) if "number" in body else None, front="front" in body)
        if kind := faults.refusal():
            error, node_errors = staged(kind, graph, self._site.dialect)
            return reply({"error": error, "node_errors": node_errors}, 400)
        if not isinstance(graph, dict | list) or (self._site.dialect.exact_refusals and isinstance(graph, list)):
            return Response(TROUBLE, 500, media_type="text/plain")
        folders, dialect = self._site.folders, self._site.dialect
        verdict = judge(graph, self._site.known(), lambda name: folders.input(name) is not None, dialect)
        if verdict.error:
            return reply({"error": verdict.error, "node_errors": verdict.node_errors}, 400)
        if faults.take("partial-acceptance"):
            refused = verdict.outputs[-1]
            verdict.outputs = verdict.outputs[:-1] or verdict.outputs
            verdict.node_errors = staged("required_input_missing", {refused: verdict.graph[refused]}, dialect)[1]
        extra["create_time"] = int(time.time() * 1000)
        if not faults.take("lost-queue"):
            self._engine.put(Item(number, prompt_id, verdict.graph, extra, verdict.outputs))
            if faults.take("duplicated-ids"):
                again = self._engine.number(None, front=False)
                self._engine.put(Item(again, prompt_id, verdict.graph, extra, verdict.outputs))
        answer = {"prompt_id": prompt_id, "number": number, "node_errors": verdict.node_errors}
        return _cut(json.dumps(answer).encode()) if faults.take("lost-reply") else reply(answer)

    def _id(self, body: dict[str, Any]) -> str | None:
        """The id of a posted job; None for one that this version refuses."""
        given = body.get("prompt_id")
        if not self._site.dialect.exact_refusals:
            return str(given) if "prompt_id" in body else str(uuid.uuid4())
        if given is None:
            return str(uuid.uuid4())
        return str(given) if is_id(given) else None

    async def queue(self, _: Request) -> Response:
        return reply(self._engine.queue())

    async def change_queue(self, request: Request) -> Response:
        body = json.loads(await request.body())
        if body.get("clear"):
            self._engine.clear()
        for prompt_id in body.get("delete", ()):
            self._engine.delete(prompt_id)
        return Response("")

    async def histories(self, request: Request) -> Response:
        entries = list(self._engine.history.items())
        if (most := request.query_params.get("max_items")) is not None:
            entries = entries[-int(most) :] if int(most) > 0 else []
        return reply(dict(entries))

    async def history(self, request: Request) -> Response:
        prompt_id = request.path_params["prompt_id"]
        entry = self._engine.history.get(prompt_id)
        return reply({} if entry is None else {prompt_id: entry})

    async def change_history(self, request: Request) -> Response:
        body = json.loads(await request.body())
        if body.get("clear"):
            self._engine.history.clear()
        for prompt_id in body.get("delete", ()):
            self._engine.history.pop(prompt_id, None)
        return Response("")

    async def interrupt(self, request: Request) -> Response:
        try:
            body = json.loads(await request.body())
        except ValueError:
            body = {}
        self._engine.interrupt(body.get("prompt_id"))
        return Response("")

    async def free(self, request: Request) -> Response:
        json.loads(await request.body())
        self._engine.free()
        return Response("")

    async def object_info(self, request: Request) -> Response:
        known = self._site.known()
        if (name := request.path_params.get("name")) is not None:
            return reply({name: known[name].info()} if name in known else {})
        return reply({node.name: node.info() for node in known.values()})

    async def system_stats(self, _: Request) -> Response:
        system: dict[str, Any] = {
            "os": self._site.dialect.os,
            "comfyui_version": self._site.dialect.version,
            "python_version": "3",
            "pytorch_version": "none",
        }
        system |= {"ram_total": 2**34, "ram_free": 2**33, "embedded_python": False, "argv": ["fake-comfyui"]}
        device = {"name": "fake", "type": "cpu", "index": None, "vram_total": 2**34, "vram_free": 2**33}
        return reply({"system": system, "devices": [device]})

    async def features(self, _: Request) -> Response:
        return reply(dict(self._site.dialect.features))

    async def models(self, request: Request) -> Response:
        folder = request.path_params.get("folder")
        if folder is None:
            return reply(["checkpoints"])
        return reply(list(self._site.models)) if folder == "checkpoints" else Response("", 404)

    async def embeddings(self, _: Request) -> Response:
        return reply([])

    async def upload(self, request: Request) -> Response:
        async with request.form(max_part_size=MAX_BODY_BYTES) as form:
            file = form.get("image")
            if file is None:
                return Response("", 400)
            if not isinstance(file, UploadFile) or not file.filename or "/" in file.filename:
                return Response(TROUBLE, 500, media_type="text/plain")
            kind, subfolder = str(form.get("type") or "input"), str(form.get("subfolder") or "")
            overwrite = form.get("overwrite") in ("true", "1")
            data = await file.read()
        status, name = self._site.folders.keep(kind, subfolder, file.filename, data, overwrite=overwrite)
        return reply({"name": name, "subfolder": subfolder, "type": kind}) if status == 200 else Response("", status)

    async def view(self, request: Request) -> Response:
        query = request.query_params
        filename = query.get("filename", "")
        self._engine.counts.views[filename] += 1
        kind, subfolder = query.get("type", "output"), query.get("subfolder", "")
        status, path = self._site.folders.read(kind, subfolder, filename)
        if path is None:
            return Response("", status)
        if "preview" in query or "channel" in query:
            return _converted(path, query.get("preview", ""), query.get("channel", ""))
        return self._file(path, request)

    def _file(self, path: Path, request: Request) -> Response:
        faults = self._engine.faults
        media_type = TYPES.get(path.suffix)
        if faults.take("endless-view"):
            return StreamingResponse(endless(path.read_bytes()), media_type=media_type)
        if faults.take("truncated-view"):
            return _cut(path.read_bytes(), media_type)
        if faults.take("wrong-length-view"):
            data = path.read_bytes()
            return Response(data[: len(data) // 2], media_type=media_type or "image/png")
        if faults.take("slow-view"):
            length = {"content-length": str(path.stat().st_size)}
            return StreamingResponse(_trickle(path, self._site.pace.slow), headers=length, media_type=media_type)
        headers = {"content-disposition": f'filename="{path.name}"'}
        response = FileResponse(path, media_type=media_type, headers=headers, stat_result=path.stat())
        if request.headers.get("if-none-match") == response.headers.get("etag"):
            return Response(status_code=304)
        return response


def _converted(path: Path, preview: str, channel: str) -> Response:
    buffer = io.BytesIO()
    kind = "JPEG" if preview.startswith("jpeg") else "WEBP" if preview else "PNG"
    try:
        with Image.open(path) as opened:
            picture = opened.convert("RGB" if channel == "rgb" or preview else "RGBA")
    except OSError:
        return Response(TROUBLE, 500, media_type="text/plain")
    if channel == "a":
        picture = picture.getchannel("A")
    picture.save(buffer, kind)
    return Response(buffer.getvalue(), media_type=f"image/{kind.lower()}")


async def _trickle(path: Path, seconds: float) -> AsyncIterator[bytes]:
    data, parts = path.read_bytes(), 10
    size = max(1, -(-len(data) // parts))
    for start in range(0, len(data), size):
        await asyncio.sleep(seconds / parts)
        yield data[start : start + size]


def _cut(data: bytes, media_type: str | None = "application/json") -> Response:
    """A body that announces ``data`` and breaks off in its middle."""

    async def half() -> AsyncIterator[bytes]:
        yield data[: len(data) // 2]
        raise ConnectionResetError("the fault switch cut the line")

    return StreamingResponse(half(), headers={"content-length": str(len(data))}, media_type=media_type)


async def _not_found(request: Request, error: Exception) -> Response:
    """A GET where only a POST is known is not found, any other wrong turn is a wrong method."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status not in (404, 405):
        return Response(f"{status}", status)
    return Response("404: Not Found", 404) if request.method in ("GET", "HEAD") else Response("", 405)


async def _trouble(_: Request, __: Exception) -> Response:
    return Response(TROUBLE, 500, media_type="text/plain")
