"""Rows that wait between two stages (docs/adopting.md): the words are written, the media are not made yet.

An older program left them ``completed`` with ``artifact_status='pending'`` and an ``output_reference``.
"""

from sqlalchemy import Connection, Integer, Select, literal_column, select, text

from musings.store.expressions import by_index
from musings.store.queue.states import Transition, transition
from musings.store.tables import prompts

# To the letter the condition of the partial index below, or the planner could not use it.
BETWEEN = text(
    "prompts.status = 'completed' AND prompts.artifact_status = 'pending' AND prompts.output_reference IS NOT NULL"
    " AND prompts.prompt_type IN ('image_prompt', 'lyrics_prompt')"
)
WAITING_BETWEEN: Select[int] = (
    select(literal_column("prompts.id", Integer))
    .select_from(by_index(prompts, "musings_prompts_between"))
    .where(BETWEEN, text("prompts.deleted_at IS NULL"))
)


def are_between(connection: Connection) -> bool:
    """Whether :func:`take_up` would find a row. Costs one look at an index."""
    return connection.execute(WAITING_BETWEEN.limit(1)).first() is not None


def take_up(connection: Connection, default_attempts: int) -> int:
    """Queue them for their second stage; returns how many there were."""
    # A transition like any other: its rule clears the end of the first stage.
    return len(
        transition(connection, Transition.TAKE_UP, prompts.c.id.in_(WAITING_BETWEEN), max_attempts=default_attempts)
    )
