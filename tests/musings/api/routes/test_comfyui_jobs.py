"""``/comfyui/prompt``, ``/queue``, ``/history``, ``/interrupt`` and ``/api/jobs``, over real HTTP."""

import io
import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from musings.security.scopes import Scope
from tests.musings.api.comfyui_clients import ComfyUIDoor, comfyui_door
from tests.musings.makers.comfyui.graphs import film, node, painting, picture, sounds, spoken
from tests.waiting import until

UNCHANGED = "a {red|blue} fox, 100%cotton%, %date%"


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory, fresh_database: Path) -> Iterator[ComfyUIDoor]:
    with comfyui_door(tmp_path_factory.mktemp("comfyui"), fresh_database) as found:
        yield found


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory, fresh_database: Path) -> Iterator[ComfyUIDoor]:
    """A door whose prompts wait: nobody works."""
    with comfyui_door(tmp_path_factory.mktemp("quiet"), fresh_database, worker=False) as found:
        yield found


def sent_to(door: ComfyUIDoor) -> list[dict[str, Any]]:
    """The graphs that the servers have run."""
    graphs = []
    for server in door.servers:
        history = httpx.get(f"{server.url}/history", trust_env=False).json()
        graphs += [entry["prompt"][2] for entry in history.values()]
    return graphs


def refusal(answer: httpx.Response, status: int = 400) -> dict[str, Any]:
    """The body of a refusal, which has ComfyUI's shape."""
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    assert set(found) == {"error", "node_errors"}
    assert set(found["error"]) == {"type", "message", "details", "extra_info"}
    return found


def test_the_example_of_comfyuis_own_api_gets_its_picture(door: ComfyUIDoor) -> None:
    images = door.client().images(painting())
    assert list(images) == ["9"]
    assert Image.open(io.BytesIO(images["9"][0])).size == (64, 48)


def test_a_graph_is_run_as_it_was_sent(door: ComfyUIDoor) -> None:
    """No seed is drawn, no brace resolved, no percent sign replaced, no title lost."""
    graph = painting(seed=77, text=UNCHANGED)
    graph["9"]["inputs"]["filename_prefix"] = "a {b|c}"
    client = door.client()
    client.history(client.queued(graph))
    assert graph in sent_to(door)
    row = door.rows()[-1]
    assert (row["prompt_text"], row["prompt_type"], row["status"]) == (UNCHANGED, "image", "completed")
    [made] = [
        json.loads(each["metadata"])
        for each in door.rows(f"SELECT * FROM prompt_artifacts WHERE prompt_id = {row['id']}")
    ]
    assert (made["seed"], made["prompt"], made["node"]) == (77, UNCHANGED, "9")


@pytest.mark.parametrize(
    ("graph", "kind", "outputs"),
    [
        (sounds(), "music", {"2": "audio", "3": "audio", "4": "audio"}),
        (film(), "video", {"3": "images"}),
        (spoken("two\n\nlines"), "text", {"2": "text"}),
    ],
    ids=["sounds", "film", "words"],
)
def test_the_kind_is_what_the_graph_makes(door: ComfyUIDoor, graph: Any, kind: str, outputs: dict[str, str]) -> None:
    client = door.client()
    entry = client.history(client.queued(graph))
    assert {name: next(iter(shown)) for name, shown in entry["outputs"].items()} == outputs
    assert door.rows()[-1]["prompt_type"] == kind
    for shown in entry["outputs"].values():
        for key, values in shown.items():
            if key == "text":
                assert values == ["two\n\nlines"]
            elif key != "animated":
                assert all(client.view(file).status_code == 200 for file in values)


def test_a_waiting_job_is_in_the_queue_and_not_in_the_history(quiet: ComfyUIDoor) -> None:
    client = quiet.client()
    graph, before = picture(prefix="waits"), client.http.get("/prompt").json()["exec_info"]["queue_remaining"]
    job_id = client.queued(
        graph, extra_data={"extra_pnginfo": {"workflow": {"id": "w"}}, "api_key_comfy_org": "s3cret"}
    )
    assert client.http.get("/prompt").json()["exec_info"]["queue_remaining"] == before + 1
    queue = client.http.get("/queue").json()
    assert queue["queue_running"] == []
    [item] = [each for each in queue["queue_pending"] if each[1] == job_id]
    assert (item[2], item[4]) == (graph, ["2"])
    assert item[3]["client_id"] == client.client_id
    assert item[3]["extra_pnginfo"] == {"workflow": {"id": "w"}}
    assert client.http.get(f"/history/{job_id}").json() == {}
    job = client.http.get(f"/api/jobs/{job_id}").json()
    assert (job["status"], job["workflow_id"], job["workflow"]["prompt"]) == ("pending", "w", graph)
    kept = quiet.api.settings.database.path.read_bytes()
    assert b"s3cret" not in kept


