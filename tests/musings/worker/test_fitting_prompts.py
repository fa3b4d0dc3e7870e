"""Workflows that a server takes only with care: seeds, films, models of another system, numbers as texts."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fake_comfyui.nodes import NodeClass, link, whole
from fake_comfyui.server import FakeComfy
from musings.config.settings import Settings
from musings.errors import InvalidInputError
from musings.forms.checking import check_parameters
from musings.makers.choice import Makers
from musings.makers.parameters import seed_of, values_for
from musings.models import ArtifactType, FormField, NewPrompt, Prompt
from musings.requests.intake import checked
from musings.requests.request import PromptRequest
from musings.store.database import Database
from musings.store.gallery import artifacts, prompts
from musings.store.queue import attempts, submission
from musings.worker import assemble
from tests.conftest import MakeSettings
from tests.musings.makers.comfyui.graphs import Graph, film, node, painting

LIMIT = 65535
SMALL_SEED = NodeClass("CaseSmallSeed", {"image": link("IMAGE"), "seed": whole(0, 0, LIMIT)}, ("IMAGE",))
MODELS = ("fake_image_v1.safetensors", "SD15/inner.safetensors")


@pytest.fixture
def fake() -> Iterator[FakeComfy]:
    with FakeComfy(more=[SMALL_SEED], models=MODELS) as started:
        yield started


@pytest.fixture
def settings(make_settings: MakeSettings, fake: FakeComfy) -> Settings:
    return make_settings(
        processing={"backoff_seconds": 0.01, "timeout_seconds": 30, "max_attempts": 2},
        media={"comfyui": {"host": fake.url, "stall_seconds": 5}},
    )


Run = Callable[..., Prompt]


@pytest.fixture
def run(settings: Settings, database: Database) -> Run:
    def drained(graph: Graph, **wanted: Any) -> Prompt:
        settings.media.workflows.mkdir(exist_ok=True)
        (settings.media.workflows / "image_case.json").write_text(json.dumps(graph))
        (settings.media.workflows / "image_case.form.toml").write_text("[fields.count]\nhidden = true\n")
        prompt, _ = database.writing(submission.add, NewPrompt("a fox", "image", workflow="image_case", **wanted))
        assemble.runner(settings, database).run_queue_processor(drain=True)
        return database.reading(prompts.get, prompt.id)

    return drained


def small_seed() -> Graph:
    graph = painting() | {"20": node("CaseSmallSeed", image=["8", 0], seed=7)}
    graph["9"]["inputs"]["images"] = ["20", 0]
    return graph


def test_drawn_seeds_are_within_the_bounds_of_the_server(run: Run, database: Database) -> None:
    found = [run(small_seed(), parameters={"count": 2}) for _ in range(3)]
    for prompt in found:
        assert prompt.status == "completed", prompt.error_message
        seeds = [each.metadata["seed"] for each in database.reading(artifacts.of_prompts, [prompt.id])]
        assert len(set(seeds)) == 2
        assert all(0 <= seed <= LIMIT for seed in seeds)
        [attempt] = database.reading(attempts.of_prompts, [prompt.id])[prompt.id]
        assert (attempt.parameters or {})["seed"] == seeds[0]


def test_a_server_with_narrower_bounds_than_the_form_knew(
    make_settings: MakeSettings, database: Database, fake: FakeComfy
) -> None:
    """The first server tells of the classes, the second one alone has the model."""
    wide = replace(SMALL_SEED, required={"image": link("IMAGE"), "seed": whole(0, 0, 2**64 - 1)})
    with FakeComfy(more=[wide], models=("other.safetensors",)) as first:
        settings = make_settings(
            processing={"backoff_seconds": 0.01, "max_attempts": 2}, media={"comfyui": {"hosts": [first.url, fake.url]}}
        )
        settings.media.workflows.mkdir(exist_ok=True)
        (settings.media.workflows / "image_case.json").write_text(json.dumps(small_seed()))
        drawn, _ = database.writing(submission.add, NewPrompt("a fox", "image", workflow="image_case"))
        given = {"seed": LIMIT + 1}
        written, _ = database.writing(
            submission.add, NewPrompt("a fox", "image", workflow="image_case", parameters=given)
        )
        assemble.runner(settings, database).run_queue_processor(drain=True)
    found = database.reading(prompts.get, drawn.id)
    assert found.status == "completed", found.error_message
    [artifact] = database.reading(artifacts.of_prompts, [found.id])
    assert artifact.metadata["backend"] == fake.url
    assert artifact.metadata["seed"] == seed_of(found) % (LIMIT + 1)
    [attempt] = database.reading(attempts.of_prompts, [found.id])[found.id]
    assert (attempt.parameters or {})["seed"] == artifact.metadata["seed"]
    refused = database.reading(prompts.get, written.id)
    assert (refused.status, refused.attempts_used) == ("failed", 1)
    assert f"The seed {LIMIT + 1} is not from 0 to {LIMIT}" in (refused.error_message or "")


def test_several_from_the_greatest_seed_on_go_round(run: Run, database: Database) -> None:
    found = run(small_seed(), parameters={"count": 3, "seed": LIMIT})
    assert found.status == "completed", found.error_message
    seeds = [each.metadata["seed"] for each in database.reading(artifacts.of_prompts, [found.id])]
    assert seeds == [LIMIT, 0, 1]


def test_a_seed_that_is_too_large_is_refused_at_submit(settings: Settings) -> None:
    settings.media.workflows.mkdir(exist_ok=True)
    (settings.media.workflows / "image_case.json").write_text(json.dumps(small_seed()))
    pipelines = Makers(settings)
    try:
        with pytest.raises(InvalidInputError, match="from 0 to 65535"):
            prepared(pipelines, {"seed": LIMIT + 1})
        assert prepared(pipelines, {"seed": LIMIT}).parameters["seed"] == LIMIT
    finally:
        pipelines.close()


def prepared(pipelines: Makers, parameters: dict[str, Any]) -> NewPrompt:
    return checked(pipelines, PromptRequest("a fox", "image", workflow="image_case", parameters=parameters))


def test_a_seed_that_was_taken_when_nobody_could_tell_fails_with_its_bounds(
    run: Run, database: Database, fake: FakeComfy
) -> None:
    found = run(small_seed(), parameters={"seed": LIMIT + 1})
    assert found.status == "failed"
    assert "65535" in (found.error_message or "")
    assert sum(fake.counts.executions.values()) == 0


def test_several_films_are_several_runs(run: Run, database: Database, fake: FakeComfy) -> None:
    found = run(film(), parameters={"count": 3})
    assert found.status == "completed", found.error_message
    made = database.reading(artifacts.of_prompts, [found.id])
    assert [each.artifact_type for each in made] == [ArtifactType.VIDEO] * 3
    assert all(each.metadata["duration"] == pytest.approx(1.0, abs=0.3) for each in made)
    assert sum(fake.counts.posts.values()) == 3


@pytest.mark.parametrize("name", ["SD15\\inner.safetensors", "SD15/inner.safetensors"])
def test_a_model_with_a_path_of_another_system(run: Run, settings: Settings, name: str) -> None:
    graph = painting()
    graph["4"]["inputs"]["ckpt_name"] = name
    found = run(graph)
    assert found.status == "completed", found.error_message
    pipelines = Makers(settings)
    checked = pipelines.check("image_case")
    pipelines.close()
    assert (checked.usable, checked.problems) == (True, [])


def test_numbers_written_as_texts(run: Run, settings: Settings, database: Database) -> None:
    graph = painting()
    graph["5"]["inputs"] |= {"width": "96", "height": "64"}
    graph["3"]["inputs"] |= {"seed": "5", "steps": "2"}
    found = run(graph)
    assert found.status == "completed", found.error_message
    [artifact] = database.reading(artifacts.of_prompts, [found.id])
    assert (artifact.metadata["width"], artifact.metadata["height"]) == (96, 64)
    pipelines = Makers(settings)
    assert pipelines.check("image_case").problems == []
    pipelines.close()


def test_the_drawn_seed_is_the_same_whether_the_form_or_the_server_bounds_it(
    run: Run, settings: Settings, database: Database, tmp_path: Path
) -> None:
    found = run(small_seed())
    [artifact] = database.reading(artifacts.of_prompts, [found.id])
    pipelines = Makers(settings)
    known = values_for(pipelines.choose(found.kind or "image", found), found)  # type: ignore[arg-type]
    pipelines.close()
    assert known["seed"] == artifact.metadata["seed"]


def test_a_choice_is_taken_with_the_slashes_of_the_other_system() -> None:
    form = [FormField("model", "choice", "Model", choices=("SD15/inner.safetensors",))]
    assert check_parameters(form, {"model": "SD15\\inner.safetensors"}) == {"model": "SD15/inner.safetensors"}
    with pytest.raises(InvalidInputError, match="must be one of"):
        check_parameters(form, {"model": "inner.safetensors"})
