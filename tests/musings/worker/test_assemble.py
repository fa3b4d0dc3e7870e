"""A runner put together from the settings."""

import os

import pytest

from musings.config.settings import Settings
from musings.models import Kind, NewPrompt
from musings.process import identity
from musings.store.database import Database
from musings.store.gallery import prompts
from musings.store.queue import submission, workers
from musings.worker import assemble
from tests.conftest import MakeSettings
from tests.doubles import Double, pipelines_of


def add(database: Database, kind: str) -> int:
    return database.writing(submission.add, NewPrompt("a fox", kind))[0].id


def test_with_media_switched_off_their_prompts_wait(make_settings: MakeSettings, database: Database) -> None:
    settings = make_settings(media={"enabled": False})
    picture, poem = add(database, "image"), add(database, "poem")
    runner = assemble.runner(settings, database, pipelines=pipelines_of(Double()))
    assert runner.run_queue_processor(drain=True).ended == {"completed": 1}
    assert [database.reading(prompts.get, each).status for each in (picture, poem)] == ["pending", "completed"]


def test_only_the_kinds_that_were_asked_for_are_served(settings: Settings, database: Database) -> None:
    for kind in ("image", "voice"):
        add(database, kind)
    runner = assemble.runner(settings, database, [Kind.VOICE], pipelines=pipelines_of(Double()))
    assert runner.run_queue_processor(drain=True).ended == {"completed": 1}


def test_nothing_is_started_before_it_runs(settings: Settings, database: Database) -> None:
    made = add(database, "image")
    assemble.runner(settings, database, pipelines=pipelines_of(Double()))
    assert database.reading(prompts.get, made).status == "pending"
    assert database.reading(workers.latest) is None


def test_it_signs_in_as_this_process(settings: Settings, database: Database) -> None:
    seen: list[str | None] = []

    def act(*_: object) -> None:
        found = database.reading(workers.latest)
        seen.append(found.process if found is not None else None)
        raise RuntimeError

    add(database, "image")
    assemble.runner(settings, database, pipelines=pipelines_of(Double(act))).run_queue_processor(drain=True)  # type: ignore[arg-type]
    assert set(seen) == {identity(os.getpid())}


def test_secrets_of_the_settings_are_taken_out_of_what_is_stored(
    make_settings: MakeSettings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = make_settings(
        backend={"url": "http://me:s3cret-word@127.0.0.1:9/v1"}, processing={"max_attempts": 1, "backoff_seconds": 0.01}
    )

    def act(*_: object) -> None:
        raise RuntimeError("http://me:s3cret-word@127.0.0.1:9/v1 is away")

    made = add(database, "image")
    assemble.runner(settings, database, pipelines=pipelines_of(Double(act))).run_queue_processor(drain=True)  # type: ignore[arg-type]
    found = database.reading(prompts.get, made)
    assert found.status == "failed"
    assert "s3cret-word" not in (found.error_message or "")
