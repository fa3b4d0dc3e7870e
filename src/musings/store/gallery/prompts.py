"""Prompts as people see them: one, some, and what may be changed of one at any time."""

from collections.abc import Sequence

from sqlalchemy import Connection, select, update

from musings.errors import NotFoundError
from musings.models import JsonObject, Prompt
from musings.store import rows
from musings.store.tables import prompts
from musings.store.visibility import IS_LIVE


def get(connection: Connection, prompt_id: int) -> Prompt:
    """One prompt, or ``NotFoundError``."""
    row = connection.execute(select(prompts).where(prompts.c.id == prompt_id, IS_LIVE)).first()
    if row is None:
        raise NotFoundError(f"There is no prompt {prompt_id}.")
    return rows.prompt(row)


def by_ids(connection: Connection, ids: Sequence[int]) -> list[Prompt]:
    """Those of these prompts that are there."""
    found = connection.execute(select(prompts).where(prompts.c.id.in_(ids), IS_LIVE))
    return [rows.prompt(row) for row in found]


def change(
    connection: Connection,
    prompt_id: int,
    *,
    priority: int | None = None,
    metadata: JsonObject | None = None,
    starred: bool | None = None,
) -> Prompt:
    """Change what may be changed at any time. What is None stays."""
    values: dict[str, object] = {}
    if priority is not None:
        values["priority"] = priority
    if metadata is not None:
        values["metadata"] = rows.dump(dict(metadata))
    if starred is not None:
        values["starred"] = starred
    if metadata is not None:
        # A row of another program may ask in its metadata; what is written there later must not.
        values["instructions"] = rows.dump(dict(get(connection, prompt_id).instructions))
    if values:
        connection.execute(update(prompts).where(prompts.c.id == prompt_id, IS_LIVE).values(values))
    return get(connection, prompt_id)
