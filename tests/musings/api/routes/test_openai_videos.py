"""``/v1/videos``, asked by the official client, over real HTTP, with a worker that films."""

import base64
import io
import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import httpx
import openai
import pytest
from PIL import Image

from fake_comfyui.server import FakeComfy
from tests.conftest import MakeSettings
from tests.musings.api.conftest import serving
from tests.musings.api.entering import Locked
from tests.musings.api.openai_calls import OpenDoor, client_of, read, refused, staffed
from tests.musings.command_line import running
from tests.musings.makers.comfyui.graphs import node
from tests.ports import free_port
from tests.waiting import until

QUICK: dict[str, Any] = {"size": "64x64", "seconds": "1", "extra_body": {"parameters": {"fps": 8}, "seed": 7}}
"""A second of small frames."""


def made(door: OpenDoor, **said: Any) -> Any:
    return door.client.videos.create_and_poll(prompt="a fox runs", poll_interval_ms=100, **{**QUICK, **said})


def film_of(content: bytes) -> tuple[int, int, float]:
    """Width, height and seconds of a film."""
    with av.open(io.BytesIO(content), "r") as container:
        stream = container.streams.video[0]
        return stream.width, stream.height, float(container.duration or 0) / av.time_base


@pytest.fixture(scope="module")
def found(door: OpenDoor) -> Any:
    """A film that was made with the words of OpenAI's examples."""
    return made(door, model="sora-2")


def test_a_film_is_made_and_fetched(door: OpenDoor, found: Any) -> None:
    assert (found.status, found.progress, found.error, found.model) == ("completed", 100, None, "sora-2")
    assert (found.size, found.seconds, found.prompt) == ("64x64", "1", "a fox runs")
    assert found.completed_at >= found.created_at
    answer = door.client.videos.download_content(found.id)
    assert answer.response.headers["content-type"] == "video/mp4"
    assert answer.response.headers["x-musings-prompt"] == found.id.removeprefix("video_")
    width, height, seconds = film_of(answer.read())
    assert (width, height) == (64, 64)
    assert seconds == pytest.approx(1, abs=0.2)
    row = next(each for each in door.rows if each["id"] == int(found.id.removeprefix("video_")))
    assert (row["prompt_type"], row["status"], json.loads(row["parameters"])["seed"]) == ("video", "completed", 7)


def test_its_picture_and_a_part_of_it_are_fetched(door: OpenDoor, found: Any) -> None:
    small = door.client.videos.download_content(found.id, variant="thumbnail").read()
    with Image.open(io.BytesIO(small)) as picture:
        assert picture.size == (64, 64)
    part = httpx.get(f"{door.api.address}/v1/videos/{found.id}/content", headers={"Range": "bytes=0-9"})
    assert (part.status_code, len(part.content)) == (206, 10)
    error = refused(lambda: door.client.videos.download_content(found.id, variant="spritesheet"))
    assert (error.status_code, error.param) == (404, "variant")


def test_a_body_that_is_json_does_as_well(door: OpenDoor) -> None:
    body = {"prompt": "a hare", "size": "64x64", "seconds": 1, "parameters": {"fps": 8}, "model": "sketch-video"}
    answer = httpx.post(f"{door.api.address}/v1/videos", json=body)
    job = answer.raise_for_status().json()
    assert (job["object"], job["status"] in ("queued", "in_progress"), job["size"]) == ("video", True, "64x64")
    assert answer.headers["x-musings-prompt"] == job["id"].removeprefix("video_")
    assert door.client.videos.poll(job["id"], poll_interval_ms=100).status == "completed"
    error = httpx.post(f"{door.api.address}/v1/videos", content=b"{", headers={"Content-Type": "application/json"})
    assert (error.status_code, error.json()["error"]["code"]) == (400, "invalid_json")


