"""What was finished lately."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from musings.models import KIND_OF_TYPE, PromptStatus
from musings.store.tables import prompts
from musings.store.visibility import IS_LIVE

ENDS = (PromptStatus.COMPLETED, PromptStatus.FAILED, PromptStatus.CANCELLED)


@dataclass(frozen=True)
class Finished:
    """``completed`` counts by kind; ``last`` is when the last prompt ended, whenever that was."""

    completed: dict[str, int]
    failed: int
    cancelled: int
    last: datetime | None


def finished_since(connection: Connection, since: datetime) -> Finished:
    """What ended since a time, and when the last prompt ended."""
    counts = connection.execute(
        select(prompts.c.prompt_type, prompts.c.status, func.count())
        .where(prompts.c.completed_at >= since, prompts.c.status.in_(ENDS), IS_LIVE)
        .group_by(prompts.c.prompt_type, prompts.c.status)
    ).all()
    last = connection.execute(
        select(prompts.c.completed_at)
        .where(prompts.c.completed_at.is_not(None))
        .order_by(prompts.c.completed_at.desc())
        .limit(1)
    ).scalar()
    completed: Counter[str] = Counter()
    others: Counter[str] = Counter()
    for prompt_type, status, count in counts:
        if status == PromptStatus.COMPLETED:
            completed[str(KIND_OF_TYPE.get(prompt_type or "text", "unknown"))] += count
        else:
            others[status] += count
    return Finished(dict(completed), others[PromptStatus.FAILED], others[PromptStatus.CANCELLED], last)
