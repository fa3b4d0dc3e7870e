"""Long polls, dry runs, and a queue that is full."""

import json
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from fake_comfyui.server import FakeComfy
from musings.api.waiting import preferred
from musings.requests.request import PromptRequest
from musings.store.database import Database
from tests.conftest import MakeSettings
from tests.musings.api.conftest import Api, problem, serving
from tests.musings.makers.comfyui.graphs import node, painting
from tests.waiting import until

FOX = {"prompt_text": "a fox", "prompt_type": "text"}


@contextmanager
def waiting(api: Api, count: int, *ids: int) -> Iterator[list["Future[httpx.Response]"]]:
    """So many clients that wait five minutes each, once the server has them all."""
    limits = httpx.Limits(max_connections=None)
    with (
        ThreadPoolExecutor(count) as pool,
        httpx.Client(base_url=api.address, timeout=60, limits=limits) as client,
    ):
        asked = [
            pool.submit(client.get, f"/api/prompts/{ids[number % len(ids)]}", params={"wait": 300})
            for number in range(count)
        ]
        until(lambda: api.server.broadcaster.waiters == count)
        yield asked
        for each in asked:
            each.result(30)


def end(api: Api, prompt_id: int, status: str = "completed") -> None:
    api.sqlite("UPDATE prompts SET status = ?, completed_at = '2026-01-01 00:00:00' WHERE id = ?", status, prompt_id)


def test_a_hundred_wait_and_the_rest_is_served(api: Api) -> None:
    first, second = api.submit()["id"], api.submit()["id"]
    with waiting(api, 100, first, second) as asked:
        for _ in range(20):
            assert api.http.get("/api/queue/stats").status_code == 200
        end(api, first)
        ended = [each.result(30).json() for each in asked[::2]]
        assert {(found["id"], found["status"]) for found in ended} == {(first, "completed")}
        assert not any(each.done() for each in asked[1::2])
        assert api.http.post(f"/api/prompts/{second}/cancel").status_code == 200
        assert {each.result(30).json()["status"] for each in asked[1::2]} == {"cancelled"}
    until(lambda: api.server.broadcaster.waiters == 0)


def test_what_has_ended_is_answered_at_once(api: Api) -> None:
    prompt = api.submit()["id"]
    end(api, prompt, "failed")
    found = api.http.get(f"/api/prompts/{prompt}?wait=300").json()
    assert found["status"] == "failed"
    problem(api.http.get("/api/prompts/999?wait=300"), 404)


def test_a_submission_can_wait(api: Api) -> None:
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(api.http.post, "/api/prompts", json=FOX, headers={"Prefer": "respond-async, wait=300"})
        until(lambda: api.server.broadcaster.waiters == 1)
        end(api, 1)
        answer = asked.result(30)
    assert (answer.status_code, answer.json()["status"]) == (201, "completed")
    assert (answer.headers["Preference-Applied"], answer.headers["Location"]) == ("wait=300", "/api/prompts/1")


def test_the_time_is_over_before_the_prompt_is(api: Api) -> None:
    answer = api.http.post("/api/prompts?wait=1", json=FOX)
    assert (answer.status_code, answer.json()["status"]) == (201, "pending")
    assert "Preference-Applied" not in answer.headers
    assert api.http.get("/api/prompts/1?wait=0").json()["status"] == "pending"


@pytest.mark.parametrize("wait", ["301", "-1", "x", "1.5"])
def test_times_that_are_none(lasting_api: Api, wait: str) -> None:
    problem(lasting_api.http.post(f"/api/prompts?wait={wait}", json=FOX), 422)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("wait=7", 7),
        ("respond-async; wait = 7", 7),
        ('WAIT="9"', 9),
        ("wait=100000", 300),
        ("await=7", None),
        ("wait=soon", None),
        ("wait=7x", None),
        ("return=minimal, wait=0", 0),
    ],
)
def test_preferences(header: str | None, seconds: int | None) -> None:
    assert preferred(header) == seconds


def test_a_client_that_leaves_is_waited_for_no_longer(api: Api) -> None:
    prompt = api.submit()["id"]
    with socket.create_connection(("127.0.0.1", api.port)) as client:
        client.sendall(f"GET /api/prompts/{prompt}?wait=300 HTTP/1.1\r\nHost: 127.0.0.1:{api.port}\r\n\r\n".encode())
        until(lambda: api.server.broadcaster.waiters == 1)
    until(lambda: api.server.broadcaster.waiters == 0)


def test_the_server_stops_for_nobody(make_settings: MakeSettings, fresh_database: Path) -> None:
    with serving(make_settings(server={"port": 0}), fresh_database) as api:
        prompt = api.submit()["id"]
        with waiting(api, 3, prompt) as asked:
            api.server.should_exit = True
            assert {each.result(30).json()["status"] for each in asked} == {"pending"}


def rows(database: Database) -> int:
    with database.read() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM prompts").scalar_one())


