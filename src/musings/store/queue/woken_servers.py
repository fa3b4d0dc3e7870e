"""Which servers were woken for our prompts, kept over restarts, and whether there is still something for them to do."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection, select

from musings.models import TYPES_OF_KIND, Kind, PromptStatus
from musings.store.dialect import dialect_of
from musings.store.tables import prompts, queue_state
from musings.store.visibility import IS_LIVE

ROW = "woken_servers"
RECENT = 200
"""How many of the newest prompts are looked at: what ended last is among them, unless hundreds were sent meanwhile."""


def find(connection: Connection) -> dict[str, datetime]:
    """Since when each is awake for us, by its address; nothing where another program wrote what cannot be read."""
    value = connection.execute(select(queue_state.c.value).where(queue_state.c.name == ROW)).scalar()
    try:
        return {str(url): datetime.fromisoformat(since) for url, since in json.loads(value or "{}").items()}
    except (AttributeError, TypeError, ValueError):
        return {}


def write(connection: Connection, woken: Mapping[str, datetime]) -> None:
    value = json.dumps({url: since.isoformat() for url, since in woken.items()})
    connection.execute(dialect_of(connection).upsert(queue_state, {"name": ROW, "value": value}, key="name"))


def last_ended(connection: Connection, kinds: Collection[Kind]) -> datetime | None:
    """When a prompt of these kinds ended last."""
    types = [name for kind in kinds for name in TYPES_OF_KIND[kind]]
    recent = (
        select(prompts.c.completed_at, prompts.c.prompt_type).order_by(prompts.c.id.desc()).limit(RECENT).subquery()
    )
    ended = select(recent.c.completed_at).where(recent.c.completed_at.is_not(None), recent.c.prompt_type.in_(types))
    return max(connection.execute(ended).scalars(), default=None)


def is_work_left(connection: Connection, kinds: Collection[Kind], before: datetime) -> bool:
    """Whether a prompt of these kinds runs, or is to begin before then.

    One that waits for a server waits for another one: the servers that are asked about are there.
    """
    types = [name for kind in kinds for name in TYPES_OF_KIND[kind]]
    mine = (IS_LIVE, prompts.c.prompt_type.in_(types))
    running = select(prompts.c.id).where(prompts.c.status == PromptStatus.PROCESSING, *mine)
    begins = (prompts.c.next_attempt_at.is_(None)) | (prompts.c.next_attempt_at <= before)
    waiting = select(prompts.c.id).where(
        prompts.c.status == PromptStatus.PENDING, ~prompts.c.held, prompts.c.waits_for.is_(None), begins, *mine
    )
    return any(connection.execute(each.limit(1)).first() is not None for each in (running, waiting))
