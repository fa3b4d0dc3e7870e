"""``/comfyui/ws``, over a real socket."""

import contextlib
import io
import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from musings.makers.comfyui.protocol import FEATURE_FLAGS, Preview, read_frame
from tests.musings.api.comfyui_clients import ComfyUIDoor, comfyui_door, told_until_the_end
from tests.musings.makers.comfyui.graphs import node, painting, picture
from tests.waiting import until


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory, fresh_database: Path) -> Iterator[ComfyUIDoor]:
    with comfyui_door(tmp_path_factory.mktemp("socket"), fresh_database) as found:
        yield found


def kinds(told: list[Any]) -> list[str]:
    quiet = ("status", "progress_state", "progress")
    return [each["type"] for each in told if isinstance(each, dict) and each["type"] not in quiet]


def first(socket: ClientConnection) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(socket.recv(timeout=10))
    return found


def test_the_order_of_messages(door: ComfyUIDoor) -> None:
    client = door.client()
    with client.listening() as socket:
        assert first(socket)["data"]["sid"] == client.client_id
        told = told_until_the_end(socket, client.queued(picture(prefix="order", color=21)))
    assert kinds(told) == [
        "execution_start",
        "execution_cached",
        "executing",
        "executing",
        "executed",
        "execution_success",
        "executing",
    ]
    last = [each["type"] for each in told if isinstance(each, dict)][-3:]
    assert last == ["execution_success", "status", "executing"]


def test_the_history_is_there_at_the_last_word(door: ComfyUIDoor) -> None:
    client = door.client()
    with client.listening() as socket:
        for number in range(5):
            job_id = client.queued(picture(prefix="there", color=30 + number))
            told_until_the_end(socket, job_id)
            assert client.http.get(f"/history/{job_id}").json()[job_id]["status"]["completed"] is True


def test_a_failing_job_is_told_with_its_node(door: ComfyUIDoor) -> None:
    client = door.client()
    with client.listening() as socket:
        told = told_until_the_end(
            socket, client.queued({"1": node("SaveImage", images="no picture", filename_prefix="x")})
        )
    assert kinds(told) == ["execution_start", "execution_cached", "executing", "execution_error", "executing"]
    [error] = [each["data"] for each in told if isinstance(each, dict) and each["type"] == "execution_error"]
    assert (error["node_id"], error["node_type"]) == ("1", "SaveImage")
    assert error["exception_message"].strip()


@pytest.fixture
def unhurried(door: ComfyUIDoor) -> Iterator[None]:
    """A server that takes its time: of a quick job nothing is told while it runs."""
    [server] = door.servers
    pace, server.pace.step = server.pace.step, 0.1
    yield
    server.pace.step = pace


@pytest.mark.usefixtures("unhurried")
def test_previews_say_what_they_are_of_to_who_asks_for_it(door: ComfyUIDoor) -> None:
    for says in (False, True):
        client = door.client()
        with client.listening() as socket:
            if says:
                socket.send(FEATURE_FLAGS)
            told = told_until_the_end(socket, job_id := client.queued(painting(seed=40 + says, steps=25)))
        frames = [read_frame(each) for each in told if isinstance(each, bytes)]
        assert frames
        assert all(isinstance(each, Preview) and each.prompt_id == (job_id if says else None) for each in frames)
        assert any(isinstance(each, dict) and each["type"] == "progress" for each in told)
        flags = [each for each in told if isinstance(each, dict) and each["type"] == "feature_flags"]
        assert bool(flags) is says


def test_pictures_that_come_over_the_socket_alone(door: ComfyUIDoor) -> None:
    graph = {
        "1": node("EmptyImage", width=32, height=24, batch_size=2, color=255),
        "2": node("SaveImageWebsocket", images=["1", 0]),
    }
    client = door.client()
    with client.listening() as socket:
        told = told_until_the_end(socket, job_id := client.queued(graph))
    frames = [each for each in told if isinstance(each, bytes)]
    assert [Image.open(io.BytesIO(each[8:])).size for each in frames] == [(32, 24), (32, 24)]
    assert client.http.get(f"/history/{job_id}").json()[job_id]["outputs"] == {}


def test_others_are_told_only_how_long_the_queue_is(door: ComfyUIDoor) -> None:
    client, other = door.client(), door.client()
    with client.listening() as mine, other.listening() as theirs:
        told_until_the_end(mine, client.queued(picture(prefix="mine", color=50)))
        told = told_until_the_end(theirs, other.queued(picture(prefix="theirs", color=51)))
    assert kinds(told).count("execution_start") == kinds(told).count("execution_success") == 1
    assert kinds(told).count("executed") == 1


def test_two_sockets_of_one_client_hear_the_same(door: ComfyUIDoor) -> None:
    """Of a real ComfyUI only the newer one does, and neither once the older is closed."""
    client = door.client()
    with client.listening() as newer:
        with client.listening() as older:
            job_id = client.queued(picture(prefix="two", color=60))
            assert kinds(told_until_the_end(older, job_id)) == kinds(told_until_the_end(newer, job_id))
        told_until_the_end(newer, client.queued(picture(prefix="two", color=61)))


def test_who_comes_while_a_job_runs_is_told_of_it(door: ComfyUIDoor) -> None:
    client = door.client()
    job_id = client.queued(painting(seed=70, steps=1500))
    until(lambda: any(item[1] == job_id for item in client.http.get("/queue").json()["queue_running"]), 30)
    with client.listening() as socket:
        told = told_until_the_end(socket, job_id)
    assert "execution_start" in kinds(told)
    assert kinds(told)[-2:] == ["execution_success", "executing"]


def test_a_job_that_is_taken_away_changes_the_status_alone(tmp_path: Path, fresh_database: Path) -> None:
    with comfyui_door(tmp_path, fresh_database, worker=False) as door:
        client = door.client()
        with client.listening() as socket:
            first(socket)
            client.http.post("/queue", json={"delete": [client.queued(picture())]})
            remaining = None
            while remaining != 0:
                message = first(socket)
                assert message["type"] == "status"
                remaining = message["data"]["status"]["exec_info"]["queue_remaining"]


def test_odd_messages_and_sudden_ends_do_no_harm(door: ComfyUIDoor) -> None:
    client = door.client()
    for said in ("", "no json", "[]", '{"type": "feature_flags", "data": 7}', b"\0\1", "[" * 5_000):
        with client.listening() as socket:
            first(socket)
            socket.send(said)
            told_until_the_end(socket, client.queued(picture(prefix="odd", color=uuid.uuid4().int % 2**24)))
    with client.listening() as socket:
        first(socket)
        socket.send("x" * 200_000)
        with contextlib.suppress(ConnectionClosed):
            while True:
                socket.recv(timeout=10)
        assert socket.close_code == 1009
    until(lambda: door.api.server.broadcaster.listeners == 0)


def test_there_are_only_so_many_places(door: ComfyUIDoor) -> None:
    client = door.client()
    places = door.api.server.config.app.state.services.places  # type: ignore[union-attr]
    before = places.taken
    with client.listening() as socket:
        first(socket)
        assert places.taken == before + 1
    until(lambda: places.taken == before)
