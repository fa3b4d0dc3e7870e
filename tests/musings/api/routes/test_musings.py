"""``/api/musings``: started once for a key, followed, stopped, answered; its prompts say whose they are."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from musings.config.settings import Settings
from tests.musings.api.conftest import Api, problem, serving
from tests.musings.api.entering import locked_api
from tests.musings.api.streams import stream
from tests.musings.chains.studio import TWO, Studio

GATED = TWO.replace('prompt = "{{idea}}"', 'prompt = "{{idea}}"\ngate = { ask = "edit", question = "Good?" }')


@pytest.fixture
def api(settings: Settings, fresh_database: Path) -> Iterator[Api]:
    with serving(settings, fresh_database) as served:
        yield served


@pytest.fixture
def studio(api: Api) -> Studio:
    return Studio(api.database)


def started(api: Api, toml: str = TWO, **more: Any) -> dict[str, Any]:
    name = api.http.post("/api/chains", json={"toml": toml}).json()["name"]
    answer = api.http.post("/api/musings", json={"chain": name, "idea": "a fox", **more})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_one_is_started_and_followed_to_its_end(api: Api, studio: Studio) -> None:
    made = started(api, priority=3)
    assert (made["status"], made["chain"], made["priority"]) == ("running", "two", 3)
    assert [(each["name"], each["state"]) for each in made["steps"]] == [("poem", "running"), ("picture", "waiting")]
    studio.make()
    found = api.http.get(f"/api/musings/{made['id']}").json()
    assert found["status"] == "completed"
    poem, picture = found["steps"]
    assert poem["prompts"][0]["writing"]["title"] == "Title 1"
    assert [each["artifact_type"] for each in picture["prompts"][0]["artifacts"]] == ["image"]
    assert picture["prompt_ids"] == [2]


def test_its_prompts_say_whose_they_are_and_can_be_asked_for(api: Api, studio: Studio) -> None:
    alone = api.submit("a hare")
    made = started(api)
    studio.make()
    [picture, poem] = api.http.get("/api/prompts", params={"musing": made["id"]}).json()["items"]
    assert (poem["musing_id"], poem["musing_step"], poem["musing_number"]) == (made["id"], "poem", 1)
    assert picture["musing_step"] == "picture"
    assert api.http.get(f"/api/prompts/{alone['id']}").json()["musing_id"] is None
    assert api.http.get("/api/prompts", params={"musing": 99}).json()["items"] == []
    assert len(api.http.get("/api/prompts", params={"order": "queue", "musing": made["id"]}).json()["items"]) == 0


def test_the_event_stream_tells_of_a_musing_that_moves(api: Api) -> None:
    with stream(api.address) as events:
        made = started(api)
        told = events.until(lambda event: event.event == "musing")[-1]
        assert (told.data["id"], told.data["status"]) == (made["id"], "running")
        api.http.post(f"/api/musings/{made['id']}/cancel")
        events.until(lambda event: event.event == "musing" and event.data["status"] == "cancelled")


def test_the_same_key_starts_one(api: Api) -> None:
    api.http.post("/api/chains", json={"toml": TWO})
    body, key = {"chain": "two", "idea": "a fox"}, {"Idempotency-Key": "k"}
    first, again = (api.http.post("/api/musings", json=body, headers=key) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.headers["Location"] == f"/api/musings/{first.json()['id']}"
    other = problem(api.http.post("/api/musings", json={**body, "idea": "a hare"}, headers=key), 422)
    assert other["errors"][0]["where"] == "Idempotency-Key"


def test_they_are_listed_newest_first_page_by_page(api: Api) -> None:
    ids = [started(api)["id"] for _ in range(3)]
    first = api.http.get("/api/musings", params={"limit": 2}).json()
    rest = api.http.get("/api/musings", params={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert [each["id"] for each in [*first["items"], *rest["items"]]] == ids[::-1]
    assert rest["next_cursor"] is None
    assert api.http.get("/api/musings", params={"chain": "album"}).json()["items"] == []


def test_a_gate_asks_and_goes_on_with_the_edited_text(api: Api, studio: Studio) -> None:
    made = started(api, GATED)
    place = f"/api/musings/{made['id']}/gates/poem"
    problem(api.http.post(place, json={"action": "approve"}), 409)
    studio.make()
    asking = api.http.get(f"/api/musings/{made['id']}").json()
    assert (asking["status"], asking["steps"][0]["ask"], asking["steps"][0]["question"]) == ("asking", "edit", "Good?")
    problem(api.http.post(place, json={"action": "choose", "numbers": [1]}), 422)
    problem(api.http.post(f"/api/musings/{made['id']}/gates/opera", json={"action": "approve"}), 404)
    found = api.http.post(place, json={"action": "edit", "edits": [{"text": "A hare."}]}).json()
    assert (found["steps"][0]["edits"], found["steps"][1]["prompts"][0]["prompt_text"]) == (
        {"1": "A hare."},
        "Title 1: A hare.",
    )
    problem(api.http.post(place, json={"action": "approve"}), 409)


def test_the_whole_is_paused_moved_resumed_cancelled_and_tried_again(api: Api, studio: Studio) -> None:
    place = f"/api/musings/{started(api)['id']}"
    paused = api.http.post(f"{place}/pause").json()
    assert paused["status"] == "paused"
    assert "paused" in paused["steps"][0]["prompts"][0]["waiting_reason"]
    assert api.http.patch(place, json={"priority": 1}).json()["steps"][0]["prompts"][0]["priority"] == 1
    assert api.http.post(f"{place}/resume").json()["status"] == "running"
    assert api.http.post(f"{place}/cancel").json()["status"] == "cancelled"
    assert api.http.post(f"{place}/retry").json()["status"] == "running"
    studio.make()
    problem(api.http.post(f"{place}/cancel"), 409)
    problem(api.http.post(f"{place}/retry"), 409)
    problem(api.http.post(f"{place}/retry", params={"step": "opera"}), 404)


def test_a_failed_step_says_what_to_do_and_goes_on(api: Api, studio: Studio) -> None:
    made = started(api)
    studio.make(but=lambda prompt: prompt.kind == "image")
    failed = api.http.get(f"/api/musings/{made['id']}").json()
    assert failed["problem"] == (
        f"picture: Prompt 2: no paint. `musings musing retry {made['id']} --step picture` makes it anew and goes on."
    )
    assert api.http.post(f"/api/musings/{made['id']}/retry", params={"step": "picture"}).json()["status"] == "running"
    assert studio.make() == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"chain": "opera", "idea": "x"}, 404),
        ({"chain": "musing", "idea": " "}, 422),
        ({"chain": "musing", "idea": "x", "parameters": {"colour": 1}}, 422),
        ({"chain": "musing"}, 422),
        ({"chain": "musing", "idea": "x", "priority": 11}, 422),
    ],
)
def test_what_cannot_be_started_is_refused(api: Api, body: dict[str, object], status: int) -> None:
    problem(api.http.post("/api/musings", json=body), status)
    assert api.http.get("/api/musings").json()["items"] == []


def test_who_may_write_only_is_told_that_it_was_done(tmp_path: Path, fresh_database: Path) -> None:
    with locked_api(tmp_path, fresh_database) as door:
        body = {"chain": "musing", "idea": "a secret"}
        made = door.api.http.post("/api/musings", json=body, headers=door.token("write"))
        assert (made.status_code, set(made.json())) == (201, {"id", "status", "created_at"})
        stopped = door.api.http.post(f"/api/musings/{made.json()['id']}/cancel", headers=door.token("write"))
        assert stopped.json()["status"] == "cancelled"