def test_the_same_id_again_is_the_same_job(quiet: ComfyUIDoor) -> None:
    client, job_id = quiet.client(), str(uuid.uuid4())
    first = client.post(picture(), prompt_id=job_id)
    second = client.post(picture(), prompt_id=job_id)
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert first.json()["prompt_id"] == job_id
    assert len(quiet.rows(f"SELECT * FROM musings_comfyui_jobs WHERE job_id = '{job_id}'")) == 1
    assert refusal(client.post(picture(color=9), prompt_id=job_id))["error"]["type"] == "prompt_id_reused"


def test_front_goes_first(quiet: ComfyUIDoor) -> None:
    client = quiet.client()
    usual, first = client.queued(picture(prefix="usual")), client.queued(picture(prefix="first"), front=True)
    waiting = [item[1] for item in client.http.get("/queue").json()["queue_pending"]]
    assert waiting.index(first) < waiting.index(usual)


def test_a_waiting_job_that_is_taken_away_leaves_no_trace(quiet: ComfyUIDoor) -> None:
    client = quiet.client()
    job_id, other = client.queued(picture()), client.queued(picture())
    assert client.http.post("/queue", json={"delete": [job_id, "unknown"]}).text == ""
    waiting = [item[1] for item in client.http.get("/queue").json()["queue_pending"]]
    assert other in waiting
    assert job_id not in waiting
    assert client.http.get(f"/history/{job_id}").json() == {}
    assert client.http.get(f"/api/jobs/{job_id}").status_code == 404
    [row] = quiet.rows(
        f"SELECT p.* FROM prompts p JOIN musings_comfyui_jobs j ON j.prompt_id = p.id AND j.job_id = '{job_id}'"
    )
    assert row["status"] == "cancelled"
    client.http.post("/queue", json={"clear": True})
    assert client.http.get("/queue").json() == {"queue_running": [], "queue_pending": []}


def test_the_history_is_the_oldest_first_and_can_be_cut(door: ComfyUIDoor) -> None:
    client = door.client()
    ids = [client.queued(picture(prefix=f"h{number}", color=number)) for number in range(3)]
    for each in ids:
        client.history(each)
    whole = list(client.http.get("/history").json())
    assert whole[-1] in ids
    assert list(client.http.get("/history", params={"max_items": 2}).json()) == whole[-2:]
    assert list(client.http.get("/history", params={"max_items": 1, "offset": 0}).json()) == whole[:1]
    assert client.http.get("/history", params={"max_items": 0}).json() == {}


def test_what_is_taken_out_of_the_history_stays_in_the_gallery(door: ComfyUIDoor) -> None:
    client = door.client()
    job_id = client.queued(picture(prefix="forgotten", color=3))
    [file] = client.history(job_id)["outputs"]["2"]["images"]
    client.http.post("/history", json={"delete": [job_id]})
    assert client.http.get(f"/history/{job_id}").json() == {}
    assert client.view(file).status_code == 200
    other = client.queued(picture(prefix="kept", color=4))
    client.history(other)
    client.http.post("/history", json={"clear": True})
    assert client.http.get("/history").json() == {}
    assert door.api.http.get("/api/artifacts").json()["items"]


def test_jobs_are_listed_the_newest_first(door: ComfyUIDoor) -> None:
    client = door.client()
    made = client.queued(picture(prefix="listed", batch=2))
    client.history(made)
    failing = client.queued({"1": node("SaveImage", images="no picture", filename_prefix="x")})
    assert client.history(failing)["status"]["status_str"] == "error"
    found = client.http.get("/api/jobs", params={"limit": 2}).json()
    assert [job["id"] for job in found["jobs"]] == [failing, made]
    assert found["jobs"][0]["execution_error"]["node_id"] == "1"
    assert (found["jobs"][1]["outputs_count"], found["jobs"][1]["preview_output"]["nodeId"]) == (2, "2")
    assert found["pagination"].keys() == {"offset", "limit", "total", "has_more"}
    named = client.http.get("/api/jobs", params={"status": "failed", "limit": 1}).json()
    assert [job["id"] for job in named["jobs"]] == [failing]
    for wrong in ({"limit": 0}, {"status": "mislaid"}, {"offset": -1}):
        assert client.http.get("/api/jobs", params=wrong).status_code == 400


