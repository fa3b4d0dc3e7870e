"""The same words and seed choose the same, and a recipe that runs again gets what it had."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from comfyui_workflows.template import form_of
from musings.makers.comfyui.resolving import resolved
from musings.models import Instructions, Job, Kind
from tests.comfyui_workflows.saved_files import INFO
from tests.musings.makers.comfyui.graphs import painting, picture

NOW = datetime(2026, 3, 7, tzinfo=UTC)
WORDS = "a {" + "|".join(map(str, range(1_000))) + "} fox"


def job(prompt_id: int, **instructions: Any) -> Job:
    return Job(prompt_id, 1, Kind.IMAGE, "image", WORDS, {}, Path(), instructions=Instructions(**instructions))


def text(found: Job, seed: int | None, number: int = 0, now: datetime = NOW) -> Any:
    graph = painting(text=WORDS)
    form = form_of("a.json", graph, INFO).form
    values = {} if seed is None else {"seed": seed}
    return resolved(graph, INFO, form, found, values, number, now)[0]["6"]["inputs"]["text"]


def test_a_seed_chooses_the_same_in_any_attempt_of_any_prompt() -> None:
    assert text(job(1), 7) == text(replace(job(2), attempt=3), 7, number=1) != text(job(1), 8)


def test_without_a_seed_prompts_and_rounds_choose_for_themselves() -> None:
    assert len({text(job(1), None), text(job(2), None), text(job(1), None, number=1)}) == 3
    assert text(job(1), None) == text(job(1), None)


def test_what_a_recipe_chose_is_put_in_place_again_for_each_round() -> None:
    again = job(1, reproduces=5, resolved=[{"6": {"text": "a violet fox"}}, None, "odd"])
    assert text(again, 7) == "a violet fox"
    assert text(again, 7, number=1) == text(again, 7, number=2) == text(again, 7, number=3) == text(job(1), 7)


def test_nothing_is_chosen_where_nothing_is_dynamic() -> None:
    graph = picture()
    assert resolved(graph, None, form_of("a.json", graph).form, job(1), {}, 0, NOW) == (graph, {})
