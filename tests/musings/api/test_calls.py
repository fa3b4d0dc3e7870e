"""Calls at the door of another protocol: hanging up, trying again, a queue that takes nothing."""

import io
import json
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from fake_comfyui.server import FakeComfy
from musings.api.calls import MOST_LOST, RETRIES, LostCalls
from tests.conftest import MakeSettings
from tests.musings.api.conftest import Api, serving
from tests.musings.api.openai_calls import KEY, OpenDoor, client_of, inverting, open_door, refused, working
from tests.waiting import until

USER = [{"role": "user", "content": "a haiku about rain"}]
CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "a picture": ("/v1/images/generations", {"prompt": "a fox", "size": "64x64"}),
    "a picture, streamed": ("/v1/images/generations", {"prompt": "a fox", "size": "64x64", "stream": True}),
    "speech": ("/v1/audio/speech", {"input": "Good evening.", "voice": "alloy"}),
    "a chat": ("/v1/chat/completions", {"messages": USER}),
    "a chat, streamed": ("/v1/chat/completions", {"messages": USER, "stream": True}),
    "a response": ("/v1/responses", {"input": "a haiku about rain"}),
    "a response, streamed": ("/v1/responses", {"input": "a haiku about rain", "stream": True}),
}


@pytest.fixture
def door(api: Api) -> Iterator[OpenDoor]:
    """Without a worker: what is asked for waits."""
    with open_door(api) as found:
        yield found


@contextmanager
def dying(api: Api, path: str, body: dict[str, Any], headers: dict[str, str] | None = None) -> Iterator[None]:
    """A client that dies at the end of the block, in the middle of its call."""
    with dying_of(api, httpx.Request("POST", f"{api.address}{path}", json=body, headers=headers)):
        yield


@contextmanager
def dying_of(api: Api, request: httpx.Request) -> Iterator[None]:
    head = "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
    with socket.create_connection(("127.0.0.1", api.port)) as client:
        client.sendall(f"POST {request.url.path} HTTP/1.1\r\n{head}\r\n".encode() + request.read())
        until(lambda: api.server.broadcaster.waiters == 1)
        yield
    until(lambda: api.server.broadcaster.waiters == 0)


@pytest.mark.parametrize("call", CALLS)
def test_the_work_of_a_client_that_died_is_in_the_gallery_once(door: OpenDoor, call: str) -> None:
    with dying(door.api, *CALLS[call]):
        assert [row["status"] for row in door.rows] == ["pending"]
    with working(door.api):
        until(lambda: door.rows[0]["status"] == "completed", 60)
    assert len(door.rows) == 1
    assert len(door.gallery) == 1


@pytest.mark.parametrize("route", ["edits", "variations"])
def test_the_picture_that_a_dead_client_sent_is_worked_over_once(
    tmp_path: Path, make_settings: MakeSettings, fresh_database: Path, route: str
) -> None:
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "image_inverted.json").write_text(json.dumps(inverting()))
    picture = io.BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    form: dict[str, Any] = {"data": {"prompt": "inverted"}, "files": {"image": ("a.png", picture.getvalue())}}
    with FakeComfy() as fake:
        settings = make_settings(server={"port": 0}, media={"comfyui": {"hosts": [fake.url]}})
        with serving(settings, fresh_database) as api, open_door(api) as door:
            address = f"{api.address}/v1/images/{route}"
            with dying_of(api, httpx.Request("POST", address, **form)):
                assert [row["status"] for row in door.rows] == ["pending"]
            again = httpx.Request("POST", address, **form, headers={RETRIES: "1"})  # another boundary, the same call
            with dying_of(api, again), working(api):
                until(lambda: door.rows[0]["status"] == "completed", 60)
            assert len(door.rows) == len(door.gallery) == 1


