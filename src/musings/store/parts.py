"""Pages of long lists, newest first: the newest of each part of a list, then the newest of those.

A list that an index does not have in order as a whole is cut into parts that one does: each status, each type, or each
pair of them. However long the list is, no more is read and sorted than a page of each part.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, Table, and_, func, or_, select, true, union_all
from sqlalchemy.sql.elements import KeyedColumnElement

from musings.store import times
from musings.store.dialect import TextMatch
from musings.store.tables import hours

MOST_PARTS = 48
FEW = 2_000
"""Rows with the words of a search: so many are all found at once."""
TRIED_FIRST = 1_000

Parts = Sequence[ColumnElement[bool]]


def newest(
    number: KeyedColumnElement[int], parts: Parts, conditions: Sequence[ColumnElement[bool]], limit: int
) -> Select[Any]:
    """The largest ``limit`` of the ids in column ``number`` that are of any part and meet every condition.

    Parts that overlap give an id twice.
    """
    each = [select(number).where(part, *conditions).order_by(number.desc()).limit(limit) for part in parts]
    if len(each) == 1:
        return each[0]
    merged = union_all(*(select(part.subquery().c[number.name]) for part in each)).subquery()
    found = merged.c[number.name]
    return select(found).order_by(found.desc()).limit(limit)


def one_by_one(column: ColumnElement[Any], values: Sequence[str | None]) -> list[ColumnElement[bool]]:
    """A part for each value; None is NULL."""
    return [column.is_(None) if value is None else column == value for value in dict.fromkeys(values)]


def crossed(*dimensions: Parts) -> list[ColumnElement[bool]]:
    """The parts of several dimensions pair by pair; an empty one is not asked about.

    Where they would be too many, those of the later dimensions stay together.
    """
    found: list[ColumnElement[bool]] = []
    for parts in dimensions:
        if not parts:
            continue
        if len(found or [1]) * len(parts) > MOST_PARTS:
            parts = [or_(*parts)]
        found = [and_(one, other) for one in found for other in parts] if found else list(parts)
    return found or [true()]


def made_since(table: Table, what: str, moment: datetime) -> list[ColumnElement[bool]]:
    """Whether a row of ``table`` was made at or after a moment, and the id that none of those is below.

    The second is what an index can use: without it the newest row made before is looked at, and every other.
    """
    hour = moment.astimezone(UTC).strftime(times.FORMAT)[:13]
    least = select(func.min(hours.c.first_id)).where(hours.c.what == what, hours.c.hour >= hour).scalar_subquery()
    return [table.c.id >= least, times.at_or_after(table.c.created_at, moment)]


def found_among_newest(
    connection: Connection,
    number: KeyedColumnElement[int],
    key: KeyedColumnElement[int],
    parts: Parts,
    conditions: Sequence[ColumnElement[bool]],
    match: TextMatch,
    limit: int,
) -> list[int] | None:
    """The newest ``limit`` ids of a list whose prompt (or writing) ``key`` has the words of a search, or None.

    None where another way is better: few have the words, so that all of them may be looked at; or the newest of the
    list do not tell. Words that are everywhere are met among those, and a short list is looked at as a whole.
    """
    some = select(match.key).where(match.condition).limit(FEW + 1).subquery()
    if _count(connection, some) <= FEW:
        return None
    recent = newest(number, parts, conditions, TRIED_FIRST)
    theirs = select(key.label("key")).where(number.in_(recent.scalar_subquery())).subquery()
    first = select(func.min(theirs.c.key)).scalar_subquery()
    with_words = select(match.key).where(match.condition, match.key >= first)
    tried = select(number).where(number.in_(recent.scalar_subquery()), key.in_(with_words))
    found = list(connection.execute(tried.order_by(number.desc()).limit(limit)).scalars())
    is_whole = len(found) == limit or _count(connection, recent.subquery()) < TRIED_FIRST
    return found if is_whole else None


def _count(connection: Connection, found: FromClause) -> int:
    return int(connection.execute(select(func.count()).select_from(found)).scalar_one())
