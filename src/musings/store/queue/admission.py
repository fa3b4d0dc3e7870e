"""Admission: rows that other programs inserted, or set back to waiting, come into the queue here (DESIGN D4)."""

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    and_,
    case,
    cast,
    func,
    literal_column,
    select,
    text,
    update,
)

from musings.models import KIND_OF_TYPE, ArtifactStatus, PromptStatus
from musings.store import times
from musings.store.database import Database
from musings.store.queue import instructions
from musings.store.queue.transitions import TEXT_TYPES
from musings.store.tables import ANEW, prompts

UNKNOWN_TYPE = f"Unknown prompt type. Known types: {', '.join(KIND_OF_TYPE)}."
EMPTY_TEXT = "The prompt text is empty. Write what should be made."

# To the letter the condition of the partial index, which SQLite has to be told to use: a look costs nothing then,
# however many prompts wait.
OUTSIDE: Select[int] = (
    select(literal_column("prompts.id", Integer))
    .select_from(text("prompts INDEXED BY musings_prompts_outside"))
    .where(
        text(
            "prompts.deleted_at IS NULL AND (prompts.status IS NULL OR prompts.status IN ('unprocessed', 'queued')"
            " OR (prompts.status = 'pending' AND prompts.max_attempts IS NULL))"
        )
    )
)


def admit(database: Database, default_attempts: int) -> int:
    """Take in rows that other programs inserted or set back to waiting; returns how many were changed.

    A foreign word for waiting becomes ``pending``; an unknown type or an empty text fails with a message, never
    silently; a priority that is no number becomes 5, one out of range the nearest of 1 and 10. Attempts count anew.
    """
    unknown = and_(prompts.c.prompt_type.is_not(None), prompts.c.prompt_type.not_in(tuple(KIND_OF_TYPE)))
    empty = func.trim(prompts.c.prompt_text, " \t\r\n") == ""
    with database.read() as connection:
        if connection.execute(OUTSIDE.limit(1)).first() is None:
            return 0
    is_outside = prompts.c.id.in_(OUTSIDE)
    with database.write() as connection:
        refused = _refuse(connection, and_(is_outside, unknown), UNKNOWN_TYPE)
        refused += _refuse(connection, and_(is_outside, empty), EMPTY_TEXT)
        instructions.settle(connection, is_outside)
        taken = connection.execute(
            update(prompts)
            .where(is_outside)
            .values(
                status=PromptStatus.PENDING,
                priority=case(
                    (
                        func.typeof(prompts.c.priority).in_(("integer", "real")),
                        func.max(1, func.min(10, cast(prompts.c.priority, Integer))),
                    ),
                    else_=5,
                ),
                prompt_type=func.coalesce(prompts.c.prompt_type, "text"),
                created_at=func.coalesce(prompts.c.created_at, times.now()),
                max_attempts=func.coalesce(prompts.c.max_attempts, default_attempts),
                **ANEW,
                cancel_requested=False,
                artifact_status=case(
                    (func.coalesce(prompts.c.prompt_type, "text").in_(TEXT_TYPES), None),
                    else_=ArtifactStatus.PENDING,
                ),
            )
        )
        return refused + taken.rowcount


def _refuse(connection: Connection, which: ColumnElement[bool], message: str) -> int:
    return connection.execute(
        update(prompts)
        .where(which)
        .values(
            status=PromptStatus.FAILED,
            error_message=message,
            completed_at=times.now(),
            artifact_status=case(
                (func.coalesce(prompts.c.prompt_type, "text").in_(TEXT_TYPES), None), else_=ArtifactStatus.ERROR
            ),
        )
    ).rowcount
