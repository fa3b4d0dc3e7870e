"""Prompts that were claimed, and a shell that changes rows meanwhile."""

import sqlite3
from contextlib import closing

from musings.models import Kind, NewPrompt, Prompt
from musings.store.database import Database
from musings.store.queue import claims, submission


def claimed(database: Database, prompt_type: str = "image", **rest: object) -> Prompt:
    database.writing(submission.add, NewPrompt("a fox", prompt_type, **rest))  # type: ignore[arg-type]
    found = database.writing(claims.claim, list(Kind))
    assert found is not None
    return found


def shell(database: Database, statement: str) -> None:
    with closing(sqlite3.connect(str(database.path))) as plain, plain:
        plain.execute(statement)