def test_a_dry_run_queues_nothing(api: Api) -> None:
    api.sqlite(
        "INSERT INTO prompts (prompt_text, prompt_type, status, completed_at, processing_duration, workflow)"
        " VALUES ('a', 'image', 'completed', '2026-01-01', 3.0, 'sketch-image'),"
        " ('b', 'image', 'completed', '2026-01-01', 1.0, NULL), ('c', 'image', 'completed', '2026-01-01', 9.0, 'x')"
    )
    asked = {"prompt_text": "a fox", "prompt_type": "image"}
    headers = {"Idempotency-Key": "once"}
    answer = api.http.post("/api/prompts?validate=1", json=asked, headers=headers)
    assert answer.status_code == 200
    assert answer.json() == {
        "ok": True,
        "problems": [],
        "would_run_on": ["sketch"],
        "estimate": {"p10": 1.0, "p50": 3.0, "p90": 3.0},
    }
    assert "Location" not in answer.headers
    assert rows(api.database) == 3
    assert api.http.post("/api/prompts", json=asked, headers=headers).status_code == 201  # the key is as new


@pytest.mark.parametrize(
    ("asked", "where"),
    [
        ({"prompt_type": "image", "parameters": {"width": 7}}, ["parameters.width"]),
        ({"prompt_type": "imagee"}, ["prompt_type"]),
        ({"prompt_type": "image", "workflow": "none"}, ["workflow"]),
        ({"prompt_type": "image", "metadata": {"a": "\0"}, "prompt_text": " "}, ["prompt_text", "metadata.a"]),
    ],
)
def test_a_dry_run_finds_what_a_submission_would(lasting_api: Api, asked: dict[str, Any], where: list[str]) -> None:
    body = {"prompt_text": "a fox", **asked}
    refused = problem(lasting_api.http.post("/api/prompts", json=body), 422)["errors"]
    found = lasting_api.http.post("/api/prompts?validate=true", json=body).json()
    assert (found["ok"], found["would_run_on"], found["estimate"]) == (False, [], None)
    assert [each["where"] for each in found["problems"]] == where == [each["where"] for each in refused]
    assert all(each["what"] and each["remedy"] for each in found["problems"])


def test_a_dry_run_asks_the_servers(make_settings: MakeSettings, fresh_database: Path, tmp_path: Path) -> None:
    (tmp_path / "media").mkdir()
    lacking = painting() | {"4": node("CheckpointLoaderSimple", ckpt_name="fux.ckpt")}
    for name, graph in {"good": painting(), "lacking": lacking}.items():
        (tmp_path / "media" / f"{name}.json").write_text(json.dumps(graph))
    with FakeComfy() as fake:
        away = "http://127.0.0.1:9"
        media = {"comfyui": {"hosts": [fake.url, away]}}
        with serving(make_settings(server={"port": 0}, media=media), fresh_database) as api:

            def rehearsed(workflow: str) -> dict[str, Any]:
                body = {"prompt_text": "a fox", "prompt_type": "image", "workflow": workflow}
                found: dict[str, Any] = api.http.post("/api/prompts?validate=1", json=body).json()
                return found

            good, bad = rehearsed("good"), rehearsed("lacking")
            assert rehearsed("good") == good
            assert (good["ok"], good["would_run_on"]) == (True, [fake.url])
            assert [each["where"] for each in good["problems"]] == [away]
            assert (bad["ok"], bad["would_run_on"]) == (False, [])
            assert any("fux.ckpt" in each["what"] for each in bad["problems"])
            assert rows(api.database) == 0


def test_a_full_queue(make_settings: MakeSettings, fresh_database: Path) -> None:
    settings = make_settings(server={"port": 0}, processing={"max_pending": 2})
    with serving(settings, fresh_database) as api:
        first = api.http.post("/api/prompts", json=FOX, headers={"Idempotency-Key": "once"})
        api.submit()
        answer = api.http.post("/api/prompts", json=FOX)
        assert "max_pending" in problem(answer, 503)["detail"]
        assert int(answer.headers["Retry-After"]) > 0
        again = api.http.post("/api/prompts", json=FOX, headers={"Idempotency-Key": "once"})
        assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])
        dry = api.http.post("/api/prompts?validate=1", json=FOX).json()
        assert (dry["ok"], dry["problems"][0]["where"]) == (False, "queue")
        api.sqlite("INSERT INTO prompts (prompt_text) VALUES ('from another program')")
        assert rows(api.database) == 3
        for number in (1, 2):  # the row of the other program waits, too
            api.http.post(f"/api/prompts/{number}/cancel")
        assert api.http.post("/api/prompts", json=FOX).status_code == 201


@pytest.mark.parametrize("bound", [0, None])
def test_no_bound(make_settings: MakeSettings, fresh_database: Path, bound: int | None) -> None:
    settings = make_settings(server={"port": 0}, processing={"max_pending": bound})
    with serving(settings, fresh_database) as api:
        assert [api.submit()["id"] for _ in range(3)] == [1, 2, 3]


def test_many_ask_a_server_once() -> None:
    """A server that hangs holds up a dry run for a bounded time, and one thread in all."""
    from musings.makers.base import Checked
    from musings.makers.choice import Makers
    from musings.requests.intake import checked
    from musings.requests.rehearsal import Rehearsals

    release = threading.Event()
    asked: list[str] = []

    class Hanging(Makers):
        def check_words(self, workflow: str | None) -> Checked:
            asked.append("asked")
            release.wait(30)
            return Checked(True, [], ["sketch"])

    pipelines = Hanging()
    rehearsals = Rehearsals(pipelines, lambda *_: [], seconds=0.05)
    for _ in range(3):
        found = rehearsals.rehearse(
            lambda: checked(pipelines, PromptRequest(prompt_text="a", prompt_type="text")), lambda _: None
        )
        assert (found.ok, found.problems[0].what) == (False, "no answer within 0.05 s")
    assert asked == ["asked"]
    release.set()
