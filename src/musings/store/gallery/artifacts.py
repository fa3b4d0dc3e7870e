"""Artifacts: the rows that name files. A file is in its place before its row is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, insert, select, true

from musings.errors import NotFoundError
from musings.models import (
    Artifact,
    JsonObject,
    NewArtifact,
    Page,
    Prompt,
)
from musings.store import rows, times
from musings.store.cursors import position_of
from musings.store.dialect import TextIndex, dialect_of
from musings.store.parts import found_among_newest, made_since, newest, one_by_one
from musings.store.queue.states import Transition, transition
from musings.store.tables import prompt_artifacts, prompts
from musings.store.visibility import IS_LIVE

IN_GALLERY = prompt_artifacts.c.in_gallery == True  # noqa: E712 (SQL)


@dataclass(frozen=True)
class ArtifactFilter:
    """Which artifacts to list. Empty means all."""

    types: Sequence[str] = ()
    text: str | None = None
    starred: bool | None = None
    workflow: str | None = None
    since: datetime | None = None
    ids: Sequence[int] | None = None


def record_prompt_artifacts(
    connection: Connection,
    prompt_id: int,
    artifacts: Sequence[NewArtifact],
    *,
    more: JsonObject | None = None,
    also: Mapping[str, object] | None = None,
    by: Transition = Transition.RECORD,
) -> list[Artifact]:
    """Insert a row for each file and mark the prompt completed and ready.

    The files must be in place below the media root already. ``more`` goes into ``artifact_metadata``, too,
    ``also`` into further columns of the prompt. An attempt ends with it, behind its fence (``queue.endings.complete``).

    Raises ``NotFoundError`` when there is no such prompt.
    """
    said = rows.dump({**summary(artifacts), **(more or {})})
    if not transition(connection, by, prompts.c.id == prompt_id, artifact_metadata=said, **(also or {})):
        raise NotFoundError(f"There is no prompt {prompt_id} to record artifacts for.")
    return _insert(connection, prompt_id, artifacts)


def _insert(connection: Connection, prompt_id: int, artifacts: Sequence[NewArtifact]) -> list[Artifact]:
    now = times.now()
    inserted = (
        insert(prompt_artifacts)
        .values(
            prompt_id=prompt_id,
            artifact_type=made.artifact_type,
            file_path=made.file_path,
            preview_path=made.preview_path,
            metadata=rows.dump(dict(made.metadata)),
            created_at=now,
            updated_at=now,
        )
        .returning(prompt_artifacts)
        for made in artifacts
    )
    return [rows.artifact(connection.execute(each).one()) for each in inserted]


def summary(artifacts: Sequence[NewArtifact]) -> JsonObject:
    """What ``prompts.artifact_metadata`` says: how many there are and which is the first."""
    return {"count": len(artifacts), "primary": artifacts[0].file_path if artifacts else None}


def get(connection: Connection, artifact_id: int) -> Artifact:
    """One artifact of a prompt that is not in the trash, or ``NotFoundError``."""
    query = (
        select(prompt_artifacts)
        .join(prompts, prompts.c.id == prompt_artifacts.c.prompt_id)
        .where(prompt_artifacts.c.id == artifact_id, IS_LIVE)
    )
    row = connection.execute(query).first()
    if row is None:
        raise NotFoundError(f"There is no artifact {artifact_id}.")
    return rows.artifact(row)


def at(connection: Connection, file_path: str) -> Artifact | None:
    """The artifact with this file, of a prompt that is not in the trash."""
    query = (
        select(prompt_artifacts)
        .join(prompts, prompts.c.id == prompt_artifacts.c.prompt_id)
        .where(prompt_artifacts.c.file_path == file_path, IS_LIVE)
        .limit(1)
    )
    row = connection.execute(query).first()
    return None if row is None else rows.artifact(row)


def is_kept(connection: Connection, file_path: str) -> bool:
    """Whether a file belongs to a prompt that is not in the trash."""
    query = (
        select(prompt_artifacts.c.id)
        .join(prompts, prompts.c.id == prompt_artifacts.c.prompt_id)
        .where(prompt_artifacts.c.file_path == file_path, IS_LIVE)
        .limit(1)
    )
    return connection.execute(query).first() is not None


def engines(connection: Connection) -> dict[str, object]:
    """What made each file that a row names, previews too, by path."""
    columns = prompt_artifacts.c.file_path, prompt_artifacts.c.preview_path, prompt_artifacts.c.metadata
    found: dict[str, object] = {}
    for file_path, preview_path, metadata in connection.execute(select(*columns)):
        engine = rows.json_object(metadata).get("engine")
        found |= {path: engine for path in (file_path, preview_path) if path}
    return found


def of_prompts(connection: Connection, prompt_ids: Sequence[int]) -> list[Artifact]:
    """The artifacts of these prompts, in the order they were made."""
    query = select(prompt_artifacts).where(prompt_artifacts.c.prompt_id.in_(prompt_ids)).order_by(prompt_artifacts.c.id)
    return [rows.artifact(row) for row in connection.execute(query)]


def gallery(
    connection: Connection, wanted: ArtifactFilter, limit: int, cursor: str | None
) -> Page[tuple[Artifact, Prompt]]:
    """Artifacts with their prompts, newest first."""
    before = position_of(cursor)
    found = _page(connection, wanted, limit + 1, before)
    made_by = _prompts(connection, [row.prompt_id for row in found[:limit]])
    # What a trigger did not hear of (another program's REPLACE) may have lost its prompt.
    items = tuple((rows.artifact(row), made_by[row.prompt_id]) for row in found[:limit] if row.prompt_id in made_by)
    return Page(items, str(found[limit - 1].id) if len(found) > limit else None)


def conditions_of(connection: Connection, wanted: ArtifactFilter, before: int | None) -> list[ColumnElement[bool]]:
    """What an artifact of the gallery must be; ``before`` is the id that it must be older than."""
    found = _conditions(wanted, before)
    if wanted.types:
        found.append(prompt_artifacts.c.artifact_type.in_(wanted.types))
    if wanted.text:
        match = dialect_of(connection).matching(TextIndex.PROMPTS, wanted.text)
        found.append(prompt_artifacts.c.prompt_id.in_(select(match.key).where(match.condition)))
    return found


def _page(connection: Connection, wanted: ArtifactFilter, limit: int, before: int | None) -> Sequence[Row[Any]]:
    parts, conditions = (
        one_by_one(prompt_artifacts.c.artifact_type, wanted.types) or [true()],
        _conditions(wanted, before),
    )
    number, prompt_id = prompt_artifacts.c.id, prompt_artifacts.c.prompt_id
    if not wanted.text:
        return _rows(connection, newest(number, parts, conditions, limit).scalar_subquery())
    match = dialect_of(connection).matching(TextIndex.PROMPTS, wanted.text)
    found = found_among_newest(connection, number, prompt_id, parts, conditions, match, limit)
    if found is not None:
        return _rows(connection, found)
    # Few have the words: all of those are looked at, whatever part they are of.
    every = conditions_of(connection, wanted, before)
    return _rows(connection, newest(number, [true()], every, limit).scalar_subquery())


def _rows(connection: Connection, ids: Any) -> Sequence[Row[Any]]:
    found = select(prompt_artifacts).where(prompt_artifacts.c.id.in_(ids))
    return connection.execute(found.order_by(prompt_artifacts.c.id.desc())).all()


def _conditions(wanted: ArtifactFilter, before: int | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [IN_GALLERY]
    if wanted.starred is not None:
        conditions.append(prompt_artifacts.c.prompt_starred == wanted.starred)
    if wanted.workflow is not None:
        conditions.append(prompt_artifacts.c.prompt_workflow == wanted.workflow)
    if wanted.ids is not None:
        conditions.append(prompt_artifacts.c.id.in_(wanted.ids))
    if wanted.since is not None:
        conditions += made_since(prompt_artifacts, "artifacts", wanted.since)
    if before is not None:
        conditions.append(prompt_artifacts.c.id < before)
    return conditions


def _prompts(connection: Connection, ids: Sequence[int]) -> dict[int, Prompt]:
    found = connection.execute(select(prompts).where(prompts.c.id.in_(set(ids))))
    return {row.id: rows.prompt(row) for row in found}
