"""``/comfyui/api/v2/assets/{id}``, over real HTTP."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from musings.comfyui_api.v2_references import OutputId, output_id
from tests.musings.api.comfyui_clients import ComfyUIDoor, comfyui_door
from tests.musings.api.comfyui_v2_clients import V2Client, hash_of, pixel, png, refusal, uses
from tests.musings.makers.comfyui.graphs import node, picture, spoken


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory, fresh_database: Path) -> Iterator[ComfyUIDoor]:
    with comfyui_door(tmp_path_factory.mktemp("assets"), fresh_database) as found:
        yield found


@pytest.fixture
def client(door: ComfyUIDoor) -> V2Client:
    return V2Client(door)


def test_each_text_of_a_job_can_be_fetched_in_part(client: V2Client) -> None:
    graph = {
        **spoken("ä first"),
        "3": node("PrimitiveString", value="second"),
        "4": node("PreviewAny", source=["3", 0]),
    }
    job = client.ended(client.queued(graph)["id"])
    found = {each["node_id"]: each for each in job["outputs"]}
    assert {node_id: client.http.get(each["url"]).text for node_id, each in found.items()} == {
        "2": "ä first", "4": "second",
    }  # fmt: skip
    part = client.http.get(found["4"]["url"], headers={"Range": "bytes=1-3"})
    assert (part.status_code, part.text, part.headers["content-range"]) == (206, "eco", "bytes 1-3/6")
    refusal(client.http.get(found["4"]["url"], headers={"Range": "bytes=6-"}), 416, "range_not_satisfiable")
    assert client.http.get(f"/assets/{found['2']['id']}").json()["size_bytes"] == len("ä first".encode())
    meant = output_id(found["4"]["id"])
    assert meant is not None
    beyond = OutputId(meant.artifact, meant.part + 1)
    for path in (f"/assets/{beyond}", f"/assets/{beyond}/content"):
        refusal(client.http.get(path), 404, "not_found")


def test_what_came_another_way_is_an_asset_as_well(client: V2Client, door: ComfyUIDoor) -> None:
    asset_id = str(OutputId(door.api.keep("image/1_x/a.png", png("red"))))
    shown = client.http.get(f"/assets/{asset_id}").json()
    assert (shown["file_path"], shown["job_id"], shown["expires_at"]) == ("a.png", None, None)
    assert client.http.get(shown["url"]).content == png("red")
    job = client.ended(client.queued(uses(asset_id))["id"])
    assert pixel(client.http.get(job["outputs"][0]["url"]).content) == (0, 255, 255)


def test_an_output_whose_bytes_are_gone_says_so(client: V2Client, door: ComfyUIDoor) -> None:
    job = client.ended(client.queued(picture(color=77))["id"])
    [output] = job["outputs"]
    row = door.rows("SELECT * FROM prompt_artifacts ORDER BY id DESC LIMIT 1")[0]
    door.api.media_root.find(row["file_path"]).unlink()
    refusal(client.http.get(output["url"]), 404, "output_unavailable")
    assert client.job(job["id"])["status"] == "succeeded"
    refusal(client.http.get(f"/assets/{OutputId(999_999)}/content"), 404, "output_unavailable")
    refusal(client.http.get(f"/assets/{uuid.uuid4()}/content"), 404, "not_found")
    refusal(client.http.get(f"/assets/{OutputId(999_999)}"), 404, "not_found")


def test_a_file_that_went_from_the_disk_can_be_sent_again(client: V2Client, door: ComfyUIDoor) -> None:
    content = png("gold")
    asset = client.sent(content).json()
    digest = hash_of(content)
    row = door.rows(f"SELECT * FROM musings_uploads WHERE blake3 = '{digest.removeprefix('blake3:')}'")[0]
    door.api.media_root.find(row["file_path"]).unlink()
    refusal(client.http.get(asset["url"]), 404, "output_unavailable")
    assert client.http.head(f"/assets/by-hash/{digest}").status_code == 404
    assert client.sent(content).status_code == 201
    assert client.http.get(asset["url"]).content == content
