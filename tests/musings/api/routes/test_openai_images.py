"""``/v1/images``, asked by the official client, over real HTTP, with a worker that paints."""

import base64
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from musings.files.marking.xmp import SourceType
from tests.musings.api.openai_calls import SMALL, OpenDoor, editing_door, refused
from tests.musings.files.marking.samples import told_type


def picture_of(content: bytes) -> Image.Image:
    found = Image.open(io.BytesIO(content))
    found.load()
    return found


def test_a_picture_comes_as_the_client_of_that_model_takes_it(door: OpenDoor) -> None:
    made = door.client.images.with_raw_response.generate(prompt="a fox", model="gpt-image-1", size="64x64", n=2)
    found = made.parse()
    assert len(found.data or []) == 2
    assert all(picture_of(base64.b64decode(each.b64_json or "")).size == (64, 64) for each in found.data or [])
    assert (found.size, found.output_format) == ("64x64", "png")
    row = door.rows[-1]
    assert made.headers["x-musings-prompt"] == str(row["id"])
    assert (row["prompt_text"], row["status"], json.loads(row["parameters"])["count"]) == ("a fox", "completed", 2)
    assert [each["prompt_id"] for each in door.gallery if each["prompt_id"] == row["id"]] == [row["id"]] * 2


def test_an_address_opens_its_picture_and_needs_no_key(door: OpenDoor) -> None:
    made = door.client.images.generate(prompt="a fox", model="dall-e-3", extra_body={"size": "64x64"})
    [found] = made.data or []
    assert found.b64_json is None
    answer = httpx.get(found.url or "")
    assert answer.headers["content-type"] == "image/png"
    assert picture_of(answer.content).size == (64, 64)
    assert httpx.get((found.url or "").replace("signature=", "signature=x")).status_code == 403


def test_a_seed_makes_the_same_picture_again(door: OpenDoor) -> None:
    made = [
        door.client.images.generate(
            prompt="a fox", model="image", response_format="b64_json", extra_body={**SMALL, "seed": 7}
        )
        for _ in range(2)
    ]
    first, second = ((each.data or [])[0].b64_json for each in made)
    assert first == second
    assert json.loads(door.gallery[-1]["metadata"])["seed"] == 7


@pytest.mark.parametrize("name", ["jpeg", "webp", "png"])
def test_a_picture_comes_in_the_format_that_was_asked_for(door: OpenDoor, name: Any) -> None:
    made = door.client.images.generate(
        prompt="a fox", model="gpt-image-1", output_format=name, output_compression=50, extra_body=SMALL
    )
    content = base64.b64decode((made.data or [])[0].b64_json or "")
    assert picture_of(content).format == name.upper()
    assert told_type(content, {"jpeg": "jpg"}.get(name, name)) == SourceType.ALGORITHMIC.address
    assert made.output_format == name


def test_a_stream_ends_with_the_picture(door: OpenDoor) -> None:
    events = list(door.client.images.generate(prompt="a fox", model="gpt-image-1", stream=True, extra_body=SMALL))
    assert [each.type for each in events] == ["image_generation.completed"]
    assert picture_of(base64.b64decode(events[0].b64_json)).size == (64, 64)


@pytest.mark.parametrize(
    ("said", "status", "param"),
    [
        ({"model": "no-such"}, 404, "model"),
        ({"model": "tts-1"}, 400, "model"),
        ({"prompt": ""}, 400, "prompt"),
        ({"prompt": " "}, 400, "prompt"),
        ({"n": 11}, 400, "n"),
        ({"size": "7x7"}, 400, "size"),
        ({"size": "huge"}, 400, "size"),
        ({"response_format": "gif"}, 400, "response_format"),
        ({"extra_body": {"seed": -1}}, 400, "seed"),
        ({"extra_body": {"priority": 0}}, 400, "priority"),
        ({"extra_body": {"parameters": {"widht": 5}}}, 400, "widht"),
        ({"extra_body": {"metadata": {"a": "\0"}}}, 400, "metadata.a"),
    ],
)
def test_a_value_that_cannot_be_taken_is_named(door: OpenDoor, said: dict[str, Any], status: int, param: str) -> None:
    before = len(door.rows)
    error = refused(lambda: door.client.images.generate(**{"prompt": "a fox", "model": "gpt-image-1", **said}))
    assert (error.status_code, error.param, error.type) == (status, param, "invalid_request_error")
    assert len(door.rows) == before


def test_where_nothing_takes_a_picture_it_is_said(door: OpenDoor) -> None:
    error = refused(lambda: door.client.images.edit(image=png(), prompt="at night", model="gpt-image-1"))
    assert (error.status_code, error.param, error.code) == (400, "model", "model_not_supported")
    assert "takes a picture" in error.message


def png(color: str = "red") -> tuple[str, bytes, str]:
    out = io.BytesIO()
    Image.new("RGB", (48, 32), color).save(out, "PNG")
    return "photo.png", out.getvalue(), "image/png"


@pytest.fixture(scope="module")
def editing(tmp_path_factory: pytest.TempPathFactory, fresh_database: Path) -> Iterator[OpenDoor]:
    with editing_door(tmp_path_factory.mktemp("editing"), fresh_database) as door:
        yield door


@pytest.mark.parametrize("model", ["gpt-image-1", "image_inverted"])
def test_a_picture_is_made_from_a_picture(editing: OpenDoor, model: str) -> None:
    made = editing.client.images.edit(image=png(), prompt="inverted", model=model, response_format="b64_json")
    found = picture_of(base64.b64decode((made.data or [])[0].b64_json or ""))
    assert found.size == (48, 32)
    row = editing.rows[-1]
    assert row["workflow"] == "image_inverted"
    assert "upload:" in row["parameters"]


def test_a_variation_needs_no_words(editing: OpenDoor) -> None:
    made = editing.client.images.create_variation(image=png(), model="dall-e-2", response_format="b64_json")
    assert picture_of(base64.b64decode((made.data or [])[0].b64_json or "")).size == (48, 32)
    assert json.loads(editing.rows[-1]["metadata"])["openai"]["route"] == "/v1/images/variations"


def test_a_list_of_one_picture_is_taken_and_of_two_refused(editing: OpenDoor) -> None:
    made = editing.client.images.edit(image=[png()], prompt="inverted", model="image", response_format="b64_json")
    assert (made.data or [])[0].b64_json
    error = refused(lambda: editing.client.images.edit(image=[png(), png("blue")], prompt="x", model="image"))
    assert (error.status_code, error.param) == (400, "image")
    error = refused(lambda: editing.client.images.edit(image=png(), mask=png(), prompt="x", model="image"))
    assert (error.status_code, error.param) == (400, "mask")


def test_what_is_no_picture_is_refused(editing: OpenDoor) -> None:
    error = refused(lambda: editing.client.images.edit(image=("a.png", b"no picture"), prompt="x", model="image"))
    assert (error.status_code, error.param) == (400, "image")
    for sent in ({"data": {"prompt": "x"}, "files": {"other": png()}}, {"json": {"prompt": "x"}}):
        answer = httpx.post(f"{editing.api.address}/v1/images/edits", **sent)
        assert answer.status_code in (400, 415)
        assert answer.json()["error"]["param"] == "image"
    missing = httpx.post(f"{editing.api.address}/v1/images/edits", data={"n": "0"}, files={"image": png()})
    assert (missing.status_code, missing.json()["error"]["param"]) == (400, "prompt")
