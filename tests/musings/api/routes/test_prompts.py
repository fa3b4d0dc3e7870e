"""``/api/prompts`` over real HTTP, shape by shape as docs/reference/api.md says."""

import json
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from musings.errors import UserFault
from musings.makers.base import Context
from musings.makers.choice import Makers
from musings.models import Job, Kind, Outcome, Prompt
from musings.store.gallery import prompts
from musings.store.queue import claims, in_flight
from musings.worker.attempt import process
from musings.worker.context import AttemptContext
from musings.worker.workshop import Workshop
from tests.doubles import Double, made_text, pipelines_of
from tests.musings.api.conftest import Api, serving_in

RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")

PROMPT_FIELDS = {
    "id", "prompt_text", "prompt_type", "kind", "status", "priority", "config_name", "metadata", "workflow",
    "parameters", "created_at", "processed_at", "completed_at", "output_reference", "error_message",
    "processing_duration", "artifact_status", "artifact_metadata", "attempt", "attempts_used", "max_attempts",
    "next_attempt_at", "waiting_reason",
    "cancel_requested", "starred", "deleted_at", "position", "progress", "attempts", "artifacts", "writing",
    "workflow_hash", "newer_workflow", "unused_words", "reproduces", "enhance",
    "musing_id", "musing_step", "musing_number",
}  # fmt: skip
ARTIFACT_FIELDS = {
    "id", "prompt_id", "artifact_type", "file_path", "preview_path", "metadata", "created_at", "file_url", "preview_url"
}  # fmt: skip


def claim(api: Api, kind: Kind) -> Prompt:
    claimed = api.database.writing(claims.claim, [kind])
    assert claimed is not None
    return claimed


def run(api: Api, kind: Kind, double: Double) -> None:
    """What a worker does with the next prompt of a kind."""
    prompt = claim(api, kind)
    workshop = Workshop(api.database, api.media_root, pipelines_of(double), 3, 0.01, threading.Event())
    process(workshop, prompt, AttemptContext(api.database, prompt, 30))


def broken(_job: Job, context: Context) -> Outcome:
    context.log("loading fox.safetensors")
    raise UserFault("The model is missing.", hint="Install it.", log="stderr: no such file")


def test_submit_answers_201_with_the_prompt_and_where_it_is(api: Api) -> None:
    answer = api.http.post(
        "/api/prompts",
        json={
            "prompt_text": "ein Fuchs im Schnee 🦊",
            "prompt_type": "image",
            "priority": 2,
            "metadata": {"mood": "still", "tags": ["fox", None, 1.5]},
            "workflow": "sketch-image",
            "parameters": {"width": 512, "seed": 2**53 - 1},
            "count": 3,
            "config_name": "winter",
        },
    )

    assert answer.status_code == 201
    body = answer.json()
    assert answer.headers["Location"] == f"/api/prompts/{body['id']}"
    assert set(body) == PROMPT_FIELDS
    assert body["prompt_text"] == "ein Fuchs im Schnee 🦊"
    assert (body["prompt_type"], body["kind"], body["status"]) == ("image", "image", "pending")
    assert (body["priority"], body["position"], body["artifact_status"]) == (2, 1, "pending")
    assert body["metadata"] == {"mood": "still", "tags": ["fox", None, 1.5]}
    assert body["parameters"] == {"width": 512, "seed": 2**53 - 1, "count": 3}
    assert (body["workflow"], body["config_name"]) == ("sketch-image", "winter")
    assert RFC3339.fullmatch(body["created_at"])
    assert (body["progress"], body["attempts"], body["artifacts"], body["writing"]) == (None, [], [], None)
    assert api.http.get(answer.headers["Location"]).json() == body


