"""Writings as people look for them: listed, searched, tagged, compared."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Select,
    delete,
    false,
    func,
    insert,
    literal_column,
    select,
    union,
)

from musings.errors import NotFoundError
from musings.models import Page, StoredWriting
from musings.store import rows
from musings.store.cursors import position_of
from musings.store.dialect import TextIndex, dialect_of
from musings.store.parts import MOST_PARTS, crossed, newest, one_by_one
from musings.store.tables import prompts, tags, writing_tags, writings
from musings.store.visibility import IS_LIVE, is_thrown_away
from musings.store.writings.likeness import NEAR, is_fingerprint, likeness

MOST_LIKE = 10
MOST_RANKED = 1_000


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
    if wanted.text:
        ids = _found_by_words(connection, wanted.text, wanted, limit + 1, before)
    elif wanted.tag is not None:
        ids = _tagged(connection, wanted.tag, wanted, limit + 1, before)
    else:
        earlier = [] if before is None else [writings.c.id < before]
        ids = newest(writings.c.id, _parts(wanted), [*earlier, IS_HERE], limit + 1)
    query = select(writings).where(writings.c.id.in_(ids.scalar_subquery())).order_by(writings.c.id.desc())
    listed = tuple(rows.writing(row) for row in connection.execute(query))
    return Page(listed[:limit], str(listed[limit - 1].id) if len(listed) > limit else None)


def search(connection: Connection, text: str, wanted: WritingFilter, limit: int, skip: int) -> list[StoredWriting]:
    """Writings in which every word occurs, the best match first (a word of the title counting fivefold).

    Of more than ``MOST_RANKED`` the newest come first: to weigh a match, all of them have to be read.
    """
    found = dialect_of(connection).matching(TextIndex.WRITINGS, text)
    some = select(found.key).where(found.condition).limit(MOST_RANKED + 1).subquery()
    is_common = connection.execute(select(func.count()).select_from(some)).scalar_one() > MOST_RANKED
    query: Select[tuple[object, ...]] = (
        select(writings)
        .join(found.source, found.key == writings.c.id)
        .where(found.condition, *_conditions(wanted))
        .order_by(*([found.key.desc()] if is_common else [found.rank, writings.c.id.desc()]))
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
        found[row.writing_id].append(rows.words(row.name) or "")
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
    return [Tag(rows.words(row.name) or "", rows.words(row.tag_type), int(row[2])) for row in connection.execute(query)]


def like(connection: Connection, writing_id: int) -> list[Like]:
    """Writings that are nearly the same text, the nearest first."""
    query = select(writings.c.id, writings.c.title, writings.c.content_fingerprint)
    query = query.where(~is_thrown_away(writings.c.id))
    found = connection.execute(query).all()
    mine = next((row.content_fingerprint for row in found if row.id == writing_id), None)
    if mine is None or not is_fingerprint(mine):
        return []
    others = [row for row in found if row.id != writing_id and is_fingerprint(row.content_fingerprint)]
    near = [Like(row.id, rows.words(row.title), round(likeness(mine, row.content_fingerprint), 3)) for row in others]
    return sorted((each for each in near if each.likeness >= NEAR), key=lambda each: -each.likeness)[:MOST_LIKE]


def prompts_of(connection: Connection, writing_id: int) -> list[int]:
    """The prompts whose output a writing is, or whose media were made of it."""
    query = select(prompts.c.id).where(prompts.c.output_reference == writing_id, IS_LIVE).order_by(prompts.c.id)
    return list(connection.execute(query).scalars())


def _found_by_words(
    connection: Connection, text: str, wanted: WritingFilter, limit: int, before: int | None
) -> Select[int]:
    found = dialect_of(connection).matching(TextIndex.WRITINGS, text)
    earlier = [] if before is None else [found.key < before]
    ids = select(writings.c.id).join(found.source, found.key == writings.c.id)
    return ids.where(found.condition, *earlier, *_conditions(wanted)).order_by(found.key.desc()).limit(limit)


def _tagged(connection: Connection, tag: str, wanted: WritingFilter, limit: int, before: int | None) -> Select[int]:
    """Along the tag's own index. Several tags may have one name, and a writing may carry a tag twice."""
    tag_ids = connection.execute(select(tags.c.id).where(tags.c.name == tag).limit(MOST_PARTS)).scalars().all()
    parts = [writing_tags.c.tag_id == each for each in tag_ids] or [false()]
    earlier = [] if before is None else [writing_tags.c.writing_id < before]
    matching = select(writings.c.id).where(writings.c.id == writing_tags.c.writing_id, *_conditions(wanted, tag=False))
    carried = [
        select(writing_tags.c.writing_id)
        .where(part, matching.exists(), *earlier)
        .group_by(writing_tags.c.writing_id)
        .order_by(writing_tags.c.writing_id.desc())
        .limit(limit)
        .subquery()
        for part in parts
    ]
    merged = union(*(select(each.c.writing_id) for each in carried)).subquery()
    return select(merged.c.writing_id).order_by(merged.c.writing_id.desc()).limit(limit)


IS_HERE = ~is_thrown_away(writings.c.id)
# To the letter what stands in the indexes, or SQLite would not use them.
_flag = literal_column("(coalesce(writings.explicit_content, 0) != 0)", Boolean)
_mood = func.lower(writings.c.mood)


def _parts(wanted: WritingFilter) -> list[ColumnElement[bool]]:
    """Types and moods one by one. The index of either has the flag too, and that of both has not."""
    types = one_by_one(writings.c.content_type, wanted.types)
    moods = [] if wanted.mood is None else [_mood == wanted.mood.lower()]
    if wanted.explicit is not None:
        flags = [_flag == literal_column(str(int(wanted.explicit)))]
    else:
        flags = [] if bool(types) == bool(moods) else [_flag == literal_column(each) for each in ("0", "1")]
    return crossed(moods, flags, types)


def _conditions(wanted: WritingFilter, *, tag: bool = True) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [IS_HERE]
    if wanted.types:
        conditions.append(writings.c.content_type.in_(wanted.types))
    if wanted.mood is not None:
        conditions.append(_mood == wanted.mood.lower())
    if wanted.explicit is not None:
        conditions.append(_flag if wanted.explicit else ~_flag)
    if tag and wanted.tag is not None:
        carrying = (
            select(writing_tags.c.writing_id)
            .join(tags, tags.c.id == writing_tags.c.tag_id)
            .where(tags.c.name == wanted.tag, writing_tags.c.writing_id == writings.c.id)
        )
        conditions.append(carrying.exists())
    return conditions


def _tag_id(connection: Connection, name: str) -> int:
    found = connection.execute(select(func.min(tags.c.id)).where(tags.c.name == name)).scalar()
    if found is not None:
        return int(found)
    return int(connection.execute(insert(tags).values(name=name).returning(tags.c.id)).scalar_one())
