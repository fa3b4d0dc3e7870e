"""A prompt runs with the workflow that it was submitted with, whatever becomes of the file while it waits."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from fake_comfyui.server import FakeComfy
from musings.config.settings import Settings
from musings.makers.choice import Makers
from musings.models import Instructions, Kind, NewPrompt, Prompt
from musings.requests.intake import checked
from musings.requests.request import PromptRequest
from musings.sqlite import schema
from musings.sqlite.database import open_database
from musings.sqlite.upgrade import upgrade
from musings.store.database import Database
from musings.store.gallery import artifacts, prompts, workflows
from musings.store.gallery.defaults import WorkflowDefaults
from musings.store.queue import cancellation, retries, submission
from musings.views import present
from musings.worker import assemble
from tests.conftest import MakeSettings
from tests.musings.makers.comfyui.graphs import film, filmed, painting


@pytest.fixture
def settings(make_settings: MakeSettings, tmp_path: Path) -> Iterator[Settings]:
    (tmp_path / "media").mkdir()
    write(tmp_path, steps=4)
    with FakeComfy() as fake:
        yield make_settings(processing={"backoff_seconds": 0.01}, media={"comfyui": {"hosts": [fake.url]}})


def write(folder: Path, steps: int) -> None:
    (folder / "media" / "fox.json").write_text(json.dumps(painting(steps=steps)))


@pytest.fixture
def pipelines(settings: Settings, database: Database) -> Iterator[Makers]:
    versions = database.reader(workflows.find)
    made = Makers(settings, versions=versions, defaults=WorkflowDefaults(database))
    yield made
    made.close()


def submitted(pipelines: Makers, database: Database, workflow: str | None) -> Prompt:
    wanted = checked(pipelines, PromptRequest("a fox", "image", workflow=workflow))
    return database.writing(submission.add, wanted)[0]


def steps_of(settings: Settings, database: Database, prompt: Prompt) -> int:
    """With how many steps a prompt was made."""
    assemble.runner(settings, database).run_queue_processor(drain=True)
    found = database.reading(prompts.get, prompt.id)
    assert found.status == "completed", found.error_message
    [made] = database.reading(artifacts.of_prompts, [prompt.id])
    assert made.metadata["workflow"] == "fox"
    assert made.metadata["workflow_hash"] == found.workflow_hash
    return int(made.metadata["parameters"]["steps"])


def is_outdated(pipelines: Makers, database: Database, prompt: Prompt) -> bool:
    [shown] = present.prompt_responses(database, [database.reading(prompts.get, prompt.id)], 3, pipelines.hashes)
    return shown.newer_workflow


@pytest.mark.parametrize("workflow", ["fox", None])
def test_a_waiting_prompt_keeps_its_workflow(
    settings: Settings, pipelines: Makers, database: Database, tmp_path: Path, workflow: str | None
) -> None:
    prompt = submitted(pipelines, database, workflow)
    assert database.reading(workflows.find, prompt.workflow_hash or "") is not None
    assert not is_outdated(pipelines, database, prompt)
    write(tmp_path, steps=9)
    assert is_outdated(pipelines, database, prompt)
    assert steps_of(settings, database, prompt) == 4


def test_a_workflow_that_was_removed_runs_all_the_same(
    settings: Settings, pipelines: Makers, database: Database, tmp_path: Path
) -> None:
    prompt = submitted(pipelines, database, "fox")
    (tmp_path / "media" / "fox.json").unlink()
    assert not is_outdated(pipelines, database, prompt)
    assert steps_of(settings, database, prompt) == 4


@pytest.mark.parametrize("named", [True, False])
def test_a_prompt_for_a_picture_that_was_pinned_to_a_film_before_films_were_a_kind_still_runs(
    settings: Settings, pipelines: Makers, database: Database, tmp_path: Path, named: bool
) -> None:
    (tmp_path / "media" / "clip.json").write_text(json.dumps(film()))
    version = pipelines.pin("clip")
    assert version is not None
    told = Instructions(workflow=None if named else "clip")  # as the default of its time
    workflow = "clip" if named else None
    pinned = NewPrompt("a fox", "image", workflow=workflow, workflow_hash=version.hash, version=version)
    old, _ = database.writing(submission.add, replace(pinned, instructions=told))
    new = submitted(pipelines, database, "clip")  # whoever has always asked so goes on
    assert [each.kind for each in pipelines.workflows() if each.name == "clip"] == [Kind.VIDEO]
    assemble.runner(settings, database).run_queue_processor(drain=True)
    for prompt in (old, new):
        found = database.reading(prompts.get, prompt.id)
        assert (found.status, found.kind) == ("completed", Kind.IMAGE), found.error_message
        [made] = database.reading(artifacts.of_prompts, [prompt.id])
        assert made.artifact_type == "video"


def test_a_film_workflow_serves_prompts_of_its_own_kind_that_name_none(
    settings: Settings, pipelines: Makers, database: Database, tmp_path: Path
) -> None:
    (tmp_path / "media" / "clip.json").write_text(json.dumps(filmed()))
    wanted = checked(pipelines, PromptRequest("a fox", "animation"))
    prompt, _ = database.writing(submission.add, wanted)
    assemble.runner(settings, database).run_queue_processor(drain=True)
    found = database.reading(prompts.get, prompt.id)
    assert (found.status, found.kind) == ("completed", Kind.VIDEO), found.error_message
    [made] = database.reading(artifacts.of_prompts, [prompt.id])
    assert (made.artifact_type, made.metadata["workflow"]) == ("video", "clip")
    assert made.file_path.startswith("video/")
    assert made.preview_path is not None
    assert made.metadata["duration"] > 0


@pytest.mark.parametrize(("latest", "steps"), [(False, 4), (True, 9)])
def test_a_retry_takes_the_same_version_unless_the_latest_is_asked_for(
    settings: Settings, pipelines: Makers, database: Database, tmp_path: Path, latest: bool, steps: int
) -> None:
    prompt = submitted(pipelines, database, "fox")
    database.writing(cancellation.cancel, prompt.id)
    write(tmp_path, steps=9)
    newest = pipelines.latest_of(prompt) if latest else None
    database.writing(retries.retry, prompt.id, newest)
    assert steps_of(settings, database, prompt) == steps


def test_metadata_are_no_instructions(settings: Settings, pipelines: Makers, database: Database) -> None:
    """What a caller writes there is given back as it is, and nothing comes of it."""
    words = {"workflow_hash": "abc", "reproduces": 1, "document": 1, "enhance": True, "parameters": {"steps": 7}}
    wanted = checked(pipelines, PromptRequest("a fox", "image", metadata=words))
    prompt, _ = database.writing(submission.add, wanted)
    assert steps_of(settings, database, prompt) == 4
    found = database.reading(prompts.get, prompt.id)
    assert found.metadata == words
    assert "reproduction" not in (found.artifact_metadata or {})


def test_instructions_of_an_earlier_version_still_count(settings: Settings, tmp_path: Path) -> None:
    """Before this version they were keys of the metadata; a prompt that reproduces must not lose its recipe."""
    path = tmp_path / "old.db"
    old = open_database(path)
    with old.write() as connection:
        upgrade(connection, "0004")
    old.close()
    metadata = {"mine": 1, "reproduces": 3, "workflow_hash": "a" * 64, "document": 5, "enhance": True}
    with closing(sqlite3.connect(path)) as plain, plain:
        plain.execute("INSERT INTO workflow_versions VALUES (?, 'fox', 'comfyui', '{}', '2026-01-01')", ("a" * 64,))
        rows = [json.dumps(metadata), json.dumps({**metadata, "workflow_hash": "b" * 64}), '{"reproduces": "x"', None]
        for row in rows:
            plain.execute("INSERT INTO prompts (prompt_text, prompt_type, metadata) VALUES ('a', 'image', ?)", (row,))

    database = open_database(path)
    schema.ensure(database, tmp_path)
    first, second, broken, empty = (database.reading(prompts.get, number) for number in (1, 2, 3, 4))
    database.close()

    assert first.metadata == metadata
    assert first.instructions == Instructions(reproduces=3, document=5, enhance=True)
    assert (first.workflow_hash, second.workflow_hash) == ("a" * 64, None)
    assert (broken.instructions, empty.instructions) == (Instructions(), Instructions())


def test_a_row_of_another_program_asks_in_its_metadata(database: Database) -> None:
    prompt, _ = database.writing(
        submission.add, NewPrompt("a fox", "image", metadata={"enhance": True, "workflow_hash": "abc"})
    )
    assert database.reading(prompts.get, prompt.id).instructions == Instructions(enhance=True)
    database.writing(prompts.change, prompt.id, metadata={"enhance": False, "mine": 1})
    assert database.reading(prompts.get, prompt.id).instructions == Instructions(enhance=True)