def test_metadata_change_nothing_about_how_a_prompt_runs(api: Api) -> None:
    """Whatever its keys are called: a prompt with metadata is made as the same one without is."""
    asked: dict[str, Any] = {"prompt_type": "image", "parameters": {"seed": 5, "width": 64, "height": 64}}
    said: list[dict[str, Any]] = [
        {}, {"workflow_hash": "abc"}, {"reproduces": 1}, {"document": 3}, {"enhance": True},
        {"parameters": {"width": 128}}, {"workflow": "another"}, {"unused_words": "None of them."},
    ]  # fmt: skip
    sent = [api.submit(metadata=each, **asked) for each in said]
    workshop = Workshop(api.database, api.media_root, Makers(api.settings), 3, 0.01, threading.Event())
    for _ in said:
        prompt = claim(api, Kind.IMAGE)
        process(workshop, prompt, AttemptContext(api.database, prompt, 30))

    made = [api.http.get(f"/api/prompts/{each['id']}").json() for each in sent]
    assert [each["metadata"] for each in made] == said
    assert {each["status"] for each in made} == {"completed"}
    assert [set(each["artifact_metadata"]) for each in made] == [{"count", "primary"}] * len(said)
    for name in ("workflow_hash", "enhance", "reproduces", "unused_words", "workflow"):
        assert {each[name] for each in made} == {None}, name
    assert len({each["artifacts"][0]["metadata"]["sha256"] for each in made}) == 1


def test_submit_takes_the_least(api: Api) -> None:
    body = api.submit("a poem")
    assert (body["prompt_type"], body["kind"], body["priority"]) == ("text", "text", 5)
    assert (body["metadata"], body["parameters"], body["artifact_status"]) == ({}, {}, None)


def test_a_finished_text_prompt_has_its_writing_attempts_and_file(api: Api) -> None:
    api.submit("a poem about foxes", prompt_type="poem")
    run(api, Kind.TEXT, Double(made_text))

    body = api.http.get("/api/prompts/1").json()

    assert (body["status"], body["position"], body["artifact_status"]) == ("completed", None, None)
    assert body["writing"]["title"] == "A title"
    assert (body["writing"]["content"], body["writing"]["word_count"]) == ("a poem about foxes", 4)
    [attempt] = body["attempts"]
    assert (attempt["attempt"], attempt["status"], attempt["backend"]) == (1, "completed", "double")
    assert attempt["seconds"] >= 0
    [artifact] = body["artifacts"]
    assert set(artifact) == ARTIFACT_FIELDS
    assert artifact["file_url"] == f"/api/artifacts/{artifact['id']}"
    assert api.http.get(artifact["file_url"]).text.startswith("a poem about foxes")
    assert body["artifact_metadata"] == {"count": 1, "primary": artifact["file_path"]}
    for name in ("created_at", "processed_at", "completed_at"):
        assert RFC3339.fullmatch(body[name]), name
    listed = api.http.get("/api/prompts/1/artifacts").json()
    assert listed == {"prompt_id": 1, "artifacts": [artifact]}


def test_a_failed_prompt_says_why_and_its_log_says_more(api: Api) -> None:
    api.submit(prompt_type="image")
    run(api, Kind.IMAGE, Double(broken))

    body = api.http.get("/api/prompts/1").json()
    log = api.http.get("/api/prompts/1/log").json()

    assert (body["status"], body["artifact_status"]) == ("failed", "error")
    assert body["error_message"] == "The model is missing. Install it."
    [attempt] = log["attempts"]
    assert log["prompt_id"] == 1
    assert (attempt["attempt"], attempt["status"], attempt["backend"]) == (1, "failed", "double")
    assert "loading fox.safetensors" in attempt["log"]
    assert "stderr: no such file" in attempt["log"]
    assert RFC3339.fullmatch(attempt["finished_at"])


def test_progress_is_shown_while_a_prompt_runs(api: Api) -> None:
    api.submit(prompt_type="image")
    running = claim(api, Kind.IMAGE)
    api.database.writing(
        in_flight.report_progress,
        running.id,
        running.attempt,
        {"value": 3, "max": 20, "stage": "rendering", "eta_seconds": 4.5},
    )

    body = api.http.get("/api/prompts/1").json()

    assert body["progress"] == {"value": 3, "max": 20, "stage": "rendering", "eta_seconds": 4.5}
    assert (body["status"], body["artifact_status"], body["position"]) == ("processing", "processing", None)
    [shown] = api.http.get("/api/queue/stats").json()["running"]
    assert shown["progress"] == body["progress"]