@pytest.mark.parametrize("call", CALLS)
def test_who_asked_for_it_takes_the_work_along_when_hanging_up(door: OpenDoor, call: str) -> None:
    path, body = CALLS[call]
    with dying(door.api, path, {**body, "cancel_on_disconnect": True}):
        assert [row["status"] for row in door.rows] == ["pending"]
    until(lambda: door.rows[0]["status"] == "cancelled")


@pytest.mark.parametrize("call", CALLS)
def test_a_client_that_tries_again_takes_up_what_it_had_begun(door: OpenDoor, call: str) -> None:
    """OpenAI's client tries again by itself, with nothing to know it by but a count."""
    path, body = CALLS[call]
    with dying(door.api, path, body):
        pass
    with dying(door.api, path, body, {RETRIES: "1"}):
        assert len(door.rows) == 1
    with dying(door.api, path, body, {RETRIES: "2"}):
        assert len(door.rows) == 1
    with dying(door.api, path, body):  # a call of its own
        assert len(door.rows) == 2


def test_another_caller_and_other_words_take_up_nothing(door: OpenDoor) -> None:
    path, body = CALLS["a picture"]
    with dying(door.api, path, body):
        pass
    with dying(door.api, path, {**body, "prompt": "a hare"}, {RETRIES: "1"}):
        assert len(door.rows) == 2
    door.api.http.delete("/api/prompts/1")
    with dying(door.api, path, body, {RETRIES: "1"}):  # what was thrown away is made anew
        assert len(door.rows) == 3


def test_the_official_client_that_loses_patience_makes_one_picture(door: OpenDoor) -> None:
    impatient = door.calling(timeout=1.5, max_retries=1)
    with pytest.raises(Exception, match="timed out"):
        impatient.images.generate(prompt="a fox", model="image", extra_body={"size": "64x64"})
    assert len(door.rows) == 1


@pytest.mark.parametrize("call", [name for name in CALLS if name.endswith("streamed")])
def test_a_stream_shows_at_once_that_it_lives(door: OpenDoor, call: str) -> None:
    path, body = CALLS[call]
    with httpx.stream("POST", f"{door.api.address}{path}", json=body, timeout=30) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-musings-prompt"] == "1"
        assert next(line for line in answer.iter_lines() if line.startswith(":")) == ": still at work"
        assert [row["status"] for row in door.rows] == ["pending"]


def test_lost_calls_are_handed_out_once_and_not_kept_for_ever() -> None:
    lost = LostCalls()
    for number in range(MOST_LOST + 1):
        lost.note(f"call {number}", number)
    assert lost.taken_up("call 0") is None
    assert (lost.taken_up("call 7"), lost.taken_up("call 7")) == (7, None)


def asked(door: OpenDoor, **headers: str) -> httpx.Response:
    client = door.calling()
    made = client.images.with_raw_response.generate(
        prompt="a fox", model="image", extra_body={"size": "64x64"}, extra_headers=headers
    )
    return made.http_response


def test_the_same_key_and_body_give_the_same_picture(door: OpenDoor) -> None:
    with working(door.api):
        first, second = (asked(door, **{"Idempotency-Key": "once"}) for _ in range(2))
        assert first.headers["x-musings-prompt"] == second.headers["x-musings-prompt"] == "1"
        assert len(door.rows) == 1
        error = refused(
            lambda: door.client.images.generate(
                prompt="a hare", model="image", extra_headers={"Idempotency-Key": "once"}
            )
        )
        assert (error.status_code, error.code, error.param) == (422, "idempotency_key_reused", "Idempotency-Key")
        speech = door.client.audio.speech.with_raw_response.create(
            input="Hello.", model="tts-1", voice="alloy", extra_headers={"Idempotency-Key": "once"}
        )
        assert speech.headers["x-musings-prompt"] == "2"  # a key counts for its route


