"""Prompts that go for good: a tombstone first, then their files (``housekeeping.pruning``), then their rows.

The tombstone is ``deleted_at`` set to ``visibility.TOMBSTONE``. After a kill at any later moment, the next run finds it
and goes on.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Delete, and_, delete, exc, func, or_, select, true, update

from musings.files.paths import STRAY_PREFIX
from musings.models import KIND_OF_TYPE, Kind, PromptStatus
from musings.store import rows
from musings.store.tables import attempts, prompt_artifacts, prompts, writing_tags, writings
from musings.store.visibility import IS_IN_TRASH, IS_LIVE, TOMBSTONE

HAS_TOMBSTONE = prompts.c.deleted_at == TOMBSTONE
IS_DONE_WITH = and_(IS_IN_TRASH, prompts.c.status.is_distinct_from(PromptStatus.PROCESSING))
IS_NOT_MISSING = func.coalesce(prompt_artifacts.c.metadata, "").not_like('%"missing": true%')  # as ``rows.dump`` has it
AT_ONCE = 500  # ids in one statement


@dataclass(frozen=True)
class Removable:
    """A prompt that holds files or lies in the trash.

    ``paths`` are as its rows name them, previews included, without those that were reported missing.
    """

    id: int
    kind: Kind | None
    text: str
    status: str
    starred: bool
    finished_at: datetime | None
    in_trash: bool
    deleted_at: datetime | None
    paths: tuple[str, ...]


def holdings(connection: Connection, *, only_trash: bool = False) -> list[Removable]:
    """Every prompt in the trash, and unless it is only that, every prompt with artifacts; by id."""
    columns = (
        prompts.c.id, prompts.c.prompt_type, prompts.c.prompt_text, prompts.c.status, prompts.c.starred,
        prompts.c.completed_at, prompts.c.created_at, prompts.c.deleted_at, IS_IN_TRASH.label("in_trash"),
    )  # fmt: skip
    has_files = select(prompt_artifacts.c.prompt_id)
    held = IS_IN_TRASH if only_trash else or_(IS_IN_TRASH, and_(IS_LIVE, prompts.c.id.in_(has_files)))
    wanted = select(*columns).where(held)
    paths = _paths(connection, and_(held, IS_NOT_MISSING))
    return [
        Removable(
            id=row.id,
            kind=KIND_OF_TYPE.get(rows.words(row.prompt_type) or "text"),
            text=" ".join(str(row.prompt_text)[:200].split())[:80],
            status=str(row.status),
            starred=bool(row.starred),
            finished_at=row.completed_at or row.created_at,
            in_trash=bool(row.in_trash),
            deleted_at=row.deleted_at,
            paths=paths.get(row.id, ()),
        )
        for row in connection.execute(wanted.order_by(prompts.c.id))
    ]


def mark_trash(connection: Connection, ids: Sequence[int]) -> list[int]:
    """Put the tombstone on those of these prompts that are in the trash still and do not run; returns which."""
    return _mark(connection, ids, IS_DONE_WITH, {})


def trash_paths(connection: Connection, prompt_id: int) -> tuple[str, ...]:
    """The files of a prompt that is in the trash and does not run, without those that another prompt names."""
    theirs = _paths(connection, and_(prompts.c.id == prompt_id, IS_DONE_WITH)).get(prompt_id, ())
    others = _named_by_others(connection, set(theirs), but=prompt_id)
    return tuple(path for path in theirs if path not in others)


def mark_kept(connection: Connection, ids: Sequence[int], *, starred_too: bool) -> list[int]:
    """Put the tombstone on those of these prompts that may still go: live, finished, and not starred meanwhile.

    Retention is about media: a writing that belongs to the prompt stays, on its own.
    """
    final = (PromptStatus.COMPLETED, PromptStatus.FAILED, PromptStatus.CANCELLED)
    may_go = and_(IS_LIVE, prompts.c.status.in_(final))
    if not starred_too:
        may_go = and_(may_go, prompts.c.starred == False)  # noqa: E712 (SQL)
    return _mark(connection, ids, may_go, {"output_reference": None})


def tombstones(connection: Connection) -> dict[int, tuple[str, ...]]:
    """The prompts with a tombstone, and the paths of their files that no other prompt names."""
    ids = connection.execute(select(prompts.c.id).where(HAS_TOMBSTONE)).scalars().all()
    if not ids:
        return {}
    theirs = _paths(connection, HAS_TOMBSTONE)
    others = _named_by_others(connection, {path for paths in theirs.values() for path in paths})
    return {each: tuple(path for path in theirs.get(each, ()) if path not in others) for each in ids}


def remove(connection: Connection, ids: Collection[int]) -> list[int]:
    """Remove the rows of prompts with a tombstone, whose files are gone; returns which are gone.

    A row that a table we do not know holds on to keeps its tombstone, without its artifacts.
    """
    found = connection.execute(
        select(prompts.c.id, prompts.c.output_reference).where(prompts.c.id.in_(ids), HAS_TOMBSTONE)
    ).all()
    these = [row.id for row in found]
    for table in (prompt_artifacts, attempts):
        connection.execute(delete(table).where(table.c.prompt_id.in_(these)))
    gone = [each for each in these if _goes(connection, delete(prompts).where(prompts.c.id == each))]
    for writing in {row.output_reference for row in found if row.id in gone and row.output_reference is not None}:
        referred = select(prompts.c.id).where(prompts.c.output_reference == writing).exists()
        if _goes(connection, delete(writings).where(writings.c.id == writing, ~referred)):
            left = select(writings.c.id).where(writings.c.id == writing).exists()
            connection.execute(delete(writing_tags).where(writing_tags.c.writing_id == writing, ~left))
    return gone


def _mark(
    connection: Connection, ids: Sequence[int], may_go: ColumnElement[bool], more: dict[str, object]
) -> list[int]:
    done: list[int] = []
    for start in range(0, len(ids), AT_ONCE):
        these = prompts.c.id.in_(ids[start : start + AT_ONCE])
        tombstone = update(prompts).where(these, may_go).values(deleted_at=TOMBSTONE, **more)
        done += connection.execute(tombstone.returning(prompts.c.id)).scalars()
    return done


def _paths(connection: Connection, which: ColumnElement[bool]) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    named = (
        select(prompt_artifacts.c.prompt_id, prompt_artifacts.c.file_path, prompt_artifacts.c.preview_path)
        .join(prompts, prompts.c.id == prompt_artifacts.c.prompt_id)
        .where(which)
        .order_by(prompt_artifacts.c.id)
    )
    for prompt_id, *paths in connection.execute(named):
        found[prompt_id] = (*found.get(prompt_id, ()), *(str(path) for path in paths if path))
    return found


def _named_by_others(connection: Connection, paths: set[str], but: int | None = None) -> set[str]:
    """Which of these paths another prompt without a tombstone names, with or without the stray prefix."""
    named: set[str] = set()
    others = or_(prompts.c.id.is_(None), prompts.c.deleted_at.is_(None), prompts.c.deleted_at != TOMBSTONE)
    others = and_(others, prompts.c.id.is_distinct_from(but) if but is not None else true())
    joined = prompt_artifacts.outerjoin(prompts, prompts.c.id == prompt_artifacts.c.prompt_id)
    listed = sorted({form for path in paths for form in _forms(path)})
    for start in range(0, len(listed), AT_ONCE):
        some = listed[start : start + AT_ONCE]
        for column in (prompt_artifacts.c.file_path, prompt_artifacts.c.preview_path):
            found = connection.execute(select(column).select_from(joined).where(column.in_(some), others)).scalars()
            named.update(form for path in found for form in _forms(path))
    return named & paths


def _forms(path: str) -> tuple[str, str]:
    bare = path.removeprefix(STRAY_PREFIX)
    return bare, STRAY_PREFIX + bare


def _goes(connection: Connection, statement: Delete) -> bool:
    """Delete what nothing holds on to; whether that was so."""
    try:
        with connection.begin_nested():
            connection.execute(statement)
    except exc.IntegrityError:
        return False
    return True
