"""All servers, described as if they were one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from comfyui_workflows.object_info import choices_of
from musings.makers.comfyui.client import ComfyServer
from tests.musings.api.comfyui_clients import ComfyUIDoor, comfyui_door
from tests.ports import free_port


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory, fresh_database: Path) -> Iterator[ComfyUIDoor]:
    with comfyui_door(tmp_path_factory.mktemp("server"), fresh_database, servers=2, worker=False) as found:
        yield found


def test_the_classes_of_all_servers(door: ComfyUIDoor) -> None:
    client = door.client()
    found = client.http.get("/object_info").json()
    assert {"KSampler", "SaveImage"} <= set(found)
    assert client.http.get("/object_info/SaveImage").json() == {"SaveImage": found["SaveImage"]}
    assert client.http.get("/object_info/NoSuchNode").json() == {}
    spec = found["CheckpointLoaderSimple"]["input"]["required"]["ckpt_name"]
    assert client.http.get("/models/checkpoints").json() == sorted(choices_of(spec))
    assert "checkpoints" in client.http.get("/models").json()
    assert client.http.get("/models/nothing").status_code == 404
    assert client.http.get("/embeddings").json() == []


def test_the_version_and_the_devices(door: ComfyUIDoor) -> None:
    stats = door.client().http.get("/system_stats").json()
    with ComfyServer(door.servers[0].url) as server:
        assert stats["system"]["comfyui_version"] == server.version()
    assert [(each["index"], each["name"]) for each in stats["devices"]] == [(0, "fake"), (1, "fake")]


def test_our_own_client_takes_it_for_a_server(door: ComfyUIDoor) -> None:
    with ComfyServer(door.url) as server:
        assert server.queue_remaining() == 0
        assert "KSampler" in server.object_info()


def test_what_it_can_do_and_that_it_is_there(door: ComfyUIDoor) -> None:
    client = door.client()
    assert client.http.get("/features").json()["supports_preview_metadata"] is True
    assert client.http.get("").json()["message"]
    assert client.http.post("/free", json={"unload_models": True}).status_code == 200


def test_without_a_server_nothing_is_known_and_everything_is_taken(tmp_path: Path, fresh_database: Path) -> None:
    away = {"comfyui": {"hosts": [f"http://127.0.0.1:{free_port()}"]}}
    with comfyui_door(tmp_path, fresh_database, servers=0, worker=False, media=away) as door:
        client = door.client()
        assert client.http.get("/object_info").json() == {}
        assert client.http.get("/system_stats").json()["devices"] == []
        job_id = client.queued({"1": {"class_type": "Unknown", "inputs": {}}})
        assert client.http.get(f"/api/jobs/{job_id}").json()["status"] == "pending"
