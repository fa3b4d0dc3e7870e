"""A door for clients of ComfyUI with a worker and ComfyUI servers behind it, and clients before it."""

import json
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from websockets.sync.client import ClientConnection, connect

from fake_comfyui.server import FakeComfy
from musings.api.services import Services
from musings.config.settings import load
from musings.security import credentials
from musings.security.scopes import Scope
from musings.store.access import tokens
from tests.musings.api.conftest import Api, serving
from tests.musings.api.openai_calls import read, working
from tests.musings.makers.comfyui.graphs import Graph
from tests.waiting import until

PATIENCE = 60.0


@dataclass
class ComfyUIClient:
    """What programs for ComfyUI do, at ``url``; ``headers`` go with every request, the socket's too."""

    url: str
    headers: dict[str, str] = field(default_factory=dict)
    client_id: str = field(default_factory=lambda: uuid.uuid4().hex)

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.url, headers=self.headers, timeout=PATIENCE, trust_env=False)

    def post(self, graph: Any, **more: Any) -> httpx.Response:
        return self.http.post("/prompt", json={"prompt": graph, "client_id": self.client_id, **more})

    def queued(self, graph: Any, **more: Any) -> str:
        """Queue a graph that is taken; returns its id."""
        answer = self.post(graph, **more)
        assert answer.status_code == 200, answer.text
        found: str = answer.json()["prompt_id"]
        return found

    @contextmanager
    def listening(self) -> Iterator[ClientConnection]:
        address = f"ws{self.url.removeprefix('http')}/ws?clientId={self.client_id}"
        with connect(address, additional_headers=self.headers, max_size=None, proxy=None) as opened:
            yield opened

    def history(self, job_id: str) -> dict[str, Any]:
        """The entry of a job that ends, which is waited for."""
        path = f"/history/{job_id}"
        until(lambda: self.http.get(path).json(), PATIENCE)
        entry: dict[str, Any] = self.http.get(path).json()[job_id]
        return entry

    def view(self, file: dict[str, str]) -> httpx.Response:
        return self.http.get("/view", params=file)

    def images(self, graph: Graph) -> dict[str, list[bytes]]:
        """The pictures of each node, got as the example of ComfyUI's own repository for its API gets them."""
        with self.listening() as socket:
            job_id = self.queued(graph)
            said = told_until_the_end(socket, job_id)
        assert said
        entry = self.http.get(f"/history/{job_id}").json()[job_id]
        return {
            node: [self.view(image).raise_for_status().content for image in shown.get("images", ())]
            for node, shown in entry["outputs"].items()
        }


def told_until_the_end(socket: ClientConnection, job_id: str) -> list[Any]:
    """What a socket is told, to the last word on a job: texts as objects, frames as bytes."""
    found: list[Any] = []
    deadline = time.monotonic() + PATIENCE
    while True:
        message = socket.recv(timeout=deadline - time.monotonic())
        found.append(message if isinstance(message, bytes) else json.loads(message))
        last = found[-1]
        if isinstance(last, dict) and last["type"] == "executing":
            data = last["data"]
            if data["node"] is None and data["prompt_id"] == job_id:
                return found


@dataclass
class ComfyUIDoor:
    """``api`` with its worker, before ``servers``."""

    api: Api
    servers: list[FakeComfy]
    opened: ExitStack

    @property
    def url(self) -> str:
        return f"{self.api.address}/comfyui"

    @property
    def services(self) -> Services:
        """Those of the API, which closes them."""
        found: Services = self.api.server.config.app.state.services  # type: ignore[union-attr]
        return found

    def client(self, **headers: str) -> ComfyUIClient:
        """A client, whose connections are closed with the door."""
        made = ComfyUIClient(self.url, headers)
        self.opened.enter_context(made.http)
        return made

    def token(self, *scopes: Scope) -> dict[str, str]:
        """The header of a new token."""
        secret = credentials.new_secret()
        self.api.database.writing(tokens.add, secret[:8], credentials.digest(secret), scopes, None)
        return {"Authorization": f"Bearer {secret}"}

    def rows(self, query: str = "SELECT * FROM prompts ORDER BY id") -> list[dict[str, Any]]:
        return read(self.api, query)


@contextmanager
def comfyui_door(
    folder: Path, fresh_database: Path, *, servers: int = 1, worker: bool = True, **sections: Any
) -> Iterator[ComfyUIDoor]:
    """A door; ``sections`` are settings. Without a ``worker`` what is sent waits."""
    with ExitStack() as opened:
        fakes = [opened.enter_context(FakeComfy()) for _ in range(servers)]
        media = {"comfyui": {"hosts": [fake.url for fake in fakes]}}
        file = folder / "poets_cron_config.json"
        given = {"server": {"port": 0}, "processing": {"shutdown_seconds": 0.2}, "media": media, **sections}
        file.write_text(json.dumps(given))
        api = opened.enter_context(serving(load(file, {}, folder), fresh_database))
        if worker:
            opened.enter_context(working(api))
        yield ComfyUIDoor(api, fakes, opened.enter_context(ExitStack()))
