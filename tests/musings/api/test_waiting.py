"""What the API says of prompts that wait, and of how long the queue will take."""

import json
import os
from datetime import timedelta
from typing import Any

import pytest

from musings import process
from musings.models import Kind, Prompt
from musings.store import times
from musings.store.queue import claims, endings, pause, workers
from tests.musings.api.conftest import Api

NOBODY = "No ComfyUI is free. Start one."


def claim(api: Api, kind: Kind = Kind.IMAGE) -> Prompt:
    taken = api.database.writing(claims.claim, [kind])
    assert taken is not None
    return taken


def put_back(api: Api, taken: Prompt, *, counted: bool, waits_for: str | None = None) -> None:
    api.database.writing(
        endings.put_back,
        taken,
        at=times.now() + timedelta(hours=1),
        error=NOBODY,
        error_class="Unavailable",
        seconds=0,
        log="",
        counted=counted,
        waits_for=waits_for,
    )


def completed(api: Api) -> None:
    """One image that took ten seconds, so that there is something to reckon with."""
    api.submit(prompt_type="image")
    api.database.writing(endings.complete, claim(api), artifacts=[], writing=None, seconds=10, log="")


def eta(api: Api) -> Any:
    return api.http.get("/api/queue/stats").json()["eta_seconds"]


@pytest.fixture
def worker(api: Api) -> None:
    """The sign of life of a worker: this process."""
    api.database.writing(workers.sign_in, "one", process.identity(os.getpid()), "image")


def test_a_waiting_prompt_says_why_when_and_how_often_it_was_tried(api: Api) -> None:
    made = api.submit(prompt_type="image")
    assert (made["waiting_reason"], made["next_attempt_at"], made["attempts_used"]) == (None, None, 0)
    for _ in range(4):
        put_back(api, claim(api), counted=False, waits_for="comfyui")
        api.sqlite("UPDATE prompts SET next_attempt_at = NULL")
    put_back(api, claim(api), counted=False, waits_for="comfyui")

    body = api.http.get(f"/api/prompts/{made['id']}").json()
    assert (body["attempt"], body["attempts_used"], body["max_attempts"]) == (5, 0, 3)
    assert body["waiting_reason"] == NOBODY
    assert body["next_attempt_at"] is not None


def test_a_failed_prompt_waits_for_nothing(api: Api) -> None:
    made = api.submit(prompt_type="image")
    api.database.writing(endings.fail, claim(api), error="The model is missing.", error_class="x", seconds=0, log="")
    body = api.http.get(f"/api/prompts/{made['id']}").json()
    assert (body["waiting_reason"], body["attempts_used"]) == (None, 1)


@pytest.mark.usefixtures("worker")
def test_how_long_it_takes_is_told_while_something_can_run(api: Api) -> None:
    completed(api)
    api.submit(prompt_type="image")
    assert eta(api) == {"p50": 10.0, "p90": 10.0}


NEVER = json.loads('{"p50": null, "p90": null}')


def test_not_while_no_worker_runs(api: Api) -> None:
    completed(api)
    api.submit(prompt_type="image")
    assert eta(api) == NEVER


@pytest.mark.usefixtures("worker")
def test_not_while_the_queue_is_paused(api: Api) -> None:
    completed(api)
    api.submit(prompt_type="image")
    api.database.writing(pause.set_paused, True)
    assert eta(api) == NEVER


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize(("waits_for", "known"), [("comfyui", False), (None, True)])
def test_not_while_the_next_waits_for_what_is_not_there(api: Api, waits_for: str | None, known: bool) -> None:
    completed(api)
    api.submit(prompt_type="image")
    put_back(api, claim(api), counted=waits_for is None, waits_for=waits_for)
    assert (eta(api) != NEVER) == known
