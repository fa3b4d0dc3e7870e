"""What alerts ask of the rows."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, func, or_, select

from musings.models import TYPES_OF_KIND, Kind, PromptStatus
from musings.store import rows, times
from musings.store.queue.states import AttemptStatus
from musings.store.tables import attempts, prompts
from musings.store.visibility import IS_LIVE


@dataclass(frozen=True)
class Ended:
    id: int
    failed: bool
    error: str


@dataclass(frozen=True)
class Long:
    """A prompt that runs for long; ``minutes`` of its present attempt."""

    id: int
    text: str
    minutes: float


def last_ended(connection: Connection, kind: Kind, count: int) -> list[Ended]:
    """The last prompts of a kind that were completed or have failed, newest first.

    In the order of their attempts, which no change of the clock turns round; rows that were never tried here, an
    adopted past for one, do not count.
    """
    mine = and_(attempts.c.prompt_id == prompts.c.id, attempts.c.attempt == prompts.c.attempt)
    query = (
        select(prompts.c.id, prompts.c.status, prompts.c.error_message)
        .join(attempts, mine)
        .where(
            prompts.c.prompt_type.in_(TYPES_OF_KIND[kind]),
            prompts.c.status.in_((PromptStatus.COMPLETED, PromptStatus.FAILED)),
            IS_LIVE,
        )
        .order_by(attempts.c.id.desc())
        .limit(count)
    )
    return [
        Ended(row.id, row.status == PromptStatus.FAILED, rows.words(row.error_message) or "")
        for row in connection.execute(query)
    ]


def running_for(connection: Connection, minutes: float) -> list[Long]:
    """The prompts whose attempt has run for longer than that."""
    now = times.now()
    query = (
        select(prompts.c.id, prompts.c.prompt_text, attempts.c.started_at)
        .join(attempts, attempts.c.prompt_id == prompts.c.id)
        .where(
            prompts.c.status == PromptStatus.PROCESSING,
            attempts.c.status == AttemptStatus.RUNNING,
            attempts.c.started_at < now - timedelta(minutes=minutes),
        )
        .order_by(prompts.c.id)
    )
    found = connection.execute(query).all()
    return [Long(row.id, str(row.prompt_text)[:80], (now - row.started_at).total_seconds() / 60) for row in found]


def status_of(connection: Connection, prompt_id: int) -> str:
    """How a prompt stands, in a word, whatever became of it."""
    found = connection.execute(select(prompts.c.status).where(prompts.c.id == prompt_id)).first()
    return "deleted" if found is None else str(found.status or PromptStatus.PENDING)


def waiting_since(connection: Connection, kinds: Collection[Kind]) -> datetime | None:
    """Since when the prompt that has been due for longest waits; None when none is due."""
    now = times.now()
    types = [name for kind in kinds for name in TYPES_OF_KIND[kind]]
    since = func.coalesce(prompts.c.next_attempt_at, prompts.c.created_at)
    due = or_(prompts.c.next_attempt_at.is_(None), prompts.c.next_attempt_at <= now)
    waits = and_(prompts.c.status == PromptStatus.PENDING, IS_LIVE, prompts.c.prompt_type.in_(types), due)
    found = connection.execute(select(func.min(since)).where(waits)).scalar()
    return times.parse(found) if isinstance(found, str) else found
