"""A key makes one job, however its calls come; what is refused is in ``routes/test_comfyui_v2_jobs``."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from musings.api.comfyui_v2_submission import answer
from musings.comfyui_api.v2_refusals import V2Refusal
from musings.store.gallery import trash
from tests.musings.api.comfyui_clients import ComfyUIDoor, comfyui_door
from tests.musings.api.comfyui_v2_calls import call
from tests.musings.api.comfyui_v2_clients import V2Client, png
from tests.musings.makers.comfyui.graphs import node, picture


@pytest.fixture
def door(tmp_path: Path, fresh_database: Path) -> Iterator[ComfyUIDoor]:
    with comfyui_door(tmp_path, fresh_database, worker=False) as found:
        yield found


def told(door: ComfyUIDoor, key: str | None = "k", **body: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(bytes(answer(call(door), {"workflow": picture(), **body}, key).body))
    return found


def test_many_calls_with_one_key_at_once_are_one_job(door: ComfyUIDoor) -> None:
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: told(door)["id"], range(16)))
    assert len(set(found)) == 1
    assert len(door.rows()) == 1
    assert told(door, None)["id"] != told(door, None)["id"]


def test_a_key_outlives_the_asset_of_its_job(door: ComfyUIDoor) -> None:
    client = V2Client(door)
    asset = client.sent(png()).json()
    graph = {
        "1": node("LoadImage", image={"__type": "core/ASSET", "info": {"id": asset["id"]}}),
        "2": node("SaveImage", images=["1", 0], filename_prefix="x"),
    }
    job = told(door, workflow=graph)
    client.http.delete(f"/assets/{asset['id']}")
    assert told(door, workflow=graph)["id"] == job["id"]
    with pytest.raises(V2Refusal) as caught:
        told(door, "another", workflow=graph)
    assert caught.value.body["error"]["code"] == "missing_asset"


def test_a_key_of_a_job_in_the_trash_says_so(door: ComfyUIDoor) -> None:
    told(door)
    door.api.database.writing(trash.discard, door.rows()[0]["id"])
    with pytest.raises(V2Refusal, match="removed since"):
        told(door)


def test_a_body_is_not_changed(door: ComfyUIDoor) -> None:
    asset = V2Client(door).sent(png()).json()
    reference = {"__type": "core/ASSET", "info": {"id": asset["id"]}}
    graph = {"1": node("LoadImage", image=reference), "2": node("SaveImage", images=["1", 0], filename_prefix="x")}
    told(door, workflow=graph)
    assert graph["1"]["inputs"] == {"image": reference}