def test_pages_are_walked_by_cursor_while_new_prompts_arrive(api: Api) -> None:
    ids = [api.submit(f"fox {n}")["id"] for n in range(7)]
    seen: list[int] = []
    cursor: str | None = None
    for _ in range(10):
        page = api.http.get("/api/prompts", params={"limit": 2, **({"cursor": cursor} if cursor else {})}).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
        api.submit("another")
    assert seen == sorted(ids, reverse=True)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, [5, 4, 3, 2, 1]),
        ({"status": "pending"}, [5, 4, 3, 2]),
        ({"status": "cancelled, completed"}, [1]),
        ({"prompt_type": "image"}, [5, 3]),
        ({"prompt_type": "image_prompt"}, [5]),
        ({"prompt_type": "text"}, [2, 1]),
        ({"prompt_type": "voice,poem"}, [4, 2]),
        ({"q": "fox"}, [5, 1]),
        ({"q": "FÓX sno"}, [1]),
        ({"q": "owl"}, []),
        ({"artifact_status": "error"}, []),
        ({"artifact_status": "pending"}, [5, 4, 3]),
        ({"starred": "true"}, [3]),
        ({"since": "2100-01-01T00:00:00Z"}, []),
        ({"since": "2020-01-01T00:00:00+02:00"}, [5, 4, 3, 2, 1]),
        ({"status": "pending", "prompt_type": "image", "limit": 1}, [5]),
    ],
)  # fmt: skip
def test_filters(filtered: Api, query: dict[str, str], expected: list[int]) -> None:
    page = filtered.http.get("/api/prompts", params=query).json()
    assert [item["id"] for item in page["items"]] == expected


@pytest.fixture(scope="module")
def filtered(tmp_path_factory: pytest.TempPathFactory, fresh_database: Path) -> Iterator[Api]:
    with serving_in(tmp_path_factory.mktemp("filtered"), fresh_database) as api:
        api.submit("a fox in the snow", prompt_type="prose")
        api.submit("an otter", prompt_type="poem")
        api.submit("a heron", prompt_type="image")
        api.submit("a wren", prompt_type="voice")
        api.submit("the fox again", prompt_type="image_prompt")
        assert api.http.post("/api/prompts/1/cancel").status_code == 200
        assert api.http.patch("/api/prompts/3", json={"starred": True}).status_code == 200
        yield api


def test_rows_of_other_programs_are_listed(api: Api) -> None:
    api.sqlite("INSERT INTO prompts (prompt_text, status) VALUES ('from a shell', 'unprocessed')")
    api.sqlite("INSERT INTO prompts (prompt_text, prompt_type, status) VALUES ('x', 'poster', NULL)")

    items = api.http.get("/api/prompts", params={"status": "pending"}).json()["items"]

    assert [(item["prompt_type"], item["kind"]) for item in items] == [("poster", None), ("text", "text")]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("metadata", "not json"),
        ("metadata", '{"a": NaN, "b": [Infinity]}'),
        ("metadata", '{"a":' * 400 + "1" + "}" * 400),
        ("metadata", "[1, 2]"),
        ("metadata", b"\xff\xfe"),
        ("artifact_metadata", "7"),
        ("progress", '{"value": "many"}'),
        ("progress", "{"),
        ("parameters", '"text"'),
        ("priority", "urgent"),
        ("priority", 99999),
        ("created_at", "yesterday"),
        ("created_at", 1_700_000_000),
        ("completed_at", b"\x00"),
        ("processing_duration", "long"),
        ("output_reference", "seven"),
        ("output_reference", 2**62),
        ("config_name", b"\xff"),
        ("max_attempts", "three"),
        ("prompt_text", b"\xff\xfe"),
        ("prompt_type", b"\xff"),
        ("metadata", '{"a": "\\udc80"}'),
        ("metadata", '{"a": 1e999}'),
        ("status", "resting"),
        ("artifact_status", "resting"),
        ("error_message", "a\x00b\x1b[31m"),
        ("workflow", "gone.json"),
    ],
)
def test_no_value_of_another_program_breaks_the_lists(odd: Api, column: str, value: object) -> None:
    odd.sqlite(f"UPDATE prompts SET {column} = ? WHERE id = 2", value)
    look(odd)


@pytest.mark.parametrize("column", ["prompt_text", "prompt_type", "status", "metadata", "error_message", "created_at"])
def test_nor_does_text_in_another_encoding(odd: Api, column: str) -> None:
    odd.sqlite(f"UPDATE prompts SET {column} = CAST(x'46fc63687365' AS TEXT) WHERE id = 2")
    look(odd)


