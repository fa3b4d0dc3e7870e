"""Figures about the queue, for people and for Prometheus."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, func, select

from musings.models import KIND_OF_TYPE, Prompt, PromptStatus
from musings.store import rows, times
from musings.store.expressions import unindexed
from musings.store.gallery import counts
from musings.store.queue.pause import is_paused
from musings.store.tables import prompts
from musings.store.visibility import IS_LIVE

RECENT = 200
ANY_STATUS = unindexed(prompts.c.status)  # by the index of finished prompts, not by that of statuses
EACH_WAITING = (prompts.c.status.is_(None), *(prompts.c.status == name for name in rows.WAITING_STATUSES))


@dataclass(frozen=True)
class QueueFigures:
    """``by_kind`` maps a kind (or ``unknown``) to counts by status; times are seconds. ``head_waits``: the prompt that
    would be next waits for something that is not there.
    """

    paused: bool
    by_status: dict[str, int]
    by_kind: dict[str, dict[str, int]]
    oldest_pending_seconds: float | None
    running: tuple[Prompt, ...]
    rate_per_hour: float
    durations: dict[str, tuple[float, ...]]
    head_waits: bool


_HEAD = (
    select(prompts.c.waits_for, prompts.c.next_attempt_at)
    .where(prompts.c.status == PromptStatus.PENDING, IS_LIVE)
    .order_by(prompts.c.priority, prompts.c.id)
    .limit(1)
)


def queue_stats(connection: Connection) -> QueueFigures:
    now = times.now()
    oldest = [select(func.min(prompts.c.id)).where(each, IS_LIVE).scalar_subquery() for each in EACH_WAITING]
    found = connection.execute(select(func.min(prompts.c.created_at)).where(prompts.c.id.in_(oldest))).scalar()
    running = connection.execute(select(prompts).where(prompts.c.status == PromptStatus.PROCESSING, IS_LIVE)).all()
    head = connection.execute(_HEAD).first()
    paused = is_paused(connection)
    hour = connection.execute(
        select(func.count()).where(
            prompts.c.completed_at >= now - timedelta(hours=1), ANY_STATUS == PromptStatus.COMPLETED
        )
    ).scalar_one()
    recent = connection.execute(
        select(prompts.c.prompt_type, prompts.c.processing_duration)
        .where(ANY_STATUS == PromptStatus.COMPLETED, prompts.c.completed_at.is_not(None))
        .order_by(prompts.c.completed_at.desc())
        .limit(RECENT)
    ).all()
    by_status = {status.value: 0 for status in PromptStatus}
    by_kind: dict[str, dict[str, int]] = {}
    for prompt_type, status, count in counts.of(connection, "prompts"):
        name = PromptStatus.PENDING.value if status in rows.WAITING_STATUSES else status
        kind = str(KIND_OF_TYPE.get(prompt_type or "text", "unknown"))
        by_status[name] = by_status.get(name, 0) + count
        by_kind.setdefault(kind, {})[name] = by_kind.get(kind, {}).get(name, 0) + count
    durations: dict[str, tuple[float, ...]] = {}
    for prompt_type, seconds in recent:
        if isinstance(seconds, int | float):
            kind = str(KIND_OF_TYPE.get(prompt_type or "text", "unknown"))
            durations[kind] = (*durations.get(kind, ()), float(seconds))
    return QueueFigures(
        paused=paused,
        by_status=by_status,
        by_kind=by_kind,
        oldest_pending_seconds=max(0.0, (now - found).total_seconds()) if found else None,
        running=tuple(rows.prompt(row) for row in running),
        rate_per_hour=float(hour),
        durations=durations,
        head_waits=head is not None and head.waits_for is not None and head.next_attempt_at is not None,
    )