def test_what_runs_can_be_interrupted(door: ComfyUIDoor) -> None:
    client = door.client()
    job_id = client.queued(
        {**painting(seed=5, steps=2000), "10": node("SaveImage", images=["8", 0], filename_prefix="slow")}
    )
    until(lambda: any(item[1] == job_id for item in client.http.get("/queue").json()["queue_running"]), 30)
    assert client.http.post("/interrupt", json={"prompt_id": "another"}).text == ""
    until(
        lambda: client.http.post("/interrupt", content=b"").is_success and client.http.get(f"/history/{job_id}").json(),
        60,
    )
    entry = client.http.get(f"/history/{job_id}").json()[job_id]
    assert (entry["status"]["status_str"], entry["status"]["completed"]) == ("error", False)
    assert entry["status"]["messages"][-1][0] == "execution_interrupted"


@pytest.mark.parametrize(
    ("graph", "kind", "of_node"),
    [
        ({"1": node("NoSuchNode")}, "invalid_prompt", None),
        ({"1": {"inputs": {}}}, "invalid_prompt", None),
        ({"1": "no node"}, "invalid_prompt", None),
        ({}, "prompt_no_outputs", None),
        ([], "prompt_no_outputs", None),
        ({"1": node("EmptyImage", width=8, height=8, batch_size=1, color=0)}, "prompt_no_outputs", None),
        ({"1": node("SaveImage", filename_prefix="x")}, "prompt_outputs_failed_validation", "required_input_missing"),
        (picture(width=-1), "prompt_outputs_failed_validation", "value_smaller_than_min"),
        (
            {"1": node("LoadImage", image="nobody.png"), "2": node("SaveImage", images=["1", 0], filename_prefix="x")},
            "prompt_outputs_failed_validation",
            "custom_validation_failed",
        ),
        (
            {**painting(), "4": node("CheckpointLoaderSimple", ckpt_name="absent.safetensors")},
            "prompt_outputs_failed_validation",
            "value_not_in_list",
        ),
    ],
)
def test_refusals_have_comfyuis_shape(quiet: ComfyUIDoor, graph: Any, kind: str, of_node: str | None) -> None:
    before = len(quiet.rows())
    found = refusal(quiet.client().post(graph))
    assert found["error"]["type"] == kind
    told = {error["type"] for each in found["node_errors"].values() for error in each["errors"]}
    assert told == ({of_node} if of_node else set())
    assert len(quiet.rows()) == before


@pytest.mark.parametrize(
    "content", [b"", b"no json", b"[]", b"{}", b'{"prompt": null}', b'{"prompt": "x"}', b'{"prompt": {"1": NaN}}']
)
def test_a_body_that_is_none_is_refused_in_words(quiet: ComfyUIDoor, content: bytes) -> None:
    assert refusal(quiet.client().http.post("/prompt", content=content))["error"]["message"]


@pytest.mark.parametrize("wrong", [{"prompt_id": ""}, {"prompt_id": "a\nb"}, {"number": "x"}, {"number": 1e300}])
def test_an_id_or_a_number_that_is_none_is_refused(quiet: ComfyUIDoor, wrong: dict[str, Any]) -> None:
    refusal(quiet.client().post(picture(), **wrong))


def test_one_good_output_is_taken_and_the_other_is_named(door: ComfyUIDoor) -> None:
    client = door.client()
    graph = {**picture(prefix="good", color=11), "3": node("SaveImage", filename_prefix="bad")}
    answer = client.post(graph)
    assert (answer.status_code, list(answer.json()["node_errors"])) == (200, ["3"])
    entry = client.history(answer.json()["prompt_id"])
    assert (entry["status"]["status_str"], list(entry["outputs"])) == ("success", ["2"])


