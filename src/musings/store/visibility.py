"""Which prompts are there for people, in the trash, or on their way out for good."""

from datetime import UTC, datetime

from sqlalchemy import ColumnElement, and_, or_, select

from musings.store import rows
from musings.store.tables import prompts

IS_WAITING = or_(prompts.c.status.is_(None), prompts.c.status.in_(rows.WAITING_STATUSES))
IS_LIVE = prompts.c.deleted_at.is_(None)
TOMBSTONE = datetime(1970, 1, 1, tzinfo=UTC)
"""``deleted_at`` of a prompt that is being removed for good: its files may be gone, so it never comes back."""
IS_IN_TRASH = and_(prompts.c.deleted_at.is_not(None), prompts.c.deleted_at != TOMBSTONE)


def is_thrown_away(writing_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether a writing belongs to prompts, and every one of them is in the trash."""
    belongs = select(prompts.c.id).where(prompts.c.output_reference == writing_id)
    return and_(belongs.exists(), ~belongs.where(IS_LIVE).exists())
