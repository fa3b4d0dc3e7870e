"""Writings as people look for them: listed, searched, tagged, compared."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Select, delete, func, insert, select

from musings.errors import NotFoundError
from musings.models import Page, StoredWriting
from musings.store import rows
from musings.store.cursors import position_of
from musings.store.dialect import TextIndex, dialect_of
from musings.store.tables import prompts, tags, writing_tags, writings
from musings.store.visibility import IS_LIVE, is_thrown_away
from musings.store.writings.likeness import NEAR, is_fingerprint, likeness

MOST_LIKE = 10


@dataclass(frozen=True)
class WritingFilter:
    """Which writings to list. Empty or None means all."""

    types: Sequence[str] = ()
    mood: str | None = None
    tag: str | None = None
    explicit: bool | None = None
    text: str | None = None


@dataclass(frozen=True)
class Like:
    """A writing that another one resembles; ``likeness`` from 0 to 1."""

    id: int
    title: str | None
    likeness: float


@dataclass(frozen=True)
class Tag:
    """``count`` is how many writings carry it."""

    name: str
    tag_type: str | None
    count: int


def listing(connection: Connection, wanted: WritingFilter, limit: int, cursor: str | None) -> Page[StoredWriting]:
    """Writings, newest first. Raises ``InvalidInputError`` for a cursor that is none of ours."""
    before = position_of(cursor)
    query = select(writings).where(*_conditions(wanted)).order_by(writings.c.id.desc()).limit(limit + 1)
    if wanted.text:
        found = dialect_of(connection).matching(TextIndex.WRITINGS, wanted.text)
        query = query.where(writings.c.id.in_(select(found.key).where(found.condition)))
    if before is not None:
        query = query.where(writings.c.id < before)
    listed = tuple(rows.writing(row) for row in connection.execute(query))
    return Page(listed[:limit], str(listed[limit - 1].id) if len(listed) > limit else None)


def search(connection: Connection, text: str, wanted: WritingFilter, limit: int, skip: int) -> list[StoredWriting]:
    """Writings in which every word occurs, the best match first (a word of the title counting fivefold)."""
    found = dialect_of(connection).matching(TextIndex.WRITINGS, text)
    query: Select[tuple[object, ...]] = (
        select(writings)
        .join(found.source, found.key == writings.c.id)
        .where(found.condition, *_conditions(wanted))
        .order_by(found.rank, writings.c.id.desc())
        .limit(limit)
        .offset(skip)
    )
    return [rows.writing(row) for row in connection.execute(query)]


def tags_of(connection: Connection, ids: Sequence[int]) -> dict[int, list[str]]:
    """The names of each writing's tags, in alphabetical order."""
    query = (
        select(writing_tags.c.writing_id, tags.c.name)
        .join(tags, tags.c.id == writing_tags.c.tag_id)
        .where(writing_tags.c.writing_id.in_(ids), tags.c.name.is_not(None))
        .distinct()
        .order_by(tags.c.name)
    )
    found: dict[int, list[str]] = {writing_id: [] for writing_id in ids}
    for row in connection.execute(query):
        found[row.writing_id].append(str(row.name))
    return found


def set_tags(connection: Connection, writing_id: int, names: Sequence[str]) -> list[str]:
    """Give a writing these tags and no others; returns them in order. Raises ``NotFoundError``."""
    wanted = sorted(set(names))
    if connection.execute(select(writings.c.id).where(writings.c.id == writing_id)).first() is None:
        raise NotFoundError(f"There is no writing {writing_id}.")
    connection.execute(delete(writing_tags).where(writing_tags.c.writing_id == writing_id))
    for name in wanted:
        connection.execute(insert(writing_tags).values(writing_id=writing_id, tag_id=_tag_id(connection, name)))
    return wanted


def all_tags(connection: Connection) -> list[Tag]:
    """Every tag that a writing carries, the most used first."""
    count = func.count(writing_tags.c.writing_id.distinct())
    query = (
        select(tags.c.name, func.max(tags.c.tag_type).label("tag_type"), count.label("count"))
        .join(writing_tags, writing_tags.c.tag_id == tags.c.id)
        .where(tags.c.name.is_not(None))
        .group_by(tags.c.name)
        .order_by(count.desc(), tags.c.name)
    )
    return [Tag(str(row.name), row.tag_type, int(row[2])) for row in connection.execute(query)]


def like(connection: Connection, writing_id: int) -> list[Like]:
    """Writings that are nearly the same text, the nearest first."""
    query = select(writings.c.id, writings.c.title, writings.c.content_fingerprint)
    query = query.where(~is_thrown_away(writings.c.id))
    found = connection.execute(query).all()
    mine = next((row.content_fingerprint for row in found if row.id == writing_id), None)
    if mine is None or not is_fingerprint(mine):
        return []
    others = [row for row in found if row.id != writing_id and is_fingerprint(row.content_fingerprint)]
    near = [Like(row.id, row.title, round(likeness(mine, row.content_fingerprint), 3)) for row in others]
    return sorted((each for each in near if each.likeness >= NEAR), key=lambda each: -each.likeness)[:MOST_LIKE]


def prompts_of(connection: Connection, writing_id: int) -> list[int]:
    """The prompts whose output a writing is, or whose media were made of it."""
    query = select(prompts.c.id).where(prompts.c.output_reference == writing_id, IS_LIVE).order_by(prompts.c.id)
    return list(connection.execute(query).scalars())


def _conditions(wanted: WritingFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [~is_thrown_away(writings.c.id)]
    if wanted.types:
        conditions.append(writings.c.content_type.in_(wanted.types))
    if wanted.mood is not None:
        conditions.append(func.lower(writings.c.mood) == wanted.mood.lower())
    if wanted.explicit is not None:
        flagged = func.coalesce(writings.c.explicit_content, 0) != 0
        conditions.append(flagged if wanted.explicit else ~flagged)
    if wanted.tag is not None:
        carrying = (
            select(writing_tags.c.writing_id)
            .join(tags, tags.c.id == writing_tags.c.tag_id)
            .where(tags.c.name == wanted.tag)
        )
        conditions.append(writings.c.id.in_(carrying))
    return conditions


def _tag_id(connection: Connection, name: str) -> int:
    found = connection.execute(select(func.min(tags.c.id)).where(tags.c.name == name)).scalar()
    if found is not None:
        return int(found)
    return int(connection.execute(insert(tags).values(name=name).returning(tags.c.id)).scalar_one())
