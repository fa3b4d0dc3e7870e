"""Rows that wait between two stages (LEGACY): the words are written, the media are not made yet.

An older program left them ``completed`` with ``artifact_status='pending'`` and an ``output_reference``.
"""

from sqlalchemy import select, text, update

from musings.models import PromptStatus
from musings.store.database import Database
from musings.store.tables import ANEW, prompts
from musings.store.visibility import IS_LIVE

INDEX = "INDEXED BY musings_prompts_between"
"""SQLite would take the larger index over all completed prompts."""

# To the letter the condition of that partial index, or SQLite could not use it.
BETWEEN = text(
    "prompts.status = 'completed' AND prompts.artifact_status = 'pending' AND prompts.output_reference IS NOT NULL"
    " AND prompts.prompt_type IN ('image_prompt', 'lyrics_prompt')"
)


def take_up(database: Database, default_attempts: int) -> int:
    """Queue them for their second stage; returns how many there were. Without any it costs one look at an index."""
    look = select(prompts.c.id).with_hint(prompts, INDEX, "sqlite").where(BETWEEN, IS_LIVE).limit(1)
    with database.read() as connection:
        if connection.execute(look).first() is None:
            return 0
    with database.write() as connection:
        return connection.execute(
            update(prompts)
            .where(BETWEEN, IS_LIVE)
            .values(
                status=PromptStatus.PENDING,
                max_attempts=default_attempts,
                **ANEW,
                completed_at=None,
                next_attempt_at=None,
                error_message=None,
            )
        ).rowcount