@pytest.fixture
def odd(odd_server: Api) -> Api:
    """Two prompts: a healthy one, and one to spoil."""
    odd_server.sqlite("DELETE FROM prompts")
    odd_server.sqlite("INSERT INTO prompts (id, prompt_text) VALUES (1, 'a healthy one'), (2, 'an odd one')")
    return odd_server


@pytest.fixture(scope="module")
def odd_server(tmp_path_factory: pytest.TempPathFactory, fresh_database: Path) -> Iterator[Api]:
    with serving_in(tmp_path_factory.mktemp("odd"), fresh_database) as api:
        yield api


def look(api: Api) -> None:
    for path in ("/api/prompts", "/api/prompts/2", "/api/queue/stats", "/metrics", "/api/prompts/2/log"):
        answer = api.http.get(path)
        assert answer.status_code == 200, (path, answer.text)
    assert [item["id"] for item in api.http.get("/api/prompts").json()["items"]] == [2, 1]


class TestIdempotencyKey:
    def test_the_same_request_gives_the_same_prompt(self, api: Api) -> None:
        first = self.send(api, {"prompt_text": "a fox", "metadata": {"a": 1, "b": 2}})
        again = self.send(api, {"metadata": {"b": 2, "a": 1}, "prompt_text": "a fox"})
        assert (first.status_code, again.status_code) == (201, 200)
        assert first.json() == again.json()
        assert first.headers["Location"] == again.headers["Location"]
        assert len(api.http.get("/api/prompts").json()["items"]) == 1

    @pytest.mark.parametrize(
        "other",
        [
            {"prompt_text": "a wren"},
            {"prompt_text": "a fox", "priority": 1},
            {"prompt_text": "a fox", "prompt_type": "image"},
            {"prompt_text": "a fox", "metadata": {"a": 1}},
        ],
    )
    def test_another_request_is_refused(self, api: Api, other: dict[str, Any]) -> None:
        self.send(api, {"prompt_text": "a fox"})
        answer = self.send(api, other)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["where"] == "Idempotency-Key"
        assert "prompt 1" in answer.json()["detail"]

    def test_two_at_the_same_moment_give_one_prompt(self, api: Api) -> None:
        together = threading.Barrier(8)

        def send(_number: int) -> tuple[int, int]:
            together.wait(10)
            answer = self.send(api, {"prompt_text": "a fox"})
            return answer.status_code, answer.json()["id"]

        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(send, range(8)))
        assert sorted(status for status, _ in found) == [200] * 7 + [201]
        assert {prompt_id for _, prompt_id in found} == {1}

    @staticmethod
    def send(api: Api, body: dict[str, Any]) -> Any:
        return api.http.post("/api/prompts", json=body, headers={"Idempotency-Key": "key-1"})


