"""What callers of Comfy API v2 name, and what they may see of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from musings.api.comfyui_v2_lookup import file_for, listed, made_output, named, of_job, renewed
from musings.comfyui_api.v2_references import AssetReference, OutputId
from musings.comfyui_api.v2_refusals import V2Refusal
from tests.musings.api.comfyui_clients import ComfyUIDoor, comfyui_door
from tests.musings.api.comfyui_v2_calls import call
from tests.musings.api.comfyui_v2_clients import V2Client, png
from tests.musings.makers.comfyui.graphs import picture


@pytest.fixture
def door(tmp_path: Path, fresh_database: Path) -> Iterator[ComfyUIDoor]:
    with comfyui_door(tmp_path, fresh_database, worker=False) as found:
        yield found


def test_a_job_is_told_with_its_place_and_its_labels(door: ComfyUIDoor) -> None:
    client = V2Client(door)
    client.queued(picture())
    job_id = client.queued(picture(), metadata={"a": "b"})["id"]
    found = named(call(door), job_id)
    assert (found.position, dict(found.labels), found.graph) == (2, {"a": "b"}, picture())
    assert of_job(call(door), found.job) == found
    [shown] = listed(call(door), [found.job])
    assert (dict(shown.labels), shown.graph) == ({"a": "b"}, {})
    assert renewed(call(door), found) == found
    door.client().http.post("/queue", json={"delete": [job_id]})
    assert renewed(call(door), found) is None
    with pytest.raises(V2Refusal, match="no such job"):
        named(call(door), "nobody")


def test_a_file_that_was_sent_is_named_plainly_and_stays_longer(door: ComfyUIDoor) -> None:
    asset = V2Client(door).sent(png(), "a\\b/c.png", expires_in="60").json()
    file, name = file_for(call(door), AssetReference("1", "image", asset["id"]))
    assert (name, file.ref.partition(":")[0], file.artifact_type) == ("c.png", "upload", "image")
    assert V2Client(door).http.get(f"/assets/{asset['id']}").json()["expires_at"] > asset["expires_at"]


def test_what_was_made_is_for_who_may_read(door: ComfyUIDoor) -> None:
    asset_id = str(OutputId(door.api.keep("image/1_x/a.png", png())))
    made = made_output(call(door), asset_id)
    assert made is not None
    assert (made[0].file_path, made[1]) == ("image/1_x/a.png", 0)
    assert file_for(call(door), AssetReference("1", "image", asset_id))[1] == "a.png"
    assert made_output(call(door, may_read=False), asset_id) is None
    assert made_output(call(door), str(OutputId(99))) is None


@pytest.mark.parametrize("asset_id", ["", "x", "00000000-0000-4000-8000-000000000000"])
def test_an_asset_that_is_not_here_is_missing(door: ComfyUIDoor, asset_id: str) -> None:
    with pytest.raises(V2Refusal, match="is not here"):
        file_for(call(door), AssetReference("1", "image", asset_id))
