"""Artifacts: the rows that name files. A file is in its place before its row is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, insert, select

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
from musings.store.queue.states import Transition, transition
from musings.store.tables import prompt_artifacts, prompts
from musings.store.visibility import IS_LIVE


@dataclass(frozen=True)
class ArtifactFilter:
    """Which artifacts to list. Empty means all."""

    types: Sequence[str] = ()
    text: str | None = None
    starred: bool | None = None
    workflow: str | None = None
    since: datetime | None = None


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


def is_kept(connection: Connection, file_path: str) -> bool:
    """Whether a file belongs to a prompt that is not in the trash."""
    query = (
        select(prompt_artifacts.c.id)
        .join(prompts, prompts.c.id == prompt_artifacts.c.prompt_id)
        .where(prompt_artifacts.c.file_path == file_path, IS_LIVE)
        .limit(1)
    )
    return connection.execute(query).first() is not None


def of_prompts(connection: Connection, prompt_ids: Sequence[int]) -> list[Artifact]:
    """The artifacts of these prompts, in the order they were made."""
    query = select(prompt_artifacts).where(prompt_artifacts.c.prompt_id.in_(prompt_ids)).order_by(prompt_artifacts.c.id)
    return [rows.artifact(row) for row in connection.execute(query)]


def gallery(
    connection: Connection, wanted: ArtifactFilter, limit: int, cursor: str | None
) -> Page[tuple[Artifact, Prompt]]:
    """Artifacts with their prompts, newest first."""
    before = position_of(cursor)
    conditions: list[ColumnElement[bool]] = [IS_LIVE]
    if wanted.types:
        conditions.append(prompt_artifacts.c.artifact_type.in_(wanted.types))
    if wanted.starred is not None:
        conditions.append(prompts.c.starred == wanted.starred)
    if wanted.workflow is not None:
        conditions.append(prompts.c.workflow == wanted.workflow)
    if wanted.since is not None:
        conditions.append(times.at_or_after(prompt_artifacts.c.created_at, wanted.since))
    if wanted.text:
        found = dialect_of(connection).matching(TextIndex.PROMPTS, wanted.text)
        conditions.append(prompt_artifacts.c.prompt_id.in_(select(found.key).where(found.condition)))
    if before is not None:
        conditions.append(prompt_artifacts.c.id < before)
    newest = (
        select(prompt_artifacts.c.id, prompt_artifacts.c.prompt_id)
        .join(prompts, prompts.c.id == prompt_artifacts.c.prompt_id)
        .where(*conditions)
        .order_by(prompt_artifacts.c.id.desc())
        .limit(limit + 1)
    )
    pairs = connection.execute(newest).all()[: limit + 1]
    shown = pairs[:limit]
    artifact_rows = _by_id(connection, prompt_artifacts, [pair.id for pair in shown])
    prompt_rows = _by_id(connection, prompts, [pair.prompt_id for pair in shown])
    items = tuple((rows.artifact(artifact_rows[a]), rows.prompt(prompt_rows[p])) for a, p in shown)
    return Page(items, str(shown[-1].id) if len(pairs) > limit else None)


def _by_id(connection: Connection, table: Any, ids: Sequence[int]) -> dict[int, Any]:
    return {row.id: row for row in connection.execute(select(table).where(table.c.id.in_(set(ids))))}
