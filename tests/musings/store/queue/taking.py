"""Prompts that were claimed or put off, and a shell that changes rows meanwhile."""

import sqlite3
from contextlib import closing
from datetime import timedelta

from musings.models import Kind, NewPrompt, Prompt
from musings.store import times
from musings.store.database import Database
from musings.store.gallery import prompts
from musings.store.queue import claims, endings, submission


def claimed(database: Database, prompt_type: str = "image", **rest: object) -> Prompt:
    database.writing(submission.add, NewPrompt("a fox", prompt_type, **rest))  # type: ignore[arg-type]
    found = database.writing(claims.claim, list(Kind))
    assert found is not None
    return found


def put_off(database: Database, wait: timedelta, *, counted: bool = True) -> int:
    """The id of a prompt that failed for a while, and is tried again after so long."""
    prompt, at = claimed(database, "text"), times.now() + wait
    fault = {"error": "x", "error_class": "PassingFault", "seconds": 0, "log": ""}
    database.writing(endings.put_back, prompt, at=at, counted=counted, **fault)  # type: ignore[arg-type]
    return prompt.id


def wait_of(database: Database, prompt_id: int) -> float:
    """Seconds until it is due; negative when it is."""
    at = database.reading(prompts.get, prompt_id).next_attempt_at
    return 0.0 if at is None else (at - times.now()).total_seconds()


def shell(database: Database, statement: str) -> None:
    with closing(sqlite3.connect(str(database.path))) as plain, plain:
        plain.execute(statement)
