"""What Open WebUI and SillyTavern send, and what they read of the answers.

Pictures, edits and SillyTavern's speech are field by field as their sources of 2026 have them; chats and Open WebUI's
audio have the shape that such clients send.
"""

import base64
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.musings.api.openai_calls import OpenDoor, editing_door

TOKEN = {"Authorization": "Bearer sk-any"}
JSON = {**TOKEN, "Content-Type": "application/json"}


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory, fresh_database: Path) -> Iterator[OpenDoor]:
    with editing_door(tmp_path_factory.mktemp("clients"), fresh_database) as found:
        yield found


@pytest.fixture
def web(door: OpenDoor) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{door.api.address}/v1", timeout=60) as client:
        yield client


def size_of(content: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(content)) as found:
        return found.size


def test_open_webui_asks_for_pictures(web: httpx.Client) -> None:
    """To a ``gpt-image`` model without a ``response_format``, to any other with base64; it reads ``url`` first."""
    asked = {"model": "sketch-image", "prompt": "a fox", "n": 1, "size": "64x64"}
    for body in ({**asked, "response_format": "b64_json"}, {**asked, "model": "gpt-image-1", "size": "auto"}):
        answer = web.post("/images/generations", json=body, headers=JSON)
        for image in answer.raise_for_status().json()["data"]:
            assert not image.get("url")
            content = base64.b64decode(image["b64_json"])
            assert Image.open(io.BytesIO(content)).format == "PNG"
    azure = web.post("/images/generations?api-version=2025-04-01-preview", json=asked, headers=JSON)
    [image] = azure.raise_for_status().json()["data"]
    fetched = httpx.get(image["url"], headers=TOKEN)
    assert fetched.headers["content-type"].split("/")[0] == "image"
    assert size_of(fetched.content) == (64, 64)


def test_open_webui_edits_pictures(web: httpx.Client) -> None:
    out = io.BytesIO()
    Image.new("RGB", (48, 32), "red").save(out, "PNG")
    file = ("image.png", out.getvalue(), "image/png")
    fields = {"model": "image_inverted", "prompt": "inverted", "n": "1", "response_format": "b64_json"}
    for name in ("image", "image[]"):
        answer = web.post("/images/edits", data=fields, files={name: file}, headers=TOKEN)
        [image] = answer.raise_for_status().json()["data"]
        assert size_of(base64.b64decode(image["b64_json"])) == (48, 32)


def test_open_webui_reads_aloud(web: httpx.Client) -> None:
    assert {"id": "tts-1"} in web.get("/audio/models").json()["models"]
    voice = web.get("/audio/voices").json()["voices"][0]
    body = {"input": "Good evening.", "model": "tts-1", "voice": voice["id"]}
    answer = web.post("/audio/speech", json=body, headers=JSON)
    assert answer.raise_for_status().content[:3] in (b"ID3", b"\xff\xfb\x90", b"\xff\xf3\x84")


def test_open_webui_talks_to_the_poets(web: httpx.Client) -> None:
    models = web.get("/models", headers=JSON).json()
    assert models["object"] == "list"
    assert {"poets", "sketch-text"} <= {each["id"] for each in models["data"]}
    body: dict[str, Any] = {
        "stream": True,
        "model": "sketch-text",
        "messages": [{"role": "user", "content": "a haiku about rain"}],
        "stream_options": {"include_usage": True},
    }
    assert chunks_of(web, body)


def test_sillytavern_talks_to_the_poets(web: httpx.Client) -> None:
    """Its source "Custom (OpenAI-compatible)": everything that its sliders have, and names of people as messages."""
    body: dict[str, Any] = {
        "messages": [
            {"role": "system", "content": "Write {{char}}'s next reply."},
            {"role": "system", "content": "[Start a new Chat]"},
            {"role": "assistant", "content": "Hello, traveller."},
            {"role": "user", "content": "Sing of the sea."},
        ],
        "prompt": None,
        "model": "sketch-text",
        "temperature": 1,
        "max_tokens": 300,
        "max_completion_tokens": None,
        "stream": True,
        "presence_penalty": 0,
        "frequency_penalty": 0,
        "top_p": 1,
        "top_k": None,
        "stop": None,
        "logit_bias": {},
        "seed": None,
        "n": None,
    }
    assert chunks_of(web, body)
    whole = web.post("/chat/completions", json={**body, "stream": False}, headers=JSON).raise_for_status().json()
    assert whole["choices"][0]["message"]["content"]
    status = web.get("/models", headers=JSON)
    assert status.status_code == 200


def test_sillytavern_speaks_and_paints(web: httpx.Client) -> None:
    speech = {"input": "Hello.", "response_format": "mp3", "voice": "alloy", "speed": 1, "model": "tts-1"}
    answer = web.post("/audio/speech", json=speech, headers=JSON)
    assert answer.raise_for_status().headers["content-type"] == "audio/mpeg"
    painted = {
        "prompt": "a fox",
        "model": "dall-e-3",
        "size": "1024x1024",
        "n": 1,
        "quality": "standard",
        "style": "vivid",
        "response_format": "b64_json",
    }
    found = web.post("/images/generations", json=painted, headers=JSON).raise_for_status().json()
    assert (
        size_of(base64.b64decode(found["data"][0]["b64_json"]))
        == (1024, 1024)
        == tuple(int(side) for side in found["size"].split("x"))
    )


def chunks_of(web: httpx.Client, body: dict[str, Any]) -> str:
    """The text of a stream, read as those programs read it."""
    text = ""
    with web.stream("POST", "/chat/completions", json=body, headers=JSON) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = [line for line in answer.iter_lines() if line and not line.startswith(":")]
    assert lines[-1] == "data: [DONE]"
    for line in lines[:-1]:
        chunk = json.loads(line.removeprefix("data: "))
        text += "".join(choice["delta"].get("content") or "" for choice in chunk["choices"])
    return text
