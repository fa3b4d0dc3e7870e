"""``/api/schedules``: kept, changed, run and removed, over real HTTP."""

from pathlib import Path

import pytest

from tests.conftest import MakeSettings
from tests.musings.api.conftest import Api, problem, serving
from tests.musings.schedules.newspaper import published

POEM = {"prompt_text": "a poem about today", "prompt_type": "poem"}
DAILY = {"name": "morning", "rule": "FREQ=DAILY;BYHOUR=7", "time_zone": "Europe/Berlin", "prompt": POEM}


def test_one_is_kept_changed_and_removed(api: Api) -> None:
    answer = api.http.post("/api/schedules", json=DAILY)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert answer.headers["Location"] == f"/api/schedules/{made['id']}"
    assert (made["prompt"]["prompt_text"], made["musing"], made["enabled"]) == ("a poem about today", None, True)
    assert made["next_times"][0] == made["next_at"]
    assert len(made["next_times"]) == 5
    [listed] = api.http.get("/api/schedules").json()["items"]
    assert listed == {key: value for key, value in made.items() if key != "next_times"}
    assert api.http.get(f"/api/schedules/{made['id']}").json() == made

    paused = api.http.patch(f"/api/schedules/{made['id']}", json={"enabled": False}).json()
    assert (paused["next_at"], paused["next_times"]) == (None, [])
    change = {"enabled": True, "name": "dawn", "starts_at": "2026-01-01T05:30", "rule": "FREQ=DAILY"}
    changed = api.http.patch(f"/api/schedules/{made['id']}", json=change).json()
    assert (changed["name"], changed["starts_at"]) == ("dawn", "2026-01-01T05:30:00")
    assert {each[14:16] for each in changed["next_times"]} == {"30"}
    musing = {"musing": {"chain": "album", "idea": "a fox"}}
    assert api.http.patch(f"/api/schedules/{made['id']}", json=musing).json()["musing"]["chain"] == "album"
    assert api.http.delete(f"/api/schedules/{made['id']}").status_code == 204
    problem(api.http.get(f"/api/schedules/{made['id']}"), 404)
    problem(api.http.delete(f"/api/schedules/{made['id']}"), 404)
    problem(api.http.patch(f"/api/schedules/{made['id']}", json={}), 404)


def test_a_key_makes_one(api: Api) -> None:
    headers = {"Idempotency-Key": "k"}
    first = api.http.post("/api/schedules", json=DAILY, headers=headers)
    again = api.http.post("/api/schedules", json=DAILY, headers=headers)
    assert (first.status_code, again.status_code, first.json()) == (201, 200, again.json())
    found = problem(api.http.post("/api/schedules", json={**DAILY, "name": "x"}, headers=headers), 422)
    assert "idempotency key" in str(found)


def test_one_is_run_now(api: Api) -> None:
    made = api.http.post("/api/schedules", json=DAILY).json()
    headers = {"Idempotency-Key": "k"}
    answer = api.http.post(f"/api/schedules/{made['id']}/run", headers=headers)
    ran = answer.json()
    assert (answer.status_code, answer.headers["Location"]) == (201, f"/api/prompts/{ran['prompt_id']}")
    assert api.http.get(f"/api/prompts/{ran['prompt_id']}").json()["metadata"] == {"schedule": "morning"}
    again = api.http.post(f"/api/schedules/{made['id']}/run", headers=headers)
    assert (again.status_code, again.json()) == (200, ran)
    changed = api.http.patch(f"/api/schedules/{made['id']}", json={"prompt": {"prompt_text": "another"}}).json()
    assert (changed["last_prompt_id"], changed["next_at"]) == (ran["prompt_id"], made["next_at"])
    problem(api.http.post(f"/api/schedules/{made['id']}/run", headers=headers), 422)
    problem(api.http.post("/api/schedules/99/run"), 404)
    chain = {**DAILY, "name": "album", "musing": {"chain": "album", "idea": "a fox"}}
    del chain["prompt"]
    album = api.http.post("/api/schedules", json=chain).json()
    started = api.http.post(f"/api/schedules/{album['id']}/run")
    assert started.headers["Location"] == f"/api/musings/{started.json()['musing_id']}"


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"rule": "FREQ=SECONDLY"}, 422, "once a minute"),
        ({"rule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, 422, "never fire"),
        ({"time_zone": "Mars/Olympus"}, 422, "no time zone"),
        ({"starts_at": "2026-02-31T00:00"}, 422, "no time that a clock shows"),
        ({"starts_at": "tomorrow"}, 422, "starts_at"),
        ({"prompt": {**POEM, "prompt_type": "opera"}}, 422, "opera"),
        ({"prompt": None}, 422, "give prompt or musing"),
        ({"musing": {"chain": "album", "idea": "x"}}, 422, "give prompt or musing"),
        ({"prompt": None, "musing": {"chain": "opera", "idea": "x"}}, 404, "opera"),
        ({"hue": 3}, 422, "hue"),
        ({"name": "taken"}, 409, "already"),
    ],
)
def test_what_is_wrong_is_a_problem(api: Api, change: dict[str, object], status: int, words: str) -> None:
    assert api.http.post("/api/schedules", json={**DAILY, "name": "taken"}).status_code == 201
    assert words in str(problem(api.http.post("/api/schedules", json={**DAILY, **change}), status))


NEWS = {"prompt": {"prompt_text": "of {{headlines}}", "prompt_type": "poem"}}


def test_headlines_are_kept_beside_what_they_are_for_and_change_with_it(api: Api) -> None:
    source = {"feed": "https://example.org/feed.xml", "most": 3}
    made = api.http.post("/api/schedules", json={**DAILY, **NEWS, "headlines": source}).json()
    assert (made["headlines"], made["prompt"]["prompt_text"]) == (source, "of {{headlines}}")
    place = f"/api/schedules/{made['id']}"
    assert api.http.patch(place, json={"name": "news"}).json()["headlines"] == source
    assert "goes with prompt or musing" in problem(api.http.patch(place, json={"headlines": source}), 422)["detail"]
    assert (
        "would go nowhere" in problem(api.http.patch(place, json={"prompt": POEM, "headlines": source}), 422)["detail"]
    )
    assert api.http.patch(place, json={"prompt": POEM}).json()["headlines"] is None
    assert "is missing" in problem(api.http.post("/api/schedules", json={**DAILY, **NEWS, "name": "x"}), 422)["detail"]


def test_what_is_run_now_has_the_headlines_of_now(make_settings: MakeSettings, fresh_database: Path) -> None:
    settings = make_settings(server={"port": 0}, webhooks={"allowed_hosts": ["127.0.0.1"]})
    with serving(settings, fresh_database) as api, published() as paper:
        made = api.http.post(
            "/api/schedules", json={**DAILY, **NEWS, "headlines": {"feed": paper.url, "most": 1}}
        ).json()
        assert api.http.post(f"/api/schedules/{made['id']}/run").status_code == 201
        [prompt] = api.http.get("/api/prompts").json()["items"]
        assert prompt["prompt_text"] == "of Fog over the harbour"
        paper.status = 500
        problem(api.http.post(f"/api/schedules/{made['id']}/run"), 503)
