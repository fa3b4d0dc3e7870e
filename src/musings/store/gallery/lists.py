"""Lists of prompts, newest first or in the order in which they run, and where each stands in the queue."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    tuple_,
    union_all,
)

from musings.models import Page, Prompt, PromptStatus
from musings.store import rows
from musings.store.cursors import position_of
from musings.store.dialect import StoreDialect, TextIndex, TextMatch, dialect_of
from musings.store.expressions import LEAST_URGENT, MOST_URGENT, USUAL, admitted_priority, unindexed
from musings.store.parts import Parts, crossed, found_among_newest, made_since, newest, one_by_one
from musings.store.queue.admission import OUTSIDE
from musings.store.tables import line, prompts, run_steps
from musings.store.visibility import IS_IN_TRASH, IS_LIVE

MOST_IDS = 10**16  # in the cursor of the queue
STRETCH_BITS = 10  # as the triggers have it that keep ``musings_line``

WAITS = and_(prompts.c.status == literal_column("'pending'"), IS_LIVE)
"""To the letter the condition of the indexes of the queue."""


@dataclass(frozen=True)
class PromptFilter:
    """Which prompts to list. Empty means all; ``deleted`` means those in the trash in place of all others.

    ``musing``: those of one run of a chain.
    """

    statuses: Sequence[str] = ()
    types: Sequence[str] = ()
    text: str | None = None
    artifact_status: str | None = None
    starred: bool | None = None
    since: datetime | None = None
    deleted: bool = False
    musing: int | None = None


def listing(connection: Connection, wanted: PromptFilter, limit: int, cursor: str | None) -> Page[Prompt]:
    """Prompts, newest first. Raises ``InvalidInputError`` for a cursor that is none of ours."""
    query = _newest_first(connection, wanted, limit + 1, position_of(cursor))
    found = tuple(rows.prompt(row) for row in connection.execute(query))
    return Page(found[:limit], str(found[limit - 1].id) if len(found) > limit else None)


def in_line(connection: Connection, wanted: PromptFilter, limit: int, cursor: str | None) -> Page[Prompt]:
    """Waiting prompts in the order in which they run: by priority, then by age. ``wanted`` may narrow them down.

    The cursor is the place of the last one (its priority, then 16 digits of its id), so what starts, arrives or is
    cancelled in between neither repeats nor hides another. What does not wait stands in no line: another status or the
    trash gives an empty page. Raises ``InvalidInputError`` for a cursor that is none of ours.
    """
    position = position_of(cursor)
    place = None if position is None else divmod(position, MOST_IDS)
    if wanted.deleted or (wanted.statuses and PromptStatus.PENDING not in wanted.statuses):
        return Page((), None)
    conditions = _conditions_in_line(dialect_of(connection), wanted)
    parts = [_part_in_line(part, key, conditions, limit, place) for part, key in _parts_in_line(wanted)]
    merged = union_all(*parts).subquery()
    keys = select(merged.c.id, merged.c.priority).order_by(merged.c.priority, merged.c.id).limit(limit + 1).subquery()
    query = select(prompts, keys.c.priority.label("place")).join(keys, keys.c.id == prompts.c.id)
    found = connection.execute(query.order_by(keys.c.priority, keys.c.id)).all()
    last = found[limit - 1] if len(found) > limit else None
    cursor = str(last.place * MOST_IDS + last.id) if last else None
    return Page(tuple(rows.prompt(row) for row in found[:limit]), cursor)


def positions(connection: Connection, found: Sequence[Prompt]) -> dict[int, int]:
    """Where the waiting prompts among ``found`` stand in the queue, 1 being next: by one query, however many there are.

    The first of each priority is counted by the stretches before its own, the others by the gaps between them.
    """
    waiting = [prompt.id for prompt in found if prompt.status == PromptStatus.PENDING]
    if not waiting:
        return {}
    where: dict[int, int] = {}
    places: dict[int, int] = {}
    for row in connection.execute(_AHEAD, {"ids": waiting}):
        places[row.priority] = places.get(row.priority, 0) + row.ahead
        where[row.id] = places[row.priority] + 1
    return where


def _ahead() -> Select[int, int, int]:
    """For each of ``ids``, in the order of the queue, how many stand before it and behind the one before it."""
    priority = func.coalesce(prompts.c.priority, USUAL)
    before = func.lag(prompts.c.id).over(partition_by=priority, order_by=prompts.c.id)
    asked = (
        select(prompts.c.id, priority.label("priority"), before.label("before"))
        .where(prompts.c.id.in_(bindparam("ids", expanding=True)))
        .cte("asked")
    )
    behind = prompts.alias("behind")
    total = select(func.coalesce(func.sum(line.c.n), 0))
    stretch = asked.c.id.op(">>")(STRETCH_BITS)
    from_id = func.coalesce(asked.c.before, stretch.op("<<")(STRETCH_BITS))
    gap = select(func.count()).select_from(behind)
    gap = gap.where(behind.c.status == literal_column("'pending'"), behind.c.deleted_at.is_(None))
    gap = gap.where(behind.c.priority == asked.c.priority, behind.c.id >= from_id, behind.c.id < asked.c.id)
    earlier = total.where(line.c.priority < asked.c.priority).scalar_subquery() + (
        total.where(line.c.priority == asked.c.priority, line.c.stretch < stretch).scalar_subquery()
    )
    first = case((asked.c.before.is_(None), earlier), else_=0)
    ahead = gap.scalar_subquery() + first
    return select(asked.c.id, asked.c.priority, ahead.label("ahead")).order_by(asked.c.priority, asked.c.id)


_AHEAD = _ahead()


def _newest_first(
    connection: Connection, wanted: PromptFilter, limit: int, before: int | None
) -> Select[tuple[object, ...]]:
    """The page's ids first, then its rows: what is sorted and left out is small then, however much is stored."""
    parts, conditions = _parts(wanted), _conditions(wanted)
    if before is not None:
        conditions.append(prompts.c.id < before)
    ids: Any = newest(prompts.c.id, parts, conditions, limit).scalar_subquery()
    if wanted.text:
        match = dialect_of(connection).matching(TextIndex.PROMPTS, wanted.text)
        ids = found_among_newest(connection, prompts.c.id, prompts.c.id, parts, conditions, match, limit)
        if ids is None:
            ids = _found_by_words(match, parts, conditions, limit).scalar_subquery()
    return select(prompts).where(prompts.c.id.in_(ids)).order_by(prompts.c.id.desc())


