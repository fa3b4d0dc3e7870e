"""Totals of everything that was made."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, func, select

from musings.models import KIND_OF_TYPE, PromptStatus
from musings.store import rows, times
from musings.store.tables import prompt_artifacts, prompts, writing_tags, writings
from musings.store.visibility import IS_LIVE

DAYS = 30


@dataclass(frozen=True)
class WritingTotals:
    """Counts. ``completed_by_day`` maps each of the last days (UTC, ``2026-11-22``) to what was completed on it."""

    prompts: int
    prompts_by_status: dict[str, int]
    prompts_by_kind: dict[str, int]
    artifacts: int
    artifacts_by_type: dict[str, int]
    writings: int
    writings_by_type: dict[str, int]
    writings_by_mood: dict[str, int]
    words: int
    tagged_writings: int
    completed_by_day: dict[str, int]


def totals(connection: Connection) -> WritingTotals:
    """Everything that is not in the trash, counted in one look at the database."""
    by_status, by_kind = _prompts(connection)
    artifacts = _artifacts(connection)
    by_type, by_mood, words = _writings(connection)
    tagged = connection.execute(select(func.count(writing_tags.c.writing_id.distinct()))).scalar_one()
    return WritingTotals(
        prompts=sum(by_status.values()),
        prompts_by_status=by_status,
        prompts_by_kind=by_kind,
        artifacts=sum(artifacts.values()),
        artifacts_by_type=artifacts,
        writings=sum(by_type.values()),
        writings_by_type=by_type,
        writings_by_mood=by_mood,
        words=words,
        tagged_writings=int(tagged),
        completed_by_day=_days(connection),
    )


def _prompts(connection: Connection) -> tuple[dict[str, int], dict[str, int]]:
    found = connection.execute(
        select(prompts.c.prompt_type, prompts.c.status, func.count())
        .where(IS_LIVE)
        .group_by(prompts.c.prompt_type, prompts.c.status)
    )
    by_status: Counter[str] = Counter()
    by_kind: Counter[str] = Counter()
    for prompt_type, status, count in found:
        by_status["pending" if status is None or status in rows.WAITING_STATUSES else str(status)] += count
        by_kind[str(KIND_OF_TYPE.get(prompt_type or "text", "unknown"))] += count
    return dict(by_status), dict(by_kind)


def _artifacts(connection: Connection) -> dict[str, int]:
    found = connection.execute(
        select(func.coalesce(prompt_artifacts.c.artifact_type, "other"), func.count())
        .join(prompts, prompts.c.id == prompt_artifacts.c.prompt_id)
        .where(IS_LIVE)
        .group_by(prompt_artifacts.c.artifact_type)
    )
    counts: Counter[str] = Counter()
    for artifact_type, count in found:
        counts[str(artifact_type)] += count
    return dict(counts)


def _writings(connection: Connection) -> tuple[dict[str, int], dict[str, int], int]:
    count, words = func.count(), func.coalesce(func.sum(writings.c.word_count), 0)
    found = connection.execute(
        select(writings.c.content_type, writings.c.mood, count, words).group_by(
            writings.c.content_type, writings.c.mood
        )
    )
    by_type: Counter[str] = Counter()
    by_mood: Counter[str] = Counter()
    written = 0
    for content_type, mood, number, length in found:
        by_type[str(content_type or "unknown")] += number
        written += int(length)
        if mood:
            by_mood[str(mood)] += number
    return dict(by_type), dict(by_mood), written


def _days(connection: Connection) -> dict[str, int]:
    """The last days, those without anything too."""
    names = [(times.now() - timedelta(days=back)).strftime("%Y-%m-%d") for back in reversed(range(DAYS))]
    day = func.substr(prompts.c.completed_at, 1, 10)
    found = connection.execute(
        select(day, func.count())
        .where(prompts.c.status == PromptStatus.COMPLETED, IS_LIVE, day >= names[0])
        .group_by(day)
    )
    counted = {str(name): int(count) for name, count in found}
    return {name: counted.get(name, 0) for name in names}
