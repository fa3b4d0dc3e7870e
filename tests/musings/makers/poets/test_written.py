"""Text prompts that name a workflow file."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from fake_comfyui.server import FakeComfy
from musings.config.settings import Settings
from musings.errors import ConflictError
from musings.makers.choice import Makers
from musings.models import Kind
from musings.requests.intake import checked
from musings.requests.request import PromptRequest
from musings.store.database import Database
from musings.store.gallery import artifacts, prompts
from musings.store.gallery.defaults import WorkflowDefaults
from musings.store.queue import submission
from musings.store.writings import writings
from musings.worker import assemble
from tests.conftest import MakeSettings
from tests.musings.makers.comfyui.graphs import node, picture, spoken


@pytest.fixture
def fake() -> Iterator[FakeComfy]:
    with FakeComfy() as fake:
        yield fake


def test_what_the_workflow_makes_is_the_writing(
    make_settings: MakeSettings, tmp_path: Path, database: Database, fake: FakeComfy
) -> None:
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "text_echo.json").write_text(json.dumps(spoken("hello")))
    (tmp_path / "media" / "text_none.json").write_text(json.dumps(picture()))
    settings = make_settings(media={"comfyui": {"hosts": [fake.url]}})
    pipelines = Makers(settings, defaults=WorkflowDefaults(database))
    made, none = (
        database.writing(submission.add, checked(pipelines, PromptRequest("Roses are red", "poem", workflow=name)))[
            0
        ].id
        for name in ("text_echo", "text_none")
    )
    assert pipelines.check_words("text_echo").places == [fake.url]
    with pytest.raises(ConflictError, match="cannot be the default"):
        pipelines.check_default("text_echo")
    pipelines.close()
    assemble.runner(settings, database).run_queue_processor(drain=True)

    found = database.reading(prompts.get, made)
    assert (found.status, found.error_message) == ("completed", None)
    assert found.output_reference is not None
    writing = database.reading(writings.get, found.output_reference)
    assert ("Roses are red" in str(writing.content), writing.content_type) == (True, "poetry")
    [artifact] = database.reading(artifacts.of_prompts, [made])
    assert (artifact.artifact_type, artifact.metadata["workflow"]) == ("text", "text_echo")
    assert fake.counts.executions.total() == 2

    found = database.reading(prompts.get, none)
    assert found.status == "failed"
    assert "it wrote no text" in (found.error_message or "")


def test_a_workflow_that_makes_texts_alone_is_one_for_texts_and_writes_each_once(
    make_settings: MakeSettings, tmp_path: Path, database: Database
) -> None:
    (tmp_path / "media").mkdir()
    graph = spoken("hello") | {"3": node("SaveText", text=["1", 0], filename_prefix="t", format="md")}
    (tmp_path / "media" / "echo.json").write_text(json.dumps(graph))
    del graph["2"]
    (tmp_path / "media" / "keeper.json").write_text(json.dumps(graph))
    with FakeComfy(like="0.33") as newer:
        _writes_each_once(make_settings(media={"comfyui": {"hosts": [newer.url]}}), database)


def _writes_each_once(settings: Settings, database: Database) -> None:
    pipelines = Makers(settings, defaults=WorkflowDefaults(database))
    kinds = {each.name: each.kind for each in pipelines.workflows()}
    assert (kinds["echo"], kinds["keeper"]) == (Kind.TEXT, Kind.TEXT)
    wanted = checked(pipelines, PromptRequest("Roses are red", "text", workflow="keeper"))
    made = database.writing(submission.add, wanted)[0].id
    pipelines.close()
    assemble.runner(settings, database).run_queue_processor(drain=True)
    found = database.reading(prompts.get, made)
    assert (found.status, found.error_message) == ("completed", None)
    assert found.output_reference is not None
    assert str(database.reading(writings.get, found.output_reference).content).count("Roses are red") == 1
    assert [each.artifact_type for each in database.reading(artifacts.of_prompts, [made])] == ["text"]