def test_two_with_one_key_at_the_same_time_wait_for_the_same(door: OpenDoor) -> None:
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(asked, door, **{"Idempotency-Key": "once"}) for _ in range(2)]
        until(lambda: door.api.server.broadcaster.waiters == 2)
        with working(door.api):
            assert {each.result(60).headers["x-musings-prompt"] for each in both} == {"1"}
    assert len(door.gallery) == 1


def test_a_paused_queue_takes_nothing_and_says_when_to_come_again(door: OpenDoor) -> None:
    with working(door.api):
        asked(door, **{"Idempotency-Key": "before"})
    door.api.http.post("/api/queue/pause")
    error = refused(lambda: door.client.responses.create(model="text", input="x"))
    assert (error.status_code, error.code) == (503, "paused")
    assert int(error.response.headers["retry-after"]) > 0
    assert "x-should-retry" not in error.response.headers
    assert len(door.rows) == 1
    assert asked(door, **{"Idempotency-Key": "before"}).status_code == 200
    door.api.http.post("/api/queue/resume")


def test_a_full_queue_takes_nothing_and_says_when_to_come_again(
    make_settings: MakeSettings, fresh_database: Path
) -> None:
    settings = make_settings(server={"port": 0}, processing={"max_pending": 1})
    with serving(settings, fresh_database) as api:
        api.submit()
        error = refused(lambda: client_of(api, KEY, max_retries=0).images.generate(prompt="a fox"))
        assert (error.status_code, error.code) == (503, "service_unavailable")
        assert int(error.response.headers["retry-after"]) > 0
        assert "max_pending" in error.message


def test_who_has_waited_long_enough_is_told_where_the_work_will_be(
    make_settings: MakeSettings, fresh_database: Path
) -> None:
    settings = make_settings(server={"port": 0}, doors={"wait_seconds": 0.2})
    with serving(settings, fresh_database) as api, open_door(api) as door:
        patient = door.calling(max_retries=2)
        error = refused(lambda: patient.images.generate(prompt="a fox"))
        assert (error.status_code, error.code) == (504, "still_working")
        assert error.response.headers["x-musings-prompt"] == "1"
        assert error.response.headers["x-should-retry"] == "false"
        assert [row["status"] for row in door.rows] == ["pending"]
        with pytest.raises(Exception, match="goes on"):
            list(door.client.chat.completions.create(model="text", messages=USER, stream=True))  # type: ignore[arg-type]
        assert [row["status"] for row in door.rows] == ["pending"] * 2


@contextmanager
def waiting(door: OpenDoor, call: Callable[[], object]) -> Iterator[list[object]]:
    """What a call raises, once the block, in which it waits, is over."""
    found: list[object] = []

    def ask() -> None:
        found.append(refused(call))

    thread = threading.Thread(target=ask)
    thread.start()
    until(lambda: door.api.server.broadcaster.waiters == 1)
    yield found
    thread.join(30)


@pytest.mark.parametrize(("method", "path", "code"), [("POST", "/cancel", "cancelled"), ("DELETE", "", "deleted")])
def test_who_waits_for_what_somebody_ended_is_told_so(door: OpenDoor, method: str, path: str, code: str) -> None:
    with waiting(door, lambda: door.client.images.generate(prompt="a fox")) as found:
        door.api.http.request(method, f"/api/prompts/1{path}")
    [error] = found
    assert (error.status_code, error.code) == (409, code)  # type: ignore[attr-defined]


def test_the_server_stops_for_nobody_and_the_work_stays(make_settings: MakeSettings, fresh_database: Path) -> None:
    with serving(make_settings(server={"port": 0}), fresh_database) as api, open_door(api) as door:
        body = {"prompt": "a fox", "cancel_on_disconnect": True}
        with waiting(door, lambda: door.client.images.generate(prompt="a fox", extra_body=body)) as found:
            api.server.should_exit = True
        [error] = found
        assert error.code == "still_working"  # type: ignore[attr-defined]
        assert [row["status"] for row in door.rows] == ["pending"]
