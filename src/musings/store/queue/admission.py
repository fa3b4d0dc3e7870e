"""Admission: rows that other programs inserted, or set back to waiting, come into the queue here."""

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    and_,
    func,
    literal_column,
    select,
    text,
)

from musings.models import KIND_OF_TYPE, no_prompt_type
from musings.store import times
from musings.store.expressions import admitted_priority, by_index
from musings.store.queue import instructions
from musings.store.queue.states import Transition, transition
from musings.store.tables import prompts

UNKNOWN_TYPE = f"{no_prompt_type('This')}."
EMPTY_TEXT = "The prompt text is empty. Write what should be made."

# To the letter the condition of the partial index, which the planner has to be told to use: a look costs nothing then,
# however many prompts wait.
OUTSIDE: Select[int] = (
    select(literal_column("prompts.id", Integer))
    .select_from(by_index(prompts, "musings_prompts_outside"))
    .where(
        text(
            "prompts.deleted_at IS NULL AND (prompts.status IS NULL OR prompts.status IN ('unprocessed', 'queued')"
            " OR (prompts.status = 'pending' AND prompts.max_attempts IS NULL))"
        )
    )
)


def are_outside(connection: Connection) -> bool:
    """Whether :func:`admit` would find a row: a read, so that an idle runner writes nothing."""
    return connection.execute(OUTSIDE.limit(1)).first() is not None


def admit(connection: Connection, default_attempts: int) -> int:
    """Take in rows that other programs inserted or set back to waiting; returns how many were changed.

    A foreign word for waiting becomes ``pending``; an unknown type or an empty text fails with a message, never
    silently; a priority that is no number becomes 5, one out of range the nearest of 1 and 10. Attempts count anew.
    """
    # NULL counts as text, because the owner's older programs inserted rows without a type.
    unknown = and_(prompts.c.prompt_type.is_not(None), prompts.c.prompt_type.not_in(tuple(KIND_OF_TYPE)))
    empty = func.trim(prompts.c.prompt_text, " \t\r\n") == ""
    is_outside = prompts.c.id.in_(OUTSIDE)
    # Before they are admitted: a refused row is out of the condition, and is not taken as well.
    refused = _refuse(connection, and_(is_outside, unknown), UNKNOWN_TYPE)
    refused += _refuse(connection, and_(is_outside, empty), EMPTY_TEXT)
    # Before the transition, while the rows can still be told from others.
    instructions.settle(connection, is_outside)
    taken = transition(
        connection,
        Transition.ADMIT,
        is_outside,
        priority=admitted_priority(prompts.c.priority),
        # Written down once, so that every other query may rely on a type and a time.
        prompt_type=func.coalesce(prompts.c.prompt_type, "text"),
        created_at=func.coalesce(prompts.c.created_at, times.now()),
        max_attempts=func.coalesce(prompts.c.max_attempts, default_attempts),
    )
    return len(refused) + len(taken)


def _refuse(connection: Connection, which: ColumnElement[bool], message: str) -> list[int]:
    return transition(connection, Transition.REFUSE, which, error_message=message)
