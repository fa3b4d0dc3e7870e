"""Prompts in a database, in any status, and a shell that changes rows behind our back."""

import sqlite3
from contextlib import closing

from musings.models import NewPrompt, Prompt
from musings.store.database import Database
from musings.store.queue import submission


def add(database: Database, words: str = "a fox", prompt_type: str = "text", **rest: object) -> Prompt:
    return database.writing(submission.add, NewPrompt(words, prompt_type, **rest))[0]  # type: ignore[arg-type]


def shell(database: Database, statement: str, *values: object) -> None:
    """What another program does to the file."""
    with closing(sqlite3.connect(str(database.path))) as plain, plain:
        plain.execute(statement, values)


def in_status(database: Database, status: str | None, prompt_type: str = "image") -> Prompt:
    made = add(database, "a fox", prompt_type)
    shell(database, "UPDATE prompts SET status = ?, completed_at = '2026-01-01 00:00:00' WHERE id = ?", status, made.id)
    return made