def test_films_are_listed_in_either_order_and_nothing_else(door: OpenDoor, found: Any) -> None:
    door.api.submit("a fox", prompt_type="poem")
    other = made(door, extra_body={"parameters": {"fps": 8}, "seed": 8})
    all_of_them = [each.id for each in door.client.videos.list(limit=1)]
    assert all_of_them[0] == other.id
    assert found.id in all_of_them
    assert len(all_of_them) == len(set(all_of_them))
    assert [each.id for each in door.client.videos.list(limit=1, order="asc")] == all_of_them[::-1]
    behind = door.client.videos.list(after=other.id, limit=100)
    assert [each.id for each in behind.data] == all_of_them[1:]
    for said in ({"limit": 0}, {"limit": 101}, {"after": "x"}, {"order": "random"}):
        error = refused(lambda said=said: door.client.videos.list(**said))  # type: ignore[misc]
        assert (error.status_code, error.param) == (400, next(iter(said)))


def test_the_same_key_begins_one_film(door: OpenDoor) -> None:
    first, again = (
        door.client.videos.create(prompt="a fox", extra_headers={"Idempotency-Key": "film-1"}, **QUICK)
        for _ in range(2)
    )
    assert first.id == again.id
    other = lambda: door.client.videos.create(prompt="a hare", extra_headers={"Idempotency-Key": "film-1"}, **QUICK)  # noqa: E731
    assert refused(other).code == "idempotency_key_reused"


def test_a_film_goes_into_the_trash_and_comes_back(door: OpenDoor) -> None:
    film = made(door)
    assert door.client.videos.delete(film.id).deleted is True
    for call in (door.client.videos.retrieve, door.client.videos.download_content, door.client.videos.delete):
        error = refused(lambda call=call: call(film.id))  # type: ignore[misc]
        assert (error.status_code, error.code) == (404, "video_not_found")
    number = film.id.removeprefix("video_")
    assert door.api.http.post(f"/api/prompts/{number}/restore").status_code == 200
    assert door.client.videos.retrieve(film.id).status == "completed"


def test_what_is_cancelled_has_failed_and_has_no_content(door: OpenDoor) -> None:
    waiting = door.api.submit("a fox", prompt_type="animation", parameters={"width": 64, "height": 64, "duration": 20})
    name = f"video_{waiting['id']}"
    door.api.http.post(f"/api/prompts/{waiting['id']}/cancel")
    until(lambda: door.client.videos.retrieve(name).status == "failed", 60)
    found = door.client.videos.retrieve(name)
    assert found.error is not None
    assert found.error.code == "cancelled"
    error = refused(lambda: door.calling(max_retries=2).videos.download_content(name))
    assert (error.status_code, error.code) == (409, "video_not_ready")
    assert error.response.headers["x-should-retry"] == "false"


@pytest.mark.parametrize("name", ["video_0", "video_999999", "12", "resp_1"])
def test_a_video_that_is_none(door: OpenDoor, name: str) -> None:
    error = refused(lambda: door.client.videos.retrieve(name))
    assert (error.status_code, error.code) == (404, "video_not_found")


def test_a_poem_is_no_video(door: OpenDoor) -> None:
    poem = door.api.submit("rain", prompt_type="poem")["id"]
    assert refused(lambda: door.client.videos.retrieve(f"video_{poem}")).status_code == 404


@pytest.mark.parametrize(
    ("said", "status", "param"),
    [
        ({"model": "no-such"}, 404, "model"),
        ({"model": "gpt-image-1"}, 400, "model"),
        ({"prompt": ""}, 400, "prompt"),
        ({"seconds": "never"}, 400, "seconds"),
        ({"seconds": "600"}, 400, "seconds"),
        ({"size": "7x7"}, 400, "size"),
        ({"extra_body": {"parameters": {"fsp": 8}}}, 400, "fsp"),
        ({"input_reference": ("a.png", b"no picture", "image/png")}, 400, "model"),
    ],
)
def test_a_value_that_cannot_be_taken_is_named(door: OpenDoor, said: dict[str, Any], status: int, param: str) -> None:
    before = len(door.rows)
    error = refused(lambda: door.client.videos.create(**{"prompt": "a fox", **QUICK, **said}))
    assert (error.status_code, error.param) == (status, param)
    assert len(door.rows) == before


