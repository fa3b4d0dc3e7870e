"""Assets as they are told; over HTTP in ``routes/test_comfyui_v2_contents``."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from musings.api.comfyui_v2_answers import of_output, of_sent, text_of
from musings.api.comfyui_v2_lookup import made_output, sent_asset
from musings.comfyui_api.v2_references import OutputId
from musings.comfyui_api.v2_refusals import V2Refusal
from tests.musings.api.comfyui_clients import ComfyUIDoor, comfyui_door
from tests.musings.api.comfyui_v2_calls import call
from tests.musings.api.comfyui_v2_clients import V2Client, png

ASSET = {"id", "hash", "size_bytes", "content_type", "file_path", "created_at", "url", "url_expires_at", "expires_at"}


@pytest.fixture
def door(tmp_path: Path, fresh_database: Path) -> Iterator[ComfyUIDoor]:
    with comfyui_door(tmp_path, fresh_database, worker=False) as found:
        yield found


def test_what_was_sent_has_the_contracts_shape(door: ComfyUIDoor) -> None:
    asset_id = V2Client(door).sent(png()).json()["id"]
    kept = sent_asset(call(door), asset_id)
    assert kept is not None
    assert set(of_sent(call(door), kept)) == ASSET


def test_what_was_made_says_by_which_job(door: ComfyUIDoor) -> None:
    asset_id = str(OutputId(door.api.keep("image/1_x/a.png", png(), bytes=9)))
    made = made_output(call(door), asset_id)
    assert made is not None
    found = of_output(call(door), asset_id, made[0])
    assert set(found) == ASSET | {"job_id"}
    assert (found["size_bytes"], found["job_id"], found["hash"]) == (9, None, None)
    with pytest.raises(V2Refusal, match="no such asset"):
        text_of(call(door), made[0], 1)
