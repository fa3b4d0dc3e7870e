"""Prompts of some types, in either order: for lists of other protocols, which are read from the oldest as well."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, select, union_all

from musings.models import Page, Prompt
from musings.store import rows
from musings.store.parts import one_by_one
from musings.store.tables import prompts
from musings.store.visibility import IS_LIVE


def listing(
    connection: Connection, types: Sequence[str], limit: int, after: int | None, *, oldest_first: bool
) -> Page[Prompt]:
    """The prompts behind the one with the id ``after`` in that order. ``next_cursor`` is the id of the last one."""
    order = prompts.c.id.asc() if oldest_first else prompts.c.id.desc()
    conditions: list[ColumnElement[bool]] = [IS_LIVE]
    if after is not None:
        conditions.append(prompts.c.id > after if oldest_first else prompts.c.id < after)
    # Type by type: within each, an index has the ids in order already, whichever way it is read.
    parts = [
        select(prompts.c.id).where(each, *conditions).order_by(order).limit(limit + 1).subquery()
        for each in one_by_one(prompts.c.prompt_type, types)
    ]
    ids = union_all(*(select(part.c.id) for part in parts)).subquery()
    query = select(prompts).where(prompts.c.id.in_(select(ids.c.id))).order_by(order).limit(limit + 1)
    found = tuple(rows.prompt(row) for row in connection.execute(query))
    return Page(found[:limit], str(found[limit - 1].id) if len(found) > limit else None)
