"""``/comfyui/api/v2/jobs/{id}/events``, over real HTTP."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from musings.api.places import MOST_OPEN
from musings.security.scopes import Scope
from musings.store.access import tokens
from musings.store.queue import events
from tests.musings.api.comfyui_clients import ComfyUIDoor, comfyui_door
from tests.musings.api.comfyui_v2_clients import V2Client, refusal
from tests.musings.makers.comfyui.graphs import painting, picture
from tests.waiting import until


@pytest.fixture
def door(tmp_path: Path, fresh_database: Path) -> Iterator[ComfyUIDoor]:
    with comfyui_door(tmp_path, fresh_database) as found:
        yield found


def test_a_job_is_told_from_its_place_to_its_outputs(door: ComfyUIDoor) -> None:
    door.servers[0].pace.step = 0.1
    client = V2Client(door)
    job = client.queued(painting(steps=40))
    with client.events(job["id"]) as told:
        heard = list(told)
    names = [name for name, _ in heard]
    assert names[0] == "status"
    assert {"status", "progress", "output"} <= set(names)
    assert heard[-1] == ("status", {"status": "succeeded", "queue_position": None})
    statuses = [data["status"] for name, data in heard if name == "status"]
    assert statuses == sorted(statuses, key=["queued", "running", "succeeded"].index)
    outputs = [data for name, data in heard if name == "output"]
    assert outputs == client.job(job["id"])["outputs"]
    shares = [data["value"] for name, data in heard if name == "progress"]
    assert shares == sorted(shares)
    assert all(data["nodes_total"] == 7 for name, data in heard if name == "progress")


def test_previews_are_told_with_their_node(door: ComfyUIDoor) -> None:
    door.servers[0].pace.step = 0.2
    client = V2Client(door)
    job = client.queued(painting(steps=100))
    with client.events(job["id"]) as told:
        found = next(data for name, data in told if name == "preview")
        client.http.post(f"/jobs/{job['id']}/cancel")
        last = list(told)[-1]
    assert found["content_type"] in ("image/jpeg", "image/png")
    assert set(found) == {"node_id", "content_type", "data_base64"}
    assert last[1]["status"] in ("canceled", "succeeded")


def test_whoever_comes_later_or_comes_back_is_told_how_it_is(door: ComfyUIDoor) -> None:
    client = V2Client(door)
    job = client.ended(client.queued(picture())["id"])
    for _ in range(2):
        with client.events(job["id"]) as told:
            assert list(told) == [
                ("output", job["outputs"][0]),
                ("status", {"status": "succeeded", "queue_position": None}),
            ]


def test_a_running_job_is_told_at_once_to_who_comes_in_the_middle(door: ComfyUIDoor) -> None:
    door.servers[0].pace.step = 0.3
    client = V2Client(door)
    job = client.queued(painting(steps=40))
    until(lambda: (client.job(job["id"])["progress"] or {}).get("value"))
    with client.events(job["id"]) as told:
        assert next(told) == ("status", {"status": "running", "queue_position": None})
        name, data = next(told)
        assert (name, data["value"] > 0) == ("progress", True)
    client.http.post(f"/jobs/{job['id']}/cancel")
    client.ended(job["id"])


def test_the_place_in_the_queue_is_told_as_it_changes(tmp_path: Path, fresh_database: Path) -> None:
    with comfyui_door(tmp_path, fresh_database, worker=False) as quiet:
        client = V2Client(quiet)
        first, second = client.queued(picture()), client.queued(picture(color=1))
        with client.events(second["id"]) as told:
            assert next(told) == ("status", {"status": "queued", "queue_position": 2})
            client.http.post(f"/jobs/{first['id']}/cancel")
            assert next(told) == ("status", {"status": "queued", "queue_position": 1})
            # Taken away: the stream ends, and nobody waits for ever.
            quiet.client().http.post("/queue", json={"delete": [second["id"]]})
            assert list(told) == []
        refusal(client.http.get(f"/jobs/{second['id']}/events"), 404, "not_found")


def test_what_another_program_wrote_ends_no_stream(tmp_path: Path, fresh_database: Path) -> None:
    with comfyui_door(tmp_path, fresh_database, worker=False) as quiet:
        client = V2Client(quiet)
        job = client.queued(picture())
        number = quiet.rows("SELECT max(id) AS id FROM prompts")[0]["id"]
        with client.events(job["id"]) as told:
            next(told)
            for data in ("no json", "[]", f'{{"id": {number}, "url": "odd"}}'):
                quiet.api.database.writing(events.tell, "preview", number, data)
            client.http.post(f"/jobs/{job['id']}/cancel")
            assert next(told) == ("status", {"status": "canceled", "queue_position": None})


def test_there_are_only_so_many_places(tmp_path: Path, fresh_database: Path) -> None:
    with comfyui_door(tmp_path, fresh_database, worker=False) as quiet, ExitStack() as taken:
        client = V2Client(quiet)
        job = client.queued(picture())
        places = quiet.services.places
        with client.events(job["id"]) as told:
            next(told)
            assert places.taken == 1
        until(lambda: places.taken == 0)
        for _ in range(MOST_OPEN):
            taken.enter_context(places.held())
        answer = client.http.get(f"/jobs/{job['id']}/events")
        refusal(answer, 429, "too_many_streams")
        assert int(answer.headers["Retry-After"]) > 0
        assert client.job(job["id"])["status"] == "queued"


def test_a_token_that_is_revoked_stops_listening(tmp_path: Path, fresh_database: Path) -> None:
    with comfyui_door(tmp_path, fresh_database, worker=False, security={"require_auth": True}) as locked:
        both = locked.token(Scope.READ, Scope.WRITE)
        client = V2Client(locked, both)
        job = client.queued(picture())
        [kept] = locked.api.database.reading(tokens.listing)
        locked.api.database.writing(tokens.revoke, kept.id)
        refusal(client.http.get(f"/jobs/{job['id']}/events"), 401, "unauthorized")
