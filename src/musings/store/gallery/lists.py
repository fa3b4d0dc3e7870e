"""Lists of prompts, newest first or in the order in which they run, and where each stands in the queue."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    func,
    or_,
    select,
    true,
    tuple_,
    union_all,
)

from musings.models import Page, Prompt, PromptStatus
from musings.store import rows, times
from musings.store.cursors import position_of
from musings.store.dialect import StoreDialect, TextIndex, dialect_of
from musings.store.expressions import admitted_priority
from musings.store.tables import prompts
from musings.store.visibility import IS_IN_TRASH, IS_LIVE, IS_WAITING

MOST_IDS = 10**16  # in the cursor of the queue
MOST_PARTS = 24  # of a list


@dataclass(frozen=True)
class PromptFilter:
    """Which prompts to list. Empty means all; ``deleted`` means those in the trash in place of all others."""

    statuses: Sequence[str] = ()
    types: Sequence[str] = ()
    text: str | None = None
    artifact_status: str | None = None
    starred: bool | None = None
    since: datetime | None = None
    deleted: bool = False


def listing(connection: Connection, wanted: PromptFilter, limit: int, cursor: str | None) -> Page[Prompt]:
    """Prompts, newest first. Raises ``InvalidInputError`` for a cursor that is none of ours."""
    query = _newest_first(dialect_of(connection), wanted, limit, position_of(cursor))
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
    merged = union_all(*(_part_in_line(part, key, conditions, limit, place) for part, key in _IN_LINE)).subquery()
    keys = select(merged.c.id, merged.c.priority).order_by(merged.c.priority, merged.c.id).limit(limit + 1).subquery()
    query = select(prompts, keys.c.priority.label("place")).join(keys, keys.c.id == prompts.c.id)
    found = connection.execute(query.order_by(keys.c.priority, keys.c.id)).all()
    last = found[limit - 1] if len(found) > limit else None
    cursor = str(last.place * MOST_IDS + last.id) if last else None
    return Page(tuple(rows.prompt(row) for row in found[:limit]), cursor)


def positions(connection: Connection, found: Sequence[Prompt]) -> dict[int, int]:
    """Where the waiting prompts among ``found`` stand in the queue, 1 being next.

    Counted along the queue's index: all of the more urgent priorities, then only the gaps between those asked for.
    """
    waiting = sorted((p.priority, p.id) for p in found if p.status == PromptStatus.PENDING)
    where: dict[int, int] = {}
    in_line = and_(prompts.c.status == PromptStatus.PENDING, IS_LIVE)
    count = select(func.count()).select_from(prompts).where(in_line)
    for priority, group in itertools.groupby(waiting, key=lambda each: each[0]):
        ahead = connection.execute(count.where(prompts.c.priority < priority)).scalar_one()
        before = -1
        for _, prompt_id in group:
            gap = count.where(prompts.c.priority == priority, prompts.c.id >= before, prompts.c.id < prompt_id)
            ahead += connection.execute(gap).scalar_one()
            where[prompt_id] = ahead + 1
            before = prompt_id
    return where


def _newest_first(
    dialect: StoreDialect, wanted: PromptFilter, limit: int, before: int | None
) -> Select[tuple[object, ...]]:
    """The page's ids first, then its rows: what is sorted and left out is small then, however much is stored."""
    ids = _found_by_words(dialect, wanted, limit, before) if wanted.text else _by_parts(wanted, limit, before)
    return select(prompts).where(prompts.c.id.in_(ids.scalar_subquery())).order_by(prompts.c.id.desc())


# What is in the queue stands there in order (an index has it so); what another program has put beside it comes in at
# the place that it will be admitted to.
_ADMITTED = and_(prompts.c.status == PromptStatus.PENDING, prompts.c.max_attempts.is_not(None))
_OUTSIDE = and_(
    IS_WAITING,
    or_(prompts.c.max_attempts.is_(None), prompts.c.status.is_(None), prompts.c.status != PromptStatus.PENDING),
)
_IN_LINE: tuple[tuple[ColumnElement[bool], ColumnElement[int]], ...] = (
    (_ADMITTED, prompts.c.priority),
    (_OUTSIDE, admitted_priority(prompts.c.priority)),
)


def _conditions_in_line(dialect: StoreDialect, wanted: PromptFilter) -> list[ColumnElement[bool]]:
    conditions = _conditions(wanted)
    if wanted.types:
        conditions.append(func.coalesce(prompts.c.prompt_type, "text").in_(wanted.types))
    if wanted.text:
        found = dialect.matching(TextIndex.PROMPTS, wanted.text)
        conditions.append(prompts.c.id.in_(select(found.key).where(found.condition)))
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


def _found_by_words(dialect: StoreDialect, wanted: PromptFilter, limit: int, before: int | None) -> Select[int]:
    found = dialect.matching(TextIndex.PROMPTS, wanted.text or "")
    earlier = [] if before is None else [found.key < before]
    ids = select(prompts.c.id).join(found.source, found.key == prompts.c.id)
    ids = ids.where(found.condition, or_(*_parts(wanted)), *earlier, *_conditions(wanted))
    return ids.order_by(found.key.desc()).limit(limit + 1)


def _by_parts(wanted: PromptFilter, limit: int, before: int | None) -> Select[int]:
    """The newest of each part, then the newest of those."""
    earlier = [] if before is None else [prompts.c.id < before]
    conditions = [*earlier, *_conditions(wanted)]
    parts = [
        select(prompts.c.id).where(part, *conditions).order_by(prompts.c.id.desc()).limit(limit + 1)
        for part in _parts(wanted)
    ]
    if len(parts) == 1:
        return parts[0]
    merged = union_all(*(select(part.subquery().c.id) for part in parts)).subquery()
    return select(merged.c.id).order_by(merged.c.id.desc()).limit(limit + 1)


def _parts(wanted: PromptFilter) -> list[ColumnElement[bool]]:
    """Statuses and types asked for, one by one or pair by pair: within each, an index has the ids in order already."""
    waiting = [*rows.WAITING_STATUSES, None] if PromptStatus.PENDING in wanted.statuses else []
    statuses = _each(prompts.c.status, [*(each for each in wanted.statuses if each != PromptStatus.PENDING), *waiting])
    types = _each(prompts.c.prompt_type, [*wanted.types, *([None] if "text" in wanted.types else [])])
    if not statuses or not types:
        return statuses or types or [true()]
    if len(statuses) * len(types) > MOST_PARTS:
        return [and_(status, or_(*types)) for status in statuses]
    return [and_(status, prompt_type) for status, prompt_type in itertools.product(statuses, types)]


def _each(column: ColumnElement[str], values: Sequence[str | None]) -> list[ColumnElement[bool]]:
    return [column.is_(None) if value is None else column == value for value in dict.fromkeys(values)]


def _conditions(wanted: PromptFilter) -> list[ColumnElement[bool]]:
    """What every part of a page must be beside its part."""
    conditions: list[ColumnElement[bool]] = [IS_IN_TRASH if wanted.deleted else IS_LIVE]
    if wanted.artifact_status:
        conditions.append(prompts.c.artifact_status == wanted.artifact_status)
    if wanted.starred is not None:
        conditions.append(prompts.c.starred == wanted.starred)
    if wanted.since is not None:
        conditions.append(times.at_or_after(prompts.c.created_at, wanted.since))
    return conditions
