"""From stored values to answers, whatever other programs left in the rows."""

import json
from datetime import timedelta
from types import SimpleNamespace

import pytest

from musings.models import Artifact, Json, Kind, Prompt
from musings.store import times
from musings.store.database import Database
from musings.store.gallery import prompts
from musings.store.queue import claims, endings, in_flight, pause, workers
from musings.views import present
from tests.musings.store.adding import add, shell
from tests.musings.store.queue.taking import claimed

NOBODY = SimpleNamespace(workflows=lambda: [])


def shown(database: Database, *ids: int) -> list[dict[str, Json]]:
    found = [database.reading(prompts.get, each) for each in ids]
    return [each.model_dump(mode="json") for each in present.prompt_responses(database, found, 3)]


def nested(levels: int) -> Json:
    value: Json = 1
    for _ in range(levels):
        value = {"a": [value]}
    return value


@pytest.mark.parametrize(("levels", "kept"), [(1, True), (49, True), (51, False), (5000, False)])
def test_what_is_nested_too_deeply_is_named_only(levels: int, kept: bool) -> None:
    value = nested(levels)
    told = present.shallow(value)
    assert (told == value if levels < 900 else False) is kept
    assert json.dumps(told)


def test_a_prompt_has_everything_that_belongs_to_it(database: Database) -> None:
    taken = claimed(database, parameters={"seed": 1})
    waiting = add(database)
    database.writing(in_flight.report_progress, taken.id, 1, {"value": 1, "max": 4, "stage": "sampling"})
    first, second = shown(database, taken.id, waiting.id)
    assert (first["status"], first["progress"]["stage"], first["position"]) == ("processing", "sampling", None)
    assert [each["status"] for each in first["attempts"]] == ["running"]
    assert (second["position"], second["attempts"], second["artifacts"], second["writing"]) == (1, [], [], None)
    assert present.prompt_responses(database, [], 3) == []


@pytest.mark.parametrize("progress", ["[]", '{"value": "x"}', "no json", '"words"'])
def test_what_is_no_progress_is_none(database: Database, progress: str) -> None:
    taken = claimed(database)
    shell(database, "UPDATE prompts SET progress = ?", progress)
    told = shown(database, taken.id)[0]["progress"]
    assert told is None or told["max"] == 1


def test_a_workflow_that_changed_since_is_told(database: Database) -> None:
    made = add(database, prompt_type="image")
    shell(database, "UPDATE prompts SET workflow_hash = 'old'")
    shell(
        database,
        "INSERT INTO workflow_versions (hash, name, source, content, created_at)"
        " VALUES ('old', 'fox', 'comfyui', '', 0)",
    )
    found = [database.reading(prompts.get, made.id)]
    for current, newer in (({"fox": "new"}, True), ({"fox": "old"}, False), ({}, False)):
        [told] = present.prompt_responses(database, found, 3, lambda current=current: current)  # type: ignore[misc]
        assert told.newer_workflow is newer


def test_addresses_of_files_are_quoted() -> None:
    found = Artifact(7, 1, "image", "image/a b.png", "image/previews/a b#?.webp", {}, None)
    told = present.artifact_meta(found)
    assert (told.file_url, told.preview_url) == ("/api/artifacts/7", "/media/image/previews/a%20b%23%3F.webp")
    assert present.artifact_meta(Artifact(7, 1, "image", "a", None, {}, None)).preview_url is None


def test_an_attempt_is_timed_by_its_own_row(database: Database) -> None:
    taken = claimed(database)
    database.writing(endings.fail, taken, error="e", error_class="C", seconds=9.0, log="l")
    shell(
        database,
        "UPDATE attempts SET started_at = '2026-01-01 00:00:00.000000', finished_at = '2026-01-01 00:00:02.500000'",
    )
    assert shown(database, taken.id)[0]["attempts"][0]["seconds"] == 2.5


def finish(database: Database, seconds: float) -> Prompt:
    taken = claimed(database)
    database.writing(endings.complete, taken, artifacts=[], writing=None, seconds=seconds, log="")
    return taken


def test_how_long_the_queue_takes_is_told_only_while_it_moves(database: Database) -> None:
    for _ in range(3):
        finish(database, 10.0)
    for _ in range(4):
        add(database, prompt_type="image")
    assert present.queue_stats(database, NOBODY, lambda _: True).eta_seconds.p50 is None  # nobody works
    database.writing(workers.sign_in, "w", "1:1", "image")
    told = present.queue_stats(database, NOBODY, lambda _: True)
    assert (told.eta_seconds.p50, told.eta_seconds.p90, told.pending) == (40.0, 40.0, 4)
    assert present.queue_stats(database, NOBODY, lambda _: True).eta_seconds == told.eta_seconds
    database.writing(pause.set_paused, True)
    assert present.queue_stats(database, NOBODY, lambda _: True).eta_seconds.p50 is None


def test_a_kind_that_was_never_made_has_no_estimate(database: Database) -> None:
    finish(database, 10.0)
    database.writing(workers.sign_in, "w", "1:1", "image")
    add(database, prompt_type="music")
    assert present.queue_stats(database, NOBODY, lambda _: True).eta_seconds.p50 is None


def test_who_works_in_words(database: Database) -> None:
    assert present.worker_state(database, lambda _: True) is None
    database.writing(workers.sign_in, "w", "12:345", "text")
    alive = present.worker_state(database, lambda _: True)
    assert alive is not None
    assert (alive.mode, alive.alive, alive.pid, alive.message) == (
        "running",
        True,
        12,
        "a worker is at work (process 12)",
    )
    dead = present.worker_state(database, lambda _: False)
    assert dead is not None
    assert (dead.mode, dead.alive) == ("none", False)
    assert "dead or stuck since" in dead.message


def test_the_first_workflow_of_a_kind_says_whether_it_is_a_sketch(database: Database) -> None:
    listed = [SimpleNamespace(kind=Kind.IMAGE, source=source) for source in ("comfyui", "sketch")]
    makers = SimpleNamespace(workflows=lambda: [*listed, SimpleNamespace(kind=Kind.VOICE, source="sketch")])
    assert present.queue_stats(database, makers, lambda _: True).engine == {"image": False, "voice": True}


def test_what_waits_for_its_time_has_no_place(database: Database) -> None:
    made = add(database)
    later = (times.now() + timedelta(hours=1)).strftime("%Y-%m-%d %H:%M:%S.%f")
    shell(database, "UPDATE prompts SET next_attempt_at = ?", later)
    assert database.writing(claims.claim, list(Kind)) is None
    assert shown(database, made.id)[0]["next_attempt_at"] is not None