def test_only_the_outputs_that_are_asked_for_are_made(door: ComfyUIDoor) -> None:
    client = door.client()
    graph = {**picture(prefix="one", color=12), "3": node("SaveImage", images=["1", 0], filename_prefix="two")}
    entry = client.history(client.queued(graph, partial_execution_targets=["3"]))
    assert (list(entry["outputs"]), entry["prompt"][4]) == (["3"], ["3"])


def test_two_servers_share_the_jobs(tmp_path: Path, fresh_database: Path) -> None:
    with comfyui_door(tmp_path, fresh_database, servers=2) as door:
        client = door.client()
        slow = [client.queued(painting(seed=number, steps=200)) for number in range(6)]
        for each in slow:
            assert client.history(each)["status"]["status_str"] == "success"
        backends = {json.loads(row["metadata"])["backend"] for row in door.rows("SELECT * FROM prompt_artifacts")}
        assert backends == {server.url for server in door.servers}


def test_a_client_that_hangs_up_loses_nothing(door: ComfyUIDoor) -> None:
    client = door.client()
    with client.listening():
        job_id = client.queued(picture(prefix="left", color=13))
    [file] = door.client().history(job_id)["outputs"]["2"]["images"]
    assert door.client().view(file).status_code == 200


@pytest.mark.parametrize("prefix", ["/comfyui", "/comfyui/api", "/comfy", "/comfy/api"])
def test_every_address_leads_to_the_door(quiet: ComfyUIDoor, prefix: str) -> None:
    assert "exec_info" in quiet.api.http.get(f"{prefix}/prompt").json()
    assert quiet.api.http.get("/comfyui/jobs").status_code == 404
    assert quiet.api.http.get("/comfyuis/prompt").status_code == 404


def test_a_closed_door_says_so(tmp_path: Path, fresh_database: Path) -> None:
    with comfyui_door(tmp_path, fresh_database, worker=False, doors={"comfyui": False}) as door:
        for path in ("/prompt", "/object_info", "/view"):
            assert "doors.comfyui" in refusal(door.client().http.get(path), 404)["error"]["message"]
        assert refusal(door.client().post(picture()), 404)


def test_each_scope_opens_what_it_should(tmp_path: Path, fresh_database: Path) -> None:
    """``clear`` and an interrupt without a name are about the caller's own jobs."""
    with comfyui_door(tmp_path, fresh_database, worker=False, security={"require_auth": True}) as door:
        bearer = {
            "reader": door.token(Scope.READ),
            "writer": door.token(Scope.WRITE),
            "both": door.token(Scope.READ, Scope.WRITE),
        }

        def status(who: str | None, method: str, path: str, **more: Any) -> int:
            return door.client(**(bearer[who] if who else {})).http.request(method, path, **more).status_code

        body = {"prompt": picture()}
        assert [status(who, "POST", "/prompt", json=body) for who in (None, "reader", "writer")] == [401, 403, 200]
        assert [status(who, "GET", "/history") for who in (None, "reader", "writer")] == [401, 200, 403]
        assert [status(who, "GET", "/object_info") for who in (None, "reader", "writer")] == [401, 200, 200]
        assert [status(who, "POST", "/interrupt") for who in (None, "reader", "writer")] == [401, 403, 200]
        assert [status(who, "GET", "/view?filename=x.png") for who in (None, "reader", "writer")] == [401, 404, 403]
        refusal(door.client().post(picture()), 401)
        other = door.client(**bearer["both"])
        other.queued(picture(color=5))
        assert len(other.http.get("/queue").json()["queue_pending"]) == 2
        other.http.post("/queue", json={"clear": True})
        [left] = other.http.get("/queue").json()["queue_pending"]
        assert left[2] == picture()


def test_what_a_client_made_can_be_made_again_from_the_page(door: ComfyUIDoor) -> None:
    client = door.client()
    graph = painting(seed=4711, text=UNCHANGED)
    client.history(client.queued(graph))
    first = door.rows()[-1]
    again = door.api.http.post(f"/api/prompts/{first['id']}/reproduce")
    assert again.status_code == 201, again.text
    until(lambda: door.rows()[-1]["status"] == "completed", 60)
    sums = [
        json.loads(row["metadata"])["pixels_sha256"]
        for row in door.rows("SELECT * FROM prompt_artifacts ORDER BY id DESC LIMIT 2")
    ]
    assert sums[0] == sums[1]
    assert door.rows()[-1]["workflow_hash"] == first["workflow_hash"]
