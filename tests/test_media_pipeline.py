"""The plan's own tests (integration_plan, step 11): ``process_media_prompt`` and ``record_prompt_artifacts``."""

import json
from collections.abc import Iterator
from threading import Event

import pytest
from sqlalchemy import select

from musings.errors import NotFoundError, UserFault
from musings.files.media_root import MediaRoot
from musings.makers.base import Context
from musings.models import ArtifactType, Job, Kind, NewArtifact, NewPrompt, Outcome, Prompt
from musings.sqlite import schema
from musings.sqlite.database import open_database
from musings.store.database import Database
from musings.store.gallery import artifacts, prompts
from musings.store.queue import attempts, claims, submission
from musings.store.tables import prompt_artifacts
from musings.worker.attempt import process_media_prompt
from musings.worker.context import AttemptContext
from musings.worker.workshop import Workshop
from tests.doubles import Double, pipelines_of


@pytest.fixture
def in_memory() -> Iterator[Database]:
    opened = open_database(":memory:")
    schema.ensure(opened)
    yield opened
    opened.close()


def run(database: Database, media_root: MediaRoot, double: Double) -> Prompt:
    database.writing(submission.add, NewPrompt("a fox in the snow", "image"))
    claimed = database.writing(claims.claim, [Kind.IMAGE])
    assert claimed is not None
    workshop = Workshop(database, media_root, pipelines_of(double), 3, 0.01, Event())
    process_media_prompt(workshop, claimed, AttemptContext(database, claimed, 30))
    return database.reading(prompts.get, claimed.id)


def test_success_completes_the_prompt_with_its_artifacts(database: Database, media_root: MediaRoot) -> None:
    found = run(database, media_root, Double())

    assert (found.status, found.artifact_status, found.error_message) == ("completed", "ready", None)
    assert found.completed_at is not None
    assert found.processing_duration is not None
    [artifact] = database.reading(artifacts.of_prompts, [found.id])
    assert found.artifact_metadata == {"count": 1, "primary": artifact.file_path}
    assert media_root.find(artifact.file_path).read_text().startswith("a fox in the snow")


def test_failure_is_told_in_the_row(database: Database, media_root: MediaRoot) -> None:
    def missing_model(job: Job, context: Context) -> Outcome:
        context.log("loading fox.safetensors")
        raise UserFault("The model fox.safetensors is missing.", hint="Install it.", log="stderr: no such file")

    found = run(database, media_root, Double(missing_model))

    assert (found.status, found.artifact_status) == ("failed", "error")
    assert found.error_message == "The model fox.safetensors is missing. Install it."
    [attempt] = database.reading(attempts.of_prompts, [found.id])[found.id]
    assert attempt.status == "failed"
    assert "loading fox.safetensors" in (attempt.log_excerpt or "")
    assert "stderr: no such file" in (attempt.log_excerpt or "")
    assert database.reading(artifacts.of_prompts, [found.id]) == []
    assert [path for path in media_root.folder.rglob("*") if path.is_file()] == []


def test_record_prompt_artifacts_in_memory(in_memory: Database) -> None:
    prompt, _ = in_memory.writing(submission.add, NewPrompt("four foxes", "image"))
    made = [
        NewArtifact(ArtifactType.IMAGE, f"image/1_20261122T101500/000{n}.png", None, {"seed": n}) for n in range(1, 5)
    ]

    recorded = in_memory.writing(artifacts.record_prompt_artifacts, prompt.id, made)

    assert [artifact.metadata["seed"] for artifact in recorded] == [1, 2, 3, 4]
    found = in_memory.reading(prompts.get, prompt.id)
    assert (found.status, found.artifact_status) == ("completed", "ready")
    assert found.artifact_metadata == {"count": 4, "primary": "image/1_20261122T101500/0001.png"}
    with in_memory.read() as connection:
        rows = connection.execute(select(prompt_artifacts)).all()
    assert {json.loads(row.metadata)["seed"] for row in rows} == {1, 2, 3, 4}
    assert all(row.created_at is not None and row.updated_at is not None for row in rows)


def test_record_prompt_artifacts_needs_its_prompt(in_memory: Database) -> None:
    with pytest.raises(NotFoundError, match="no prompt 7"):
        in_memory.writing(artifacts.record_prompt_artifacts, 7, [])