# What is in the queue stands there in order (an index has it so); what another program has put beside it comes in at
# the place that it will be admitted to.
_ADMITTED = and_(WAITS, prompts.c.max_attempts.is_not(None))
_OUTSIDE = prompts.c.id.in_(OUTSIDE)
_IN_LINE: tuple[tuple[ColumnElement[bool], ColumnElement[int]], ...] = (
    (_ADMITTED, prompts.c.priority),
    (_OUTSIDE, admitted_priority(prompts.c.priority)),
)
_PRIORITIES = (
    *(prompts.c.priority == each for each in range(MOST_URGENT, LEAST_URGENT + 1)),
    prompts.c.priority < MOST_URGENT,
    prompts.c.priority > LEAST_URGENT,
)


def _parts_in_line(wanted: PromptFilter) -> Iterator[tuple[ColumnElement[bool], ColumnElement[int]]]:
    """Each part of the queue, and what it is ordered by."""
    (admitted, priority), (outside, would_be) = _IN_LINE
    types = one_by_one(prompts.c.prompt_type, _with_null(wanted.types))
    since = made_since(prompts, "prompts", wanted.since) if wanted.since is not None else []
    # Within one priority, an index finds where those made since a time begin. Words are looked up once for each part.
    priorities = _PRIORITIES if since and not wanted.text else ()
    types_together = [or_(*types)] if types and wanted.text else types
    yield from ((and_(part, *since), priority) for part in crossed([admitted], types_together, priorities))
    # Those are few, and found by an index of their own and no other.
    elsewhere = [or_(*one_by_one(unindexed(prompts.c.prompt_type), _with_null(wanted.types)))] if types else []
    yield and_(outside, *elsewhere, *since[1:]), would_be


def _conditions_in_line(dialect: StoreDialect, wanted: PromptFilter) -> list[ColumnElement[bool]]:
    conditions = _conditions(replace(wanted, since=None, artifact_status=None))
    if wanted.artifact_status:  # in the order of the queue's index: what waits for media is ``pending`` there, too
        conditions.append(unindexed(prompts.c.artifact_status) == wanted.artifact_status)
    if wanted.text:
        found = dialect.matching(TextIndex.PROMPTS, wanted.text)
        conditions.append(unindexed(prompts.c.id).in_(select(found.key).where(found.condition)))
    return conditions


def _part_in_line(
    part: ColumnElement[bool],
    key: ColumnElement[int],
    conditions: Sequence[ColumnElement[bool]],
    limit: int,
    place: tuple[int, int] | None,
) -> Select[int, int]:
    later = [] if place is None else [tuple_(key, prompts.c.id) > place]
    ordered = select(prompts.c.id, key.label("priority")).where(part, *conditions, *later).order_by(key, prompts.c.id)
    inner = ordered.limit(limit + 1).subquery()
    return select(inner.c.id, inner.c.priority)


def _found_by_words(
    match: TextMatch, parts: Parts, conditions: Sequence[ColumnElement[bool]], limit: int
) -> Select[int]:
    ids = select(prompts.c.id).join(match.source, match.key == prompts.c.id)
    return ids.where(match.condition, or_(*parts), *conditions).order_by(match.key.desc()).limit(limit)


def _parts(wanted: PromptFilter) -> list[ColumnElement[bool]]:
    """Statuses and types asked for, one by one or pair by pair: within each, an index has the ids in order already."""
    waiting = [*rows.WAITING_STATUSES, None] if PromptStatus.PENDING in wanted.statuses else []
    statuses = [*(each for each in wanted.statuses if each != PromptStatus.PENDING), *waiting]
    return crossed(one_by_one(prompts.c.status, statuses), one_by_one(prompts.c.prompt_type, _with_null(wanted.types)))


def _with_null(types: Sequence[str]) -> list[str | None]:
    """A row of another program that has no type is a text."""
    return [*types, *([None] if "text" in types else [])]


def _conditions(wanted: PromptFilter) -> list[ColumnElement[bool]]:
    """What every part of a page must be beside its part."""
    conditions: list[ColumnElement[bool]] = [IS_IN_TRASH if wanted.deleted else IS_LIVE]
    if wanted.artifact_status:
        conditions.append(prompts.c.artifact_status == wanted.artifact_status)
    if wanted.starred is not None:
        conditions.append(prompts.c.starred == wanted.starred)
    if wanted.since is not None:
        conditions += made_since(prompts, "prompts", wanted.since)
    if wanted.musing is not None:
        mine = select(run_steps.c.prompt_id).where(run_steps.c.run_id == wanted.musing)
        conditions.append(prompts.c.id.in_(mine))
    return conditions
