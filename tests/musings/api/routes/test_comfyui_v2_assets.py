"""``/comfyui/api/v2/assets``, over real HTTP."""

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from musings.comfyui_api.v2_references import OutputId
from musings.security.scopes import Scope
from tests.musings.api.comfyui_clients import ComfyUIDoor, comfyui_door
from tests.musings.api.comfyui_v2_clients import V2Client, hash_of, pixel, png, refusal, sending_half_a_file, uses
from tests.musings.makers.comfyui.graphs import spoken


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory, fresh_database: Path) -> Iterator[ComfyUIDoor]:
    with comfyui_door(tmp_path_factory.mktemp("assets"), fresh_database) as found:
        yield found


@pytest.fixture
def client(door: ComfyUIDoor) -> V2Client:
    return V2Client(door)


def test_a_file_is_sent_described_and_fetched(client: V2Client, door: ComfyUIDoor) -> None:
    content = png("lime")
    answer = client.sent(content, "lime.png", tags=["input", "green"], expected_hash=hash_of(content))
    assert answer.status_code == 201, answer.text
    asset = answer.json()
    assert (asset["hash"], asset["size_bytes"], asset["content_type"]) == (hash_of(content), len(content), "image/png")
    assert (asset["file_path"], asset["created_new"]) == ("lime.png", True)
    assert asset["url"] == f"{door.url}/api/v2/assets/{asset['id']}/content"
    shown = client.http.get(f"/assets/{asset['id']}").json()
    assert {**shown, "created_new": True} == asset
    whole = client.http.get(asset["url"])
    assert whole.content == content
    part = client.http.get(asset["url"], headers={"Range": "bytes=0-7"})
    assert (part.status_code, part.content) == (206, content[:8])
    refusal(client.http.get(asset["url"], headers={"Range": "bytes=9999999-"}), 416, "range_not_satisfiable")


def test_the_same_bytes_are_kept_once_under_records_of_their_own(client: V2Client, door: ComfyUIDoor) -> None:
    content = png("navy")
    first, second = client.sent(content, "a.png"), client.sent(content, "b.png")
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json()["created_new"] is False
    assert first.json()["id"] != second.json()["id"]
    digest = hash_of(content).removeprefix("blake3:")
    assert len(door.rows(f"SELECT * FROM musings_uploads WHERE blake3 = '{digest}'")) == 1


def test_a_record_can_be_made_over_bytes_that_are_here(client: V2Client) -> None:
    content = png("olive")
    digest = hash_of(content)
    assert client.http.head(f"/assets/by-hash/{digest}").status_code == 404
    refusal(client.http.post("/assets/from-hash", json={"hash": digest}), 404, "blob_not_found")
    client.sent(content)
    assert client.http.head(f"/assets/by-hash/{digest}").status_code == 200
    made = client.http.post("/assets/from-hash", json={"hash": digest, "file_path": "c.png", "tags": ["x"]})
    again = client.http.post("/assets/from-hash", json={"hash": digest, "file_path": "c.png", "expires_in": 604_800})
    assert (made.status_code, again.status_code) == (201, 200)
    assert made.json()["id"] == again.json()["id"]
    assert again.json()["expires_at"] > made.json()["expires_at"]
    for odd in ("blake3:xyz", "sha256:" + "0" * 64, "%00"):
        assert client.http.head(f"/assets/by-hash/{odd}").status_code == 404


def test_the_same_key_with_the_same_file_is_the_same_asset(client: V2Client) -> None:
    key, content = str(uuid.uuid4()), png("teal")
    first, again = client.sent(content, key=key), client.sent(content, key=key)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    refusal(client.sent(png("pink"), key=key), 422, "idempotency_key_reuse")
    refusal(client.sent(content, "other.png", key=key), 422, "idempotency_key_reuse")


@pytest.mark.parametrize(
    ("content", "fields", "status", "code"),
    [
        (b"no picture", {}, 422, "invalid_request"),
        (b"", {}, 422, "invalid_request"),
        (png(), {"expected_hash": "blake3:" + "0" * 64}, 409, "hash_mismatch"),
        (png(), {"expected_hash": "md5:1"}, 422, "invalid_request"),
        (png(), {"expires_in": "59"}, 422, "invalid_request"),
        (png(), {"expires_in": "soon"}, 422, "invalid_request"),
        (png(), {"tags": "x" * 101}, 422, "invalid_request"),
        (png(), {"file_path": "a\nb"}, 422, "invalid_request"),
    ],
)
def test_what_cannot_be_kept_says_why(
    client: V2Client, door: ComfyUIDoor, content: bytes, fields: dict[str, str], status: int, code: str
) -> None:
    before = door.rows("SELECT count(*) AS n FROM musings_comfyui_assets")
    refusal(client.sent(content, **fields), status, code)
    assert door.rows("SELECT count(*) AS n FROM musings_comfyui_assets") == before


