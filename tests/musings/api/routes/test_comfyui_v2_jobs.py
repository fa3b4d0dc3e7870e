"""``/comfyui/api/v2/jobs``, over real HTTP; with its SDK in ``test_comfyui_sdk``."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from musings.api.comfyui_v2 import KEYS
from musings.security.scopes import Scope
from tests.musings.api.comfyui_clients import ComfyUIDoor, comfyui_door
from tests.musings.api.comfyui_v2_clients import V2Client, refusal, waiting_for_an_answer
from tests.musings.makers.comfyui.graphs import film, node, painting, picture, sounds, spoken
from tests.waiting import until


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory, fresh_database: Path) -> Iterator[ComfyUIDoor]:
    with comfyui_door(tmp_path_factory.mktemp("v2"), fresh_database) as found:
        yield found


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory, fresh_database: Path) -> Iterator[ComfyUIDoor]:
    """A door whose prompts wait: nobody works."""
    with comfyui_door(tmp_path_factory.mktemp("quiet"), fresh_database, worker=False) as found:
        yield found


@pytest.fixture
def client(quiet: ComfyUIDoor) -> V2Client:
    return V2Client(quiet)


@pytest.mark.parametrize(
    ("graph", "outputs"),
    [
        (picture(batch=2), [("2", "image", "image/png"), ("2", "image", "image/png")]),
        (
            sounds(),
            [("2", "audio", "audio/flac"), ("3", "audio", "audio/mpeg"), ("4", "audio", "audio/ogg")],
        ),
        (film(), [("3", "video", "video/mp4")]),
        (spoken("two\n\nlines"), [("2", "text", "text/plain; charset=utf-8")]),
    ],
    ids=["pictures", "sounds", "film", "words"],
)
def test_what_a_graph_makes_are_its_outputs(door: ComfyUIDoor, graph: Any, outputs: list[tuple[str, str, str]]) -> None:
    client = V2Client(door)
    job = client.ended(client.queued(graph)["id"])
    assert job["status"] == "succeeded", job
    found = sorted(job["outputs"], key=lambda each: each["node_id"])
    assert [(each["node_id"], each["type"], each["content_type"]) for each in found] == outputs
    for each in found:
        answer = client.http.get(each["url"])
        assert answer.status_code == 200
        assert len(answer.content) == each["size_bytes"] > 0
        assert client.http.get(f"/assets/{each['id']}").json()["job_id"] == job["id"]
    assert job["metrics"]["execution_ms"] >= 0
    assert job["error"] is None


def test_a_graph_is_run_as_it_was_sent_and_can_be_asked_for(door: ComfyUIDoor) -> None:
    client, graph = V2Client(door), painting(seed=78, text="a {red|blue} fox, %date%")
    job = client.ended(client.queued(graph)["id"])
    assert client.http.get(f"/jobs/{job['id']}/workflow").json() == {"workflow": graph, "format": "api"}
    row = door.rows()[-1]
    assert (row["prompt_text"], row["status"]) == ("a {red|blue} fox, %date%", "completed")


def test_what_a_server_took_from_its_cache_says_so(door: ComfyUIDoor) -> None:
    """With files of its own: a job that has succeeded never comes without."""
    client, graph = V2Client(door), painting(seed=4711)
    first, second = (client.ended(client.queued(graph)["id"]) for _ in range(2))
    assert (first["outputs_reused"], second["outputs_reused"]) == (False, True)
    assert first["outputs"][0]["id"] != second["outputs"][0]["id"]
    contents = [client.http.get(each["outputs"][0]["url"]).content for each in (first, second)]
    assert contents[0] == contents[1]


def test_a_failed_job_names_its_node(door: ComfyUIDoor) -> None:
    client = V2Client(door)
    failing = {"1": node("SaveImage", images="no picture", filename_prefix="x")}
    job = client.ended(client.queued(failing)["id"])
    assert (job["status"], job["outputs"]) == ("failed", [])
    assert (job["error"]["code"], job["error"]["node_id"]) == ("node_execution_error", "1")
    assert job["error"]["class_type"] == "SaveImage"
    assert job["error"]["message"]


def test_a_waiting_job_has_its_place_and_the_contracts_shape(client: V2Client, quiet: ComfyUIDoor) -> None:
    job = client.queued(picture(prefix="waits"))
    assert uuid.UUID(job["id"]).version == 4
    assert (job["status"], job["outputs"], job["error"], job["progress"]) == ("queued", [], None, None)
    assert job["queue_position"] >= 1
    assert job["urls"]["self"] == f"/comfyui/api/v2/jobs/{job['id']}"
    assert client.http.get(f"{quiet.api.address}{job['urls']['self']}").json() == job
    # The other protocol tells of it as well: a job is a prompt, whichever way it came.
    waiting = quiet.client().http.get("/queue").json()["queue_pending"]
    assert job["id"] in [item[1] for item in waiting]
    assert client.job(quiet.client().queued(picture()))["status"] == "queued"


def test_the_same_key_with_the_same_body_is_the_same_job(client: V2Client, quiet: ComfyUIDoor) -> None:
    key = str(uuid.uuid4())
    first = client.post(picture(prefix="once"), key, metadata={"a": "b"})
    again = client.post(dict(reversed(picture(prefix="once").items())), key, metadata={"a": "b"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json()["id"] == first.json()["id"]
    assert len(quiet.rows(f"SELECT * FROM musings_comfyui_jobs WHERE job_id = '{first.json()['id']}'")) == 1
    for other in ({"workflow": picture(prefix="twice")}, {"metadata": {"a": "c"}}, {"priority": 3}):
        body = {"workflow": picture(prefix="once"), "metadata": {"a": "b"}, **other}
        answer = client.http.post("/jobs", json=body, headers={"Idempotency-Key": key})
        error = refusal(answer, 422, "idempotency_key_reuse")
        assert error["details"] == {"job_id": first.json()["id"]}


def test_a_key_whose_job_was_refused_is_free(client: V2Client) -> None:
    key = str(uuid.uuid4())
    refusal(client.post({"1": node("No such class")}, key), 422, "invalid_workflow")
    assert client.post(picture(), key).status_code == 201


def test_a_key_whose_job_was_thrown_away_says_so(client: V2Client, quiet: ComfyUIDoor) -> None:
    key = str(uuid.uuid4())
    job = client.queued(picture(), key)
    quiet.client().http.post("/queue", json={"delete": [job["id"]]})
    assert "removed" in refusal(client.post(picture(), key), 422, "idempotency_key_reuse")["message"]
    refusal(client.http.get(f"/jobs/{job['id']}"), 404, "not_found")


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_a_key_has_bounds(client: V2Client, key: str) -> None:
    refusal(client.post(picture(), key), 422, "invalid_request")


def test_a_client_that_hangs_up_finds_its_job(client: V2Client, quiet: ComfyUIDoor) -> None:
    key = str(uuid.uuid4())
    wanted = uuid.uuid5(KEYS, f"job\0\0{key}")
    with waiting_for_an_answer(quiet, picture(prefix="gone"), key):
        until(lambda: quiet.rows(f"SELECT * FROM musings_comfyui_jobs WHERE job_id = '{wanted}'"))
    again = client.post(picture(prefix="gone"), key)
    assert (again.json()["id"], again.headers["Idempotency-Replayed"]) == (str(wanted), "true")


def test_priority_counts(client: V2Client, quiet: ComfyUIDoor) -> None:
    usual, sooner = client.queued(picture(prefix="u")), client.queued(picture(prefix="s"), priority=2)
    later = client.queued(picture(prefix="l"), priority=-1_000_000)
    waiting = [item[1] for item in quiet.client().http.get("/queue").json()["queue_pending"]]
    assert waiting.index(sooner["id"]) < waiting.index(usual["id"]) < waiting.index(later["id"])
    assert [each["priority"] for each in (usual, sooner, later)] == [0, 2, -1_000_000]
    assert client.job(sooner["id"])["queue_position"] < client.job(usual["id"])["queue_position"]


def test_a_waiting_job_is_canceled_at_once_and_once(client: V2Client) -> None:
    job = client.queued(picture())
    for _ in range(2):
        answer = client.http.post(job["urls"]["cancel"].removeprefix("/comfyui/api/v2"))
        assert (answer.status_code, answer.json()["status"]) == (200, "canceled")
    assert answer.json()["completed_at"] is not None
    refusal(client.http.post("/jobs/nobody/cancel"), 404, "not_found")


def test_a_job_that_has_ended_stays_as_it_is(door: ComfyUIDoor) -> None:
    client = V2Client(door)
    job = client.ended(client.queued(picture(color=3))["id"])
    assert client.http.post(f"/jobs/{job['id']}/cancel").json() == job


def test_jobs_are_listed_by_pages_newest_first(tmp_path: Path, fresh_database: Path) -> None:
    with comfyui_door(tmp_path, fresh_database, worker=False) as quiet:
        client = V2Client(quiet)
        ids = [client.queued(picture(), metadata={"n": str(number % 2)})["id"] for number in range(5)]
        client.http.post(f"/jobs/{ids[0]}/cancel")
        seen, cursor = [], None
        while True:
            page = client.http.get("/jobs", params={"limit": 2, **({"cursor": cursor} if cursor else {})}).json()
            seen += [each["id"] for each in page["jobs"]]
            cursor = page.get("next_cursor")
            if cursor is None:
                break
        assert seen == ids[::-1]
        assert {"outputs", "urls"}.isdisjoint(page["jobs"][0])
        odd = client.http.get("/jobs", params={"metadata[n]": "1"}).json()["jobs"]
        assert [each["id"] for each in odd] == [ids[3], ids[1]]
        assert {each["metadata"]["n"] for each in odd} == {"1"}
        for status, expected in (("canceled", ids[:1]), ("queued,canceled", ids[::-1]), ("expired", [])):
            found = client.http.get("/jobs", params={"status": status}).json()["jobs"]
            assert [each["id"] for each in found] == expected


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"cursor": "x"}, "invalid_cursor"),
        ({"limit": "0"}, "invalid_request"),
        ({"limit": "101"}, "invalid_request"),
        ({"status": "lost"}, "invalid_request"),
    ],
)
def test_an_odd_list_is_refused(client: V2Client, params: dict[str, str], code: str) -> None:
    refusal(client.http.get("/jobs", params=params), 400, code)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ([], 400, "invalid_request"),
        ({}, 422, "invalid_workflow"),
        ({"workflow": {}}, 422, "invalid_workflow"),
        ({"workflow": {"nodes": [], "links": []}}, 422, "workflow_format_ui"),
        ({"workflow": {"1": 7}}, 422, "invalid_workflow"),
        ({"workflow": picture(), "webhook_url": "http://x"}, 422, "invalid_request"),
        ({"workflow": picture(), "extra_data": {"front": True}}, 422, "invalid_request"),
        ({"workflow": picture(), "extra_data": {"api_key_comfy_org": 7}}, 422, "invalid_request"),
        ({"workflow": picture(), "priority": "high"}, 422, "invalid_request"),
        ({"workflow": picture(), "priority": True}, 422, "invalid_request"),
        ({"workflow": picture(), "priority": 1_000_001}, 422, "invalid_request"),
        ({"workflow": {"1": node("LoadImage", image={"__type": "core/ASSET"})}}, 422, "missing_asset"),
        ({"workflow": {"1": node("SaveImage", images=["9", 0])}}, 422, "invalid_workflow"),
    ],
)
def test_what_cannot_be_taken_says_why(client: V2Client, body: Any, status: int, code: str) -> None:
    refusal(client.http.post("/jobs", json=body), status, code)


def test_a_graph_of_which_a_part_is_wrong_is_refused_with_its_node(client: V2Client) -> None:
    """The other protocol makes the good part, and says so; here an answer has no place for it."""
    graph = {**picture(), "5": node("SaveImage", images=["1", 0])}
    error = refusal(client.post(graph), 422, "invalid_workflow")
    [told] = error["details"]["node_errors"]["5"]
    assert (told["field"], told["reason"]) == ("filename_prefix", "required_input_missing")


def test_no_key_of_an_account_is_kept(client: V2Client, quiet: ComfyUIDoor) -> None:
    client.queued(picture(), extra_data={"api_key_comfy_org": "s3cret-of-mine"})
    assert b"s3cret-of-mine" not in quiet.api.settings.database.path.read_bytes()


def test_a_full_queue_says_when_to_come_again(tmp_path: Path, fresh_database: Path) -> None:
    with comfyui_door(tmp_path, fresh_database, worker=False, processing={"max_pending": 1}) as full:
        client, key = V2Client(full), "k"
        client.queued(picture(), key)
        answer = client.post(picture(color=1))
        refusal(answer, 429, "queue_full")
        assert int(answer.headers["Retry-After"]) > 0
        assert client.post(picture(), key).status_code == 201


def test_who_may_only_write_is_told_no_content(tmp_path: Path, fresh_database: Path) -> None:
    with comfyui_door(tmp_path, fresh_database, security={"require_auth": True}) as locked:
        reader, writer = (V2Client(locked, locked.token(scope)) for scope in (Scope.READ, Scope.WRITE))
        job = writer.queued(picture(), "k")
        assert reader.ended(job["id"])["outputs"]
        again = writer.post(picture(), "k").json()
        assert (again["id"], again["status"], again["outputs"]) == (job["id"], "succeeded", [])
        assert writer.http.post(f"/jobs/{job['id']}/cancel").json()["outputs"] == []
        refusal(writer.http.get(f"/jobs/{job['id']}"), 403, "forbidden")
        refusal(reader.post(picture()), 403, "forbidden")
        refusal(V2Client(locked).http.get("/jobs"), 401, "unauthorized")
        # A key counts for its caller alone.
        other = V2Client(locked, locked.token(Scope.WRITE))
        assert other.post(picture(), "k").json()["id"] != job["id"]
        assert V2Client(locked).http.get("/health").json() == {"status": "healthy"}


def test_a_closed_door_says_so(tmp_path: Path, fresh_database: Path) -> None:
    with comfyui_door(tmp_path, fresh_database, worker=False, doors={"comfyui": False}) as closed:
        client = V2Client(closed)
        for path in ("/health", "/jobs", "/assets/x"):
            assert "doors.comfyui" in refusal(client.http.get(path), 404, "door_closed")["message"]


def test_links_lead_back_by_the_address_that_was_used(quiet: ComfyUIDoor) -> None:
    client = V2Client(quiet)
    job = client.queued(picture())
    by_alias = client.http.get(f"{quiet.api.address}/comfy/api/v2/jobs/{job['id']}").json()
    assert by_alias["urls"]["self"] == f"/comfy/api/v2/jobs/{job['id']}"