def test_the_queue_is_listed_in_the_order_in_which_it_runs(api: Api) -> None:
    for priority in (5, 9, 1, 5):
        api.submit(priority=priority)
    walked: list[tuple[int, int]] = []
    cursor: str | None = None
    while True:
        query: dict[str, str | int] = {"order": "queue", "limit": 3, **({"cursor": cursor} if cursor else {})}
        page = api.http.get("/api/prompts", params=query).json()
        walked += [(item["id"], item["position"]) for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert walked == [(3, 1), (1, 2), (4, 3), (2, 4)]
    assert api.http.get("/api/prompts?order=queue&status=failed").json()["items"] == []


def test_patch_changes_what_it_names(api: Api) -> None:
    before = api.submit(metadata={"a": 1})
    starred = api.http.patch("/api/prompts/1", json={"starred": True}).json()
    assert starred == {**before, "starred": True}
    changed = api.http.patch("/api/prompts/1", json={"priority": 1, "metadata": {"b": None}}).json()
    assert changed == {**starred, "priority": 1, "metadata": {"b": None}}
    assert api.http.patch("/api/prompts/1", json={}).json() == changed
    assert api.http.get("/api/prompts/1").json() == changed


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"status": "completed"}, "status"),
        ({"priority": 11}, "priority"),
        ({"priority": "2"}, "priority"),
        ({"starred": "yes"}, "starred"),
        ({"metadata": [1]}, "metadata"),
        ({"metadata": {"a": "x" * 100_001}}, "metadata.a"),
    ],
)
def test_patch_refuses_the_rest(api: Api, body: dict[str, Any], where: str) -> None:
    before = api.submit()
    answer = api.http.patch("/api/prompts/1", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["where"] == where
    assert api.http.get("/api/prompts/1").json() == before


def test_position_follows_priority_then_age(api: Api) -> None:
    api.submit("third")
    api.submit("fourth")
    api.submit("first", priority=1)
    api.submit("second", priority=4)
    items = api.http.get("/api/prompts").json()["items"]
    assert {item["prompt_text"]: item["position"] for item in items} == {
        "first": 1,
        "second": 2,
        "third": 3,
        "fourth": 4,
    }


def test_cancel_a_waiting_prompt_and_retry_it(api: Api) -> None:
    api.submit(prompt_type="image")
    cancelled = api.http.post("/api/prompts/1/cancel").json()
    assert (cancelled["status"], cancelled["artifact_status"]) == ("cancelled", "error")
    assert api.http.post("/api/prompts/1/cancel").json() == cancelled
    again = api.http.post("/api/prompts/1/retry").json()
    assert (again["status"], again["artifact_status"], again["error_message"]) == ("pending", "pending", None)


def test_cancel_of_a_running_prompt_asks_it_to_stop(api: Api) -> None:
    api.submit(prompt_type="image")
    claim(api, Kind.IMAGE)
    asked = api.http.post("/api/prompts/1/cancel").json()
    assert (asked["status"], asked["cancel_requested"]) == ("processing", True)
    assert api.http.post("/api/prompts/1/retry").status_code == 409


def test_a_completed_prompt_can_neither_be_cancelled_nor_retried(api: Api) -> None:
    api.submit()
    run(api, Kind.TEXT, Double(made_text))
    for verb in ("cancel", "retry"):
        answer = api.http.post(f"/api/prompts/1/{verb}")
        assert (answer.status_code, answer.headers["content-type"]) == (409, "application/problem+json")
        assert "completed" in answer.json()["detail"]


def test_a_failed_prompt_is_retried_with_fresh_attempts(api: Api) -> None:
    api.submit(prompt_type="image")
    run(api, Kind.IMAGE, Double(broken))
    assert api.http.post("/api/prompts/1/cancel").status_code == 409
    body = api.http.post("/api/prompts/1/retry").json()
    assert (body["status"], body["error_message"], body["completed_at"]) == ("pending", None, None)
    assert [attempt["status"] for attempt in body["attempts"]] == ["failed"]
    assert api.database.reading(prompts.get, 1).attempts_used == 0


def test_an_artifact_as_input_is_checked_before_anything_is_stored(api: Api) -> None:
    """422 for one that is not there or of another kind; the file of the workflow is dropped in by hand."""
    media = api.settings.media.workflows
    media.mkdir(parents=True, exist_ok=True)
    graph = {
        "1": {"class_type": "LoadImage", "inputs": {"image": "example.png"}},
        "2": {"class_type": "SaveImage", "inputs": {"images": ["1", 0], "filename_prefix": "t"}},
    }
    (media / "image_again.json").write_text(json.dumps(graph))
    picture = api.keep("image/1_20261122T101500/0001.png", b"a fox")

    def answered(value: str) -> tuple[int, Any]:
        wanted = {"prompt_text": "a fox", "prompt_type": "image", "workflow": "image_again"}
        answer = api.http.post("/api/prompts", json={**wanted, "parameters": {"image": value}})
        return answer.status_code, answer.json()

    status, taken = answered(f"artifact:{picture}")
    assert (status, taken["parameters"]) == (201, {"image": f"artifact:{picture}"})
    for value, words in (("artifact:999", "There is no artifact 999"), ("../x.png", "input folder")):
        status, problem = answered(value)
        assert status == 422
        assert words in problem["detail"] + json.dumps(problem["errors"])


def test_a_row_that_another_program_forbids(api: Api) -> None:
    api.sqlite("CREATE TRIGGER no_foxes BEFORE INSERT ON prompts BEGIN SELECT RAISE(ABORT, 'no foxes here'); END")
    answer = api.http.post("/api/prompts", json={"prompt_text": "a fox", "prompt_type": "poem"})
    assert answer.status_code == 409, answer.text
    assert answer.json()["detail"].startswith("The tables of the database refuse this row: no foxes here. ")
    assert "INSERT" not in answer.text
