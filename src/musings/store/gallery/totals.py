"""Totals of everything that was made."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, Float, cast, func, select

from musings.models import KIND_OF_TYPE
from musings.store import rows, times
from musings.store.gallery import counts
from musings.store.tables import prompts, writing_tags, writings
from musings.store.visibility import is_thrown_away

DAYS = 30
MOST_WORDS = 2**40  # of one writing, as the triggers have it: other programs may say anything


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
    artifacts = Counter({name: count for name, _, count in counts.of(connection, "artifacts")})
    by_type, by_mood, words, tagged = _writings(connection)
    return WritingTotals(
        prompts=sum(by_status.values()),
        prompts_by_status=by_status,
        prompts_by_kind=by_kind,
        artifacts=sum(artifacts.values()),
        artifacts_by_type=dict(artifacts),
        writings=sum(by_type.values()),
        writings_by_type=by_type,
        writings_by_mood=by_mood,
        words=words,
        tagged_writings=tagged,
        completed_by_day=_days(connection),
    )


def _prompts(connection: Connection) -> tuple[dict[str, int], dict[str, int]]:
    by_status: Counter[str] = Counter()
    by_kind: Counter[str] = Counter()
    for prompt_type, status, count in counts.of(connection, "prompts"):
        by_status["pending" if status in rows.WAITING_STATUSES else status] += count
        by_kind[str(KIND_OF_TYPE.get(prompt_type or "text", "unknown"))] += count
    return dict(by_status), dict(by_kind)


def _writings(connection: Connection) -> tuple[dict[str, int], dict[str, int], int, int]:
    """By type, by mood, words, and with a tag: of what is stored, without what is in the trash.

    That is little, and is looked at row by row.
    """
    by_type: Counter[str] = Counter()
    by_mood: Counter[str] = Counter()
    for content_type, mood, count in counts.of(connection, "writings"):
        _add(by_type, by_mood, content_type, mood, count)
    words, tagged = (sum(count for _, _, count in counts.of(connection, what)) for what in ("words", "tagged"))
    for row in connection.execute(_HIDDEN):
        _add(by_type, by_mood, rows.words(row.content_type) or "", rows.words(row.mood) or "", -1)
        words -= int(max(-MOST_WORDS, min(MOST_WORDS, row.words)))
        tagged -= int(row.is_tagged)
    return dict(+by_type), dict(+by_mood), max(0, min(words, 2**53)), max(0, tagged)


def _add(by_type: Counter[str], by_mood: Counter[str], content_type: str, mood: str, count: int) -> None:
    by_type[content_type or "unknown"] += count
    if mood:
        by_mood[mood] += count


_IN_TRASH = select(prompts.c.output_reference).where(prompts.c.deleted_at.is_not(None))
_TAGS = select(writing_tags.c.writing_id).where(writing_tags.c.writing_id == writings.c.id)
_WORDS = func.coalesce(cast(writings.c.word_count, Float), 0.0).label("words")
_HIDDEN = select(writings.c.content_type, writings.c.mood, _WORDS, _TAGS.exists().label("is_tagged")).where(
    writings.c.id.in_(_IN_TRASH), is_thrown_away(writings.c.id)
)


def _days(connection: Connection) -> dict[str, int]:
    """The last days, those without anything too."""
    names = [(times.now() - timedelta(days=back)).strftime("%Y-%m-%d") for back in reversed(range(DAYS))]
    counted = dict(counts.since(connection, "days", names[0]))
    return {name: counted.get(name, 0) for name in names}