def test_a_form_must_be_one(client: V2Client) -> None:
    refusal(client.http.post("/assets", json={}), 415, "unsupported_media_type")
    refusal(client.http.post("/assets", data={"file": "x"}, files={"other": b"x"}), 422, "invalid_request")
    refusal(client.http.post("/assets", files={"file": ("x.png", png())}), 422, "invalid_request")


def test_a_file_that_is_too_large_is_turned_away(tmp_path: Path, fresh_database: Path) -> None:
    with comfyui_door(tmp_path, fresh_database, worker=False, media={"max_upload_megabytes": 1}) as small:
        refusal(V2Client(small).sent(b"\x89PNG" + b"x" * 1_200_000), 413, "payload_too_large")


def test_a_client_that_dies_in_the_middle_of_a_file_leaves_nothing(client: V2Client, door: ComfyUIDoor) -> None:
    content = png("khaki", (200, 200))
    with sending_half_a_file(door, content):
        pass
    assert client.http.head(f"/assets/by-hash/{hash_of(content)}").status_code == 404
    assert list(door.api.media_root.received.glob("*")) == []
    assert client.sent(content).status_code == 201


def test_many_at_once_with_one_key_are_one_asset(client: V2Client, door: ComfyUIDoor) -> None:
    content = png("salmon")
    with ThreadPoolExecutor(6) as threads:
        found = list(threads.map(lambda _: client.sent(content, key="once").json()["id"], range(12)))
    assert len(set(found)) == 1
    assert len(door.rows(f"SELECT * FROM musings_comfyui_assets WHERE id = '{found[0]}'")) == 1


def test_an_asset_in_a_graph_is_an_input_of_the_job(client: V2Client, door: ComfyUIDoor) -> None:
    asset = client.sent(png("blue"), "../odd/näme.png").json()
    job = client.ended(client.queued(uses(asset["id"]))["id"])
    assert job["status"] == "succeeded", job
    [output] = job["outputs"]
    assert pixel(client.http.get(output["url"]).content) == (255, 255, 0)
    # The prompt holds the file by itself: the record may go.
    assert client.http.delete(f"/assets/{asset['id']}").status_code == 204
    refusal(client.http.delete(f"/assets/{asset['id']}"), 404, "not_found")
    refusal(client.post(uses(asset["id"])), 422, "missing_asset")
    # And what it made is an input of the next one.
    back = client.ended(client.queued(uses(output["id"]))["id"])
    assert pixel(client.http.get(back["outputs"][0]["url"]).content) == (0, 0, 255)
    refusal(client.http.delete(f"/assets/{output['id']}"), 409, "asset_in_use")
    assert client.http.get(f"/jobs/{back['id']}/workflow").json()["workflow"]["1"]["inputs"]["image"].endswith(".png")


def test_only_what_nodes_can_load_is_an_input(client: V2Client) -> None:
    words = client.ended(client.queued(spoken("only words"))["id"])["outputs"][0]
    refusal(client.post(uses(words["id"])), 422, "missing_asset")
    for odd in (str(uuid.uuid4()), str(OutputId(999_999)), "x", "\0"):
        refusal(client.post(uses(odd)), 422, "missing_asset")


def test_who_may_only_write_uses_what_it_sent_and_nothing_else(tmp_path: Path, fresh_database: Path) -> None:
    with comfyui_door(tmp_path, fresh_database, worker=False, security={"require_auth": True}) as locked:
        mine, other = (V2Client(locked, locked.token(Scope.WRITE)) for _ in range(2))
        reader = V2Client(locked, locked.token(Scope.READ, Scope.WRITE))
        content = png("plum")
        asset, path = mine.sent(content).json(), f"/assets/by-hash/{hash_of(content)}"
        assert [each.http.head(path).status_code for each in (mine, other, reader)] == [200, 404, 200]
        refusal(other.http.post("/assets/from-hash", json={"hash": hash_of(content)}), 404, "blob_not_found")
        # Sent again by somebody else it is new, as far as they are told.
        assert other.sent(content).json()["created_new"] is True
        assert mine.post(uses(asset["id"])).status_code == 201
        refusal(other.post(uses(asset["id"])), 422, "missing_asset")
        refusal(mine.http.get(f"/assets/{asset['id']}"), 403, "forbidden")
        refusal(other.http.delete(f"/assets/{asset['id']}"), 404, "not_found")
        assert mine.http.delete(f"/assets/{asset['id']}").status_code == 204
