"""What was made last, with all that came out of it: for feeds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, select

from musings.models import Artifact, Prompt, PromptStatus, StoredWriting
from musings.store import rows
from musings.store.gallery import artifacts
from musings.store.tables import prompts, tags, writing_tags
from musings.store.visibility import IS_LIVE
from musings.store.writings import writings


@dataclass(frozen=True)
class FinishedPrompt:
    """A completed prompt and what it made."""

    prompt: Prompt
    artifacts: tuple[Artifact, ...]
    writing: StoredWriting | None


def newest(connection: Connection, types: Sequence[str], tag: str | None, limit: int) -> list[FinishedPrompt]:
    """Completed prompts of these types (of all, when empty), newest first; with a tag those whose writing has it."""
    found = [rows.prompt(row) for row in connection.execute(_query(types, tag).limit(limit))]
    made = artifacts.of_prompts(connection, [each.id for each in found])
    written = writings.by_ids(
        connection, [each.output_reference for each in found if each.output_reference is not None]
    )
    return [
        FinishedPrompt(
            each,
            tuple(artifact for artifact in made if artifact.prompt_id == each.id),
            written.get(each.output_reference) if each.output_reference is not None else None,
        )
        for each in found
    ]


def holds(connection: Connection, types: Sequence[str], tag: str | None, prompt_id: int) -> bool:
    """Whether a prompt is among them, however long ago."""
    return connection.execute(_query(types, tag).where(prompts.c.id == prompt_id)).first() is not None


def tagged(connection: Connection, tag: str, prompt_ids: Sequence[int]) -> set[int]:
    """Those of some prompts whose writing carries a tag."""
    query = select(prompts.c.id).where(prompts.c.id.in_(prompt_ids), prompts.c.output_reference.in_(_with(tag)))
    return set(connection.execute(query).scalars())


def _query(types: Sequence[str], tag: str | None) -> Select[Any]:
    # By id and not by time: rows of other programs need not say when they ended.
    conditions: list[ColumnElement[bool]] = [IS_LIVE, prompts.c.status == PromptStatus.COMPLETED]
    if types:
        conditions.append(prompts.c.prompt_type.in_(types))
    if tag is not None:
        conditions.append(prompts.c.output_reference.in_(_with(tag)))
    return select(prompts).where(*conditions).order_by(prompts.c.id.desc())


def _with(tag: str) -> Select[Any]:
    """The writings that carry a tag."""
    return select(writing_tags.c.writing_id).join(tags, tags.c.id == writing_tags.c.tag_id).where(tags.c.name == tag)
