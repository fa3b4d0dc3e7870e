"""How often an attempt meets the store: counted on the real engine, where statements are the same each time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from musings.files.media_root import MediaRoot
from musings.makers.base import Context
from musings.models import Job, Kind, NewPrompt, Outcome, Prompt
from musings.store.database import Database
from musings.store.gallery import prompts
from musings.store.queue import claims, submission
from musings.worker.attempt import process
from musings.worker.context import AttemptContext
from musings.worker.workshop import Workshop
from tests.doubles import Double, made_text, pipelines_of


def quick(job: Job, context: Context) -> Outcome:
    """Make next to nothing, and tell of it as a pipeline does that is over before anybody looks."""
    for value in range(3):
        context.check()
        context.progress(value, 3, f"stage {value}")
    return made_text(job, context)


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements of every connection, ``BEGIN`` and ``COMMIT`` among them."""
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        said.append(" ".join(statement.split()))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def of(said: list[str], word: str) -> int:
    return sum(each.startswith(word) for each in said)


@pytest.fixture
def workshop(database: Database, media_root: MediaRoot) -> Workshop:
    return Workshop(database, media_root, pipelines_of(Double(quick)), 3, 0.0, threading.Event())


def taken(database: Database, prompt_type: str) -> Prompt:
    database.writing(submission.add, NewPrompt("a fox", prompt_type))
    found = database.writing_relaxed(claims.claim, list(Kind))
    assert found is not None
    return found


@pytest.mark.parametrize("prompt_type", ["image", "poem"])
def test_a_quick_attempt_writes_three_times_and_reads_little(workshop: Workshop, prompt_type: str) -> None:
    database = workshop.database
    prompt = taken(database, prompt_type)
    with counted(database) as said:
        assert process(workshop, prompt, AttemptContext(database, prompt, 30)) == "completed"
    assert of(said, "BEGIN IMMEDIATE") == 3  # begin, announce, end
    assert of(said, "BEGIN") - of(said, "BEGIN IMMEDIATE") <= 1
    assert of(said, "SELECT") <= 2  # whether it still holds its prompt; which columns of writings are unique
    assert database.reading(prompts.get, prompt.id).status == "completed"


def test_claiming_is_one_transaction(database: Database) -> None:
    database.writing(submission.add, NewPrompt("a fox", "image"))
    with counted(database) as said:
        database.writing_relaxed(claims.claim, list(Kind))
    assert of(said, "BEGIN") == 1
    assert (of(said, "UPDATE"), of(said, "INSERT"), of(said, "SELECT")) == (1, 1, 0)
