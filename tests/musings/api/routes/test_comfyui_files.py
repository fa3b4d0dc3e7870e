"""``/comfyui/view`` and ``/comfyui/upload``, and graphs that work from files."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.musings.api.comfyui_clients import ComfyUIClient, ComfyUIDoor, comfyui_door
from tests.musings.makers.comfyui.graphs import node, picture


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory, fresh_database: Path) -> Iterator[ComfyUIDoor]:
    with comfyui_door(tmp_path_factory.mktemp("files"), fresh_database) as found:
        yield found


@pytest.fixture(scope="module")
def made(door: ComfyUIDoor) -> dict[str, str]:
    """A picture that was made."""
    client = door.client()
    [file] = client.history(client.queued(picture(color=0xFF0000)))["outputs"]["2"]["images"]
    found: dict[str, str] = file
    return found


def png(color: Any, size: tuple[int, int] = (20, 10), mode: str = "RGB") -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, color).save(out, "PNG")
    return out.getvalue()


def upload(
    client: ComfyUIClient, content: bytes, name: str = "u.png", to: str = "image", **more: str
) -> httpx.Response:
    return client.http.post(f"/upload/{to}", files={"image": (name, content, "image/png")}, data=more)


def pixel(content: bytes, mode: str = "RGB") -> Any:
    with Image.open(io.BytesIO(content)) as found:
        return found.convert(mode).getpixel((0, 0))


def test_a_file_in_whole_and_in_part(door: ComfyUIDoor, made: dict[str, str]) -> None:
    client = door.client()
    whole = client.view(made)
    assert pixel(whole.content) == (255, 0, 0)
    part = client.http.get("/view", params=made, headers={"Range": "bytes=0-7"})
    assert (part.status_code, part.content) == (206, b"\x89PNG\r\n\x1a\n")
    assert client.http.get("/view", params=made, headers={"If-None-Match": whole.headers["etag"]}).status_code == 304
    assert client.http.head("/view", params=made).headers["content-length"] == str(len(whole.content))


@pytest.mark.parametrize(
    ("preview", "kind"), [("webp;90", "webp"), ("jpeg", "jpeg"), ("jpg;50", "jpeg"), ("bogus", "webp"), ("", "webp")]
)
def test_a_preview(door: ComfyUIDoor, made: dict[str, str], preview: str, kind: str) -> None:
    answer = door.client().http.get("/view", params={**made, "preview": preview})
    assert answer.headers["content-type"] == f"image/{kind}"
    assert Image.open(io.BytesIO(answer.content)).format == kind.upper()


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"filename": "absent.png"}, 404),
        ({"filename": "../secret.png"}, 400),
        ({"filename": "/etc/passwd"}, 400),
        ({"filename": ""}, 400),
        ({"subfolder": "../.."}, 403),
        ({"subfolder": "/etc"}, 403),
        ({"type": "bogus"}, 400),
        ({"type": "input"}, 404),
    ],
)
def test_what_is_refused(door: ComfyUIDoor, made: dict[str, str], wrong: dict[str, str], status: int) -> None:
    assert door.client().http.get("/view", params={**made, **wrong}).status_code == status


def test_files_of_the_media_root_that_are_no_artifacts_are_not_shown(door: ComfyUIDoor) -> None:
    (door.api.media_root.folder / "private.png").write_bytes(png("red"))
    assert door.client().http.get("/view", params={"filename": "private.png"}).status_code == 404


def test_an_upload_is_named_as_comfyui_names_it_and_worked_from(door: ComfyUIDoor) -> None:
    client = door.client()
    assert upload(client, png((1, 2, 3))).json() == {"name": "u.png", "subfolder": "", "type": "input"}
    assert upload(client, png((1, 2, 3))).json()["name"] == "u.png"
    assert upload(client, png((4, 5, 6))).json()["name"] == "u (1).png"
    assert upload(client, png((7, 8, 9)), overwrite="true").json()["name"] == "u.png"
    assert upload(client, png((7, 7, 7)), subfolder="a/b").json()["subfolder"] == "a/b"
    for value, color in {"u.png": (7, 8, 9), "u (1).png": (4, 5, 6), "a/b/u.png": (7, 7, 7)}.items():
        graph = {
            "1": node("LoadImage", image=value),
            "2": node("SaveImage", images=["1", 0], filename_prefix="x"),
        }
        [file] = client.history(client.queued(graph))["outputs"]["2"]["images"]
        assert pixel(client.view(file).content) == color
    row = door.rows()[-1]
    assert json.loads(row["parameters"])["file_1"].startswith("upload:")
    answer = client.http.get("/view", params={"filename": "u.png", "type": "input"})
    assert pixel(answer.content) == (7, 8, 9)


def test_what_was_made_is_worked_from(door: ComfyUIDoor, made: dict[str, str]) -> None:
    client = door.client()
    value = f"{made['subfolder']}/{made['filename']} [output]"
    graph = {
        "1": node("LoadImage", image=value),
        "2": node("ImageInvert", image=["1", 0]),
        "3": node("SaveImage", images=["2", 0], filename_prefix="x"),
    }
    [file] = client.history(client.queued(graph))["outputs"]["3"]["images"]
    assert pixel(client.view(file).content) == (0, 255, 255)


def test_a_mask_is_put_over_a_picture(door: ComfyUIDoor) -> None:
    client = door.client()
    original = upload(client, png((9, 9, 9)), "original.png").json()
    ref = json.dumps({"filename": original["name"], "subfolder": "", "type": "input"})
    mask = png((0, 0, 0, 40), (5, 5), "RGBA")
    named = upload(client, mask, "masked.png", "mask", original_ref=ref, subfolder="clipspace").json()
    assert named == {"name": "masked.png", "subfolder": "clipspace", "type": "input"}
    answer = client.http.get("/view", params={"filename": named["name"], "subfolder": "clipspace", "type": "input"})
    assert pixel(answer.content, "RGBA") == (9, 9, 9, 40)
    for wrong in ({}, {"original_ref": "x"}, {"original_ref": '{"filename": "absent.png"}'}):
        assert upload(client, mask, "masked.png", "mask", **wrong).status_code in (400, 404)


def test_what_is_no_file_is_refused(door: ComfyUIDoor) -> None:
    client = door.client()
    assert client.http.post("/upload/image", json={}).status_code == 415
    assert client.http.post("/upload/image", files={"file": ("a.png", b"x")}).status_code == 400
    assert client.http.post("/upload/image", files={"image": (None, "x")}).status_code == 400
    assert upload(client, b"no picture").status_code == 400
    assert upload(client, png("red"), "../u.png").status_code == 400
    assert upload(client, png("red"), "a/u.png").status_code == 400
    assert upload(client, png("red"), subfolder="../x").status_code == 400
    assert upload(client, png("red"), type="models").status_code == 400
