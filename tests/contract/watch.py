"""Submits a graph and watches it to its end, keeping every raw message."""

import json
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from websockets.sync.client import ClientConnection, connect

from tests.musings.makers.comfyui.graphs import Graph

LIMIT_SECONDS = 60.0


@dataclass
class Watched:
    """``told`` are the text messages as (type, data), ``frames`` the binary ones, of one job or for
    everybody.
    """

    prompt_id: str
    entry: dict[str, Any]
    told: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    frames: list[bytes] = field(default_factory=list)

    @property
    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.told if kind not in ("status", "progress_state")]

    @property
    def outputs(self) -> dict[str, Any]:
        outputs: dict[str, Any] = self.entry["outputs"]
        return outputs


@contextmanager
def socket(url: str, client_id: str) -> Iterator[ClientConnection]:
    with connect(f"ws{url.removeprefix('http')}/ws?clientId={client_id}", max_size=None, proxy=None) as opened:
        yield opened


def post(url: str, graph: Any, **more: Any) -> httpx.Response:
    return httpx.post(f"{url}/prompt", json={"prompt": graph, **more}, timeout=30, trust_env=False)


def run(url: str, graph: Graph, *, say: str | None = None, **more: Any) -> Watched:
    """Run a graph; ``say`` is sent on the socket first."""
    client_id, prompt_id = uuid.uuid4().hex, str(uuid.uuid4())
    with socket(url, client_id) as opened:
        if say is not None:
            opened.send(say)
        response = post(url, graph, client_id=client_id, prompt_id=prompt_id, **more)
        assert response.status_code == 200, response.text
        watched = Watched(prompt_id, {})
        deadline = time.monotonic() + LIMIT_SECONDS
        while True:
            message = opened.recv(timeout=deadline - time.monotonic())
            if isinstance(message, bytes):
                watched.frames.append(message)
                continue
            told = json.loads(message)
            watched.told.append((told["type"], told["data"]))
            if told["type"] == "executing" and told["data"]["node"] is None:
                break
    history = httpx.get(f"{url}/history/{prompt_id}", timeout=30, trust_env=False).json()
    watched.entry = history[prompt_id]
    return watched
