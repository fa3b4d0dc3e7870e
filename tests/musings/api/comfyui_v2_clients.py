"""What a program sends to Comfy API v2 where it has no SDK."""

import io
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import blake3
import httpx
from PIL import Image

from tests.musings.api.comfyui_clients import PATIENCE, ComfyUIDoor
from tests.musings.makers.comfyui.graphs import node
from tests.waiting import until

ENDED = ("succeeded", "failed", "canceled")


def png(color: str = "red", size: tuple[int, int] = (32, 24)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, color).save(out, "PNG")
    return out.getvalue()


class V2Client:
    """``http`` is at the address of the protocol; ``headers`` go with every request."""

    def __init__(self, door: ComfyUIDoor, headers: dict[str, str] | None = None) -> None:
        self.http = httpx.Client(
            base_url=f"{door.url}/api/v2", headers=headers, timeout=PATIENCE, trust_env=False, follow_redirects=True
        )
        door.opened.enter_context(self.http)

    def post(self, workflow: Any, key: str | None = None, **more: Any) -> httpx.Response:
        headers = {} if key is None else {"Idempotency-Key": key}
        return self.http.post("/jobs", json={"workflow": workflow, **more}, headers=headers)

    def queued(self, workflow: Any, key: str | None = None, **more: Any) -> dict[str, Any]:
        """A job that is taken."""
        answer = self.post(workflow, key, **more)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def job(self, job_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.http.get(f"/jobs/{job_id}").raise_for_status().json()
        return found

    def ended(self, job_id: str) -> dict[str, Any]:
        """A job that ends, which is waited for."""
        until(lambda: self.job(job_id)["status"] in ENDED, PATIENCE)
        return self.job(job_id)

    def sent(self, content: bytes, name: str = "photo.png", key: str | None = None, **fields: Any) -> httpx.Response:
        headers = {} if key is None else {"Idempotency-Key": key}
        data = {"content_type": "image/png", "file_path": name, **fields}
        return self.http.post("/assets", data=data, files={"file": (name, content)}, headers=headers)

    @contextmanager
    def events(self, job_id: str) -> Iterator[Iterator[tuple[str, dict[str, Any]]]]:
        with self.http.stream("GET", f"/jobs/{job_id}/events") as answer:
            assert answer.status_code == 200
            yield told_in(answer.iter_lines())


def told_in(lines: Iterator[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The events of a stream, each as its name and what it says."""
    event = ""
    for line in lines:
        name, _, value = line.partition(": ")
        if name == "event":
            event = value
        elif name == "data":
            yield event, json.loads(value)


def refusal(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The error of an answer that must be one."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    found: dict[str, Any] = answer.json()
    assert set(found) == {"error"}
    assert set(found["error"]) == {"code", "message", "details"}
    assert found["error"]["code"] == code, found
    assert len(found["error"]["message"]) > 5
    error: dict[str, Any] = found["error"]
    return error


@contextmanager
def sending_half_a_file(door: ComfyUIDoor, content: bytes) -> Iterator[None]:
    """A client that has sent the half of an upload, and is gone."""
    before = (
        b'--x\r\nContent-Disposition: form-data; name="content_type"\r\n\r\nimage/png\r\n'
        b'--x\r\nContent-Disposition: form-data; name="file_path"\r\n\r\na.png\r\n'
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
    )
    head = (
        f"POST /comfyui/api/v2/assets HTTP/1.1\r\nHost: 127.0.0.1:{door.api.port}\r\n"
        f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {len(before) + len(content) + 9}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", door.api.port)) as connection:
        connection.sendall(head.encode() + before + content[: len(content) // 2])
        yield


@contextmanager
def waiting_for_an_answer(door: ComfyUIDoor, workflow: Any, key: str) -> Iterator[None]:
    """A client that has posted a job, and is gone without having read the answer."""
    body = json.dumps({"workflow": workflow}).encode()
    head = (
        f"POST /comfyui/api/v2/jobs HTTP/1.1\r\nHost: 127.0.0.1:{door.api.port}\r\nContent-Type: application/json\r\n"
        f"Idempotency-Key: {key}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", door.api.port)) as connection:
        connection.sendall(head.encode() + body)
        yield


def hash_of(content: bytes) -> str:
    return f"blake3:{blake3.blake3(content).hexdigest()}"


def uses(asset_id: Any) -> dict[str, Any]:
    """A graph that turns a picture into its negative."""
    return {
        "1": node("LoadImage", image={"__type": "core/ASSET", "info": {"id": asset_id}}),
        "2": node("ImageInvert", image=["1", 0]),
        "3": node("SaveImage", images=["2", 0], filename_prefix="x"),
    }


def pixel(content: bytes) -> Any:
    with Image.open(io.BytesIO(content)) as found:
        return found.convert("RGB").getpixel((0, 0))
