"""What may run next, and taking it: claiming is one statement, so no two runners get the same prompt (ADR 1)."""

import functools
import itertools
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.sql.dml import ReturningUpdate

from musings.models import TYPES_OF_KIND, Kind, Prompt, PromptStatus
from musings.store import rows, times
from musings.store.dialect import dialect_of
from musings.store.expressions import unindexed
from musings.store.queue.states import NOW, AttemptStatus, Transition, statement
from musings.store.queue.workers import WorkerIdentity
from musings.store.tables import attempts, prompts
from musings.store.visibility import IS_LIVE

# For prompts without a time: any moment in the past would do, but ``min`` passes over NULL.
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)

Recipe = tuple[Kind, str | None]
"""A kind with the workflow that a prompt of it names; None for those that name none."""


def claim(
    connection: Connection,
    kinds: Collection[Kind],
    *,
    without: Collection[Recipe] = (),
    only: int | None = None,
    but: Collection[int] = (),
    maker_of: Callable[[Prompt], str | None] = lambda _prompt: None,
    by: WorkerIdentity | None = None,
) -> Prompt | None:
    """Take the next due prompt of these kinds: one statement, so no two runners get the same one.

    Prompts for a recipe of ``without`` are passed over, and those of ``but``, by their ids; ``only`` names the single
    prompt that may be taken.
    ``maker_of`` says what will make it, which is written down as the attempt's backend until it is known better.
    ``by`` is the worker that takes it.
    Relaxed: whatever the attempt leaves outside is written down on the disk before, and this with it.
    """
    now = times.now()
    # Chosen and changed by one statement: between two, another worker could take the same row.
    row = connection.execute(_claim_of(tuple(kinds), in_order(without), only, tuple(sorted(but))), {"now": now}).first()
    if row is None:
        return None
    prompt = rows.prompt(row)
    begun = {
        "prompt_id": row.id,
        "attempt": row.attempt,
        "status": AttemptStatus.RUNNING,
        # Asked inside the transaction: what answers was prepared before and asks nobody (see ``Slots.makers_of``).
        "backend": maker_of(prompt),
        "started_at": now,
        # A job that an earlier attempt left on a server goes with the prompt: this attempt may join it.
        "external_id": row.external_id,
        "worker_id": by and by.id,
        "host": by and by.host,
    }
    # One is there already of a prompt that was deleted by another program, and whose id came back.
    fresh = dialect_of(connection).insert_or_replace(attempts, begun, key=("prompt_id", "attempt"))
    connection.execute(fresh)
    return prompt


def next_due(connection: Connection, kinds: Collection[Kind]) -> datetime | None:
    """When the earliest waiting prompt of these kinds may start: in the past when one is due, None without any."""
    types = [name for kind in kinds for name in TYPES_OF_KIND[kind]]
    when = func.coalesce(prompts.c.next_attempt_at, LONG_AGO)
    found: datetime | None = connection.execute(
        select(func.min(when)).where(
            prompts.c.status == PromptStatus.PENDING, IS_LIVE, ~prompts.c.held, prompts.c.prompt_type.in_(types)
        )
    ).scalar_one()
    return found


# The runner's loop asks these all the time; building them costs more than running them.
# One for each combination of kinds and full recipes, of which few occur at a time.
@functools.lru_cache(maxsize=64)
def _claim_of(
    kinds: tuple[Kind, ...], without: tuple[Recipe, ...] = (), only: int | None = None, but: tuple[int, ...] = ()
) -> ReturningUpdate[Any]:
    is_next = next_in_line(kinds, without, only, but).scalar_subquery()
    return statement(Transition.CLAIM).where(prompts.c.id == is_next).returning(prompts)


@functools.lru_cache(maxsize=64)
def next_in_line(
    kinds: tuple[Kind, ...], without: tuple[Recipe, ...] = (), only: int | None = None, but: tuple[int, ...] = ()
) -> Select[int]:
    types = [name for kind in kinds for name in TYPES_OF_KIND[kind]]
    return (
        select(prompts.c.id)
        .where(
            prompts.c.status == PromptStatus.PENDING,
            IS_LIVE,
            ~prompts.c.held,
            unindexed(prompts.c.prompt_type).in_(types),  # in the order of the queue's index, not by type
            or_(prompts.c.next_attempt_at.is_(None), prompts.c.next_attempt_at <= NOW),
            *([] if only is None else [prompts.c.id == only]),
            *([unindexed(prompts.c.id).not_in(but)] if but else []),
            *(_is_no_recipe(kind, list(group)) for kind, group in itertools.groupby(without, key=lambda each: each[0])),
        )
        # The number breaks ties: within a priority first come, first served.
        .order_by(prompts.c.priority, prompts.c.id)
        .limit(1)
    )


def in_order(recipes: Collection[Recipe]) -> tuple[Recipe, ...]:
    # Sorted, so that the cache of statements meets equal sets as equal.
    return tuple(sorted(recipes, key=lambda each: (each[0], each[1] or "")))


def _is_no_recipe(kind: Kind, recipes: Sequence[Recipe]) -> ColumnElement[bool]:
    """Of another kind, or with another workflow than these."""
    names = [name for _, name in recipes if name is not None]
    # NULL needs its own clause: in SQL it is neither in a list nor outside it.
    named = prompts.c.workflow.is_not(None) if (kind, None) in recipes else true()
    others = or_(prompts.c.workflow.is_(None), prompts.c.workflow.not_in(names)) if names else true()
    return or_(prompts.c.prompt_type.not_in(TYPES_OF_KIND[kind]), and_(named, others))