@pytest.fixture(scope="module")
def animating(tmp_path_factory: pytest.TempPathFactory, fresh_database: Path) -> Iterator[OpenDoor]:
    """With a ComfyUI and a workflow for it, ``video_of_picture``, that makes a film of a picture."""
    folder = tmp_path_factory.mktemp("animating")
    (folder / "media").mkdir()
    graph = {
        "1": node("LoadImage", image="example.png"),
        "2": node("CreateVideo", images=["1", 0], fps=8.0),
        "3": node("SaveVideo", video=["2", 0], filename_prefix="film", format="mp4", codec="h264"),
    }
    (folder / "media" / "video_of_picture.json").write_text(json.dumps(graph))
    with FakeComfy() as fake, staffed(folder, fresh_database, media={"comfyui": {"hosts": [fake.url]}}) as door:
        yield door


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (48, 32), "red").save(out, "PNG")
    return out.getvalue()


def test_a_film_is_made_of_a_picture(animating: OpenDoor) -> None:
    film = animating.client.videos.create_and_poll(
        prompt="it moves", input_reference=("photo.png", png(), "image/png"), poll_interval_ms=100
    )
    assert film.status == "completed", film.error
    row = animating.rows[-1]
    assert (row["workflow"], "upload:" in row["parameters"]) == ("video_of_picture", True)
    content = animating.client.videos.download_content(film.id).read()
    assert film_of(content)[0] > 0
    assert b"trainedAlgorithmicMedia" in content, "what leaves the house says that a machine made it"
    coded = f"data:image/png;base64,{base64.b64encode(png()).decode()}"
    # The client of this version checks for a file before it sends; its types allow this all the same.
    body = {"prompt": "it moves", "input_reference": {"image_url": coded}}
    httpx.post(f"{animating.api.address}/v1/videos", json=body).raise_for_status()
    assert animating.rows[-1]["parameters"] == row["parameters"]
    error = refused(lambda: animating.client.videos.create(prompt="x", input_reference=("a.png", b"none", "image/png")))
    assert (error.status_code, error.param) == (400, "input_reference")


def test_each_act_asks_for_its_scope_and_the_caller_is_the_owner(
    make_settings: MakeSettings, fresh_database: Path
) -> None:
    with serving(make_settings(server={"port": 0}, security={"require_auth": True}), fresh_database) as api:
        locked = Locked(api)
        writer, reader, admin = (
            client_of(api, locked.token(scope)["Authorization"].removeprefix("Bearer "), max_retries=0)
            for scope in ("write", "read", "admin")
        )
        job = writer.videos.create(prompt="a fox")
        assert read(api, "SELECT instructions FROM prompts")[0]["instructions"].count("(token 1)") == 1
        assert reader.videos.retrieve(job.id).status == "queued"
        for call in (
            lambda: writer.videos.retrieve(job.id),
            lambda: writer.videos.list(),
            lambda: reader.videos.create(prompt="a fox"),
            lambda: reader.videos.delete(job.id),
            lambda: writer.videos.delete(job.id),
            lambda: admin.videos.download_content(job.id),
        ):
            assert refused(call).status_code == 403
        assert admin.videos.delete(job.id).deleted


def test_a_kill_between_create_and_get_loses_nothing(config: Path) -> None:
    port = free_port()
    with openai.OpenAI(base_url=f"http://127.0.0.1:{port}/v1", api_key="sk-any", timeout=60) as client:
        _survives(client, config, port)


def _survives(client: openai.OpenAI, config: Path, port: int) -> None:
    with running(config, "serve", "--port", str(port)) as first:
        until(lambda: answers(port), 60)
        job = client.videos.create(prompt="a fox runs", **QUICK)
        first.send_signal(signal.SIGKILL)
        first.wait(30)
    with running(config, "serve", "--port", str(port)) as second, running(config, "worker"):
        until(lambda: answers(port), 60)
        assert client.videos.poll(job.id, poll_interval_ms=200).status == "completed"
        second.send_signal(signal.SIGKILL)
        second.wait(30)
    with running(config, "serve", "--port", str(port)):
        until(lambda: answers(port), 60)
        assert film_of(client.videos.download_content(job.id).read())[:2] == (64, 64)


def answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health").status_code == 200
    except httpx.TransportError:
        return False
