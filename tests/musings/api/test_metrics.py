"""The figures that Prometheus scrapes are those of the queue."""

import os

from prometheus_client.parser import text_string_to_metric_families

from musings.models import Kind
from musings.process import identity
from musings.store.queue import claims, workers
from tests.musings.api.conftest import Api


def sign_in(api: Api) -> None:
    api.database.writing(workers.sign_in, "w1", identity(os.getpid()), "text,image")


def figures(api: Api) -> dict[str, float]:
    answer = api.http.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    return {
        sample.name + "".join(f"|{value}" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
        if not sample.name.startswith("musings_http")
    }


def test_figures_are_those_of_the_queue(api: Api) -> None:
    for prompt_type in ("text", "poem", "image", "voice"):
        api.submit(prompt_type=prompt_type)
    api.http.post("/api/prompts/4/cancel")
    api.database.writing(claims.claim, [Kind.IMAGE])
    api.sqlite("INSERT INTO prompts (prompt_text, prompt_type, status) VALUES ('x', 'poster', 'unprocessed')")
    api.sqlite("UPDATE prompts SET created_at = datetime('now', '-100 seconds') WHERE id = 1")
    api.http.post("/api/queue/pause")
    sign_in(api)

    found = figures(api)

    age = found.pop("musings_queue_oldest_pending_seconds")
    assert 100 <= age < 160
    assert found == {
        "musings_database_up": 1,
        "musings_prompts|text|pending": 2,
        "musings_prompts|image|processing": 1,
        "musings_prompts|voice|cancelled": 1,
        "musings_prompts|unknown|pending": 1,
        "musings_queue_paused": 1,
        "musings_worker_up": 1,
        "musings_prompts_completed_last_hour": 0,
    }
    stats = api.http.get("/api/queue/stats").json()
    assert stats["by_kind"]["text"] == {"pending": 2}
    assert (stats["pending"], stats["processing"], stats["paused"]) == (3, 1, True)


def test_the_figures_count_what_was_completed(api: Api) -> None:
    api.keep("image/1_x/a.png", b"x")
    assert figures(api)["musings_prompts_completed_last_hour"] == 1
    assert api.http.get("/api/queue/stats").json()["rate_per_hour"] == 1
