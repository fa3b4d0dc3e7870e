"""Runs of chains: what they were started with, and what people did to them. Their state is that of their prompts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Integer, Row, Select, bindparam, insert, literal_column, select, text, update

from musings.errors import ConflictError, NotFoundError
from musings.models import JsonObject, Page
from musings.store import rows, times
from musings.store.cursors import position_of
from musings.store.expressions import by_index
from musings.store.tables import runs


@dataclass(frozen=True)
class ChainRun:
    """A row of ``musings_runs``. ``priority``: 1 is most urgent, 10 least.

    ``generation`` grows when one of its prompts has ended and ``acts`` when a person does something to it: whoever
    decided what becomes due says which of both it saw. While ``observed_generation`` is less, there may be work.
    """

    id: int
    chain: str
    chain_hash: str
    idea: str
    parameters: JsonObject
    priority: int
    created_at: datetime
    paused_at: datetime | None
    cancelled_at: datetime | None
    generation: int
    observed_generation: int
    acts: int


@dataclass(frozen=True)
class NewRun:
    """A run that was checked. ``request_hash`` is of what was asked for, for the idempotency key."""

    chain: str
    chain_hash: str
    idea: str
    request_hash: str
    parameters: JsonObject = field(default_factory=dict)
    priority: int = 5
    idempotency_key: str | None = None


# To the letter the condition of the partial index: a look costs nothing then, however many runs there are.
DUE: Select[int] = (
    select(literal_column("musings_runs.id", Integer))
    .select_from(by_index(runs, "musings_runs_due"))
    .where(text("musings_runs.generation > musings_runs.observed_generation AND musings_runs.paused_at IS NULL"))
)


def add(connection: Connection, new: NewRun) -> tuple[ChainRun, bool]:
    """Store a run; returns it and whether it is new. The same key with another request is a ``ConflictError``."""
    if new.idempotency_key is not None:
        earlier = connection.execute(select(runs).where(runs.c.idempotency_key == new.idempotency_key)).first()
        if earlier is not None:
            if earlier.request_hash != new.request_hash:
                raise ConflictError(
                    f"The idempotency key was used before, for another request (musing {earlier.id}).",
                    hint="Use a new key for a new request.",
                )
            return _run(earlier), False
    values = {
        "chain": new.chain,
        "chain_hash": new.chain_hash,
        "idea": rows.storable(new.idea),
        "parameters": rows.dump(dict(new.parameters)),
        "priority": new.priority,
        "created_at": times.now(),
        "idempotency_key": new.idempotency_key,
        "request_hash": new.request_hash,
    }
    return _run(connection.execute(insert(runs).values(values).returning(*runs.c)).one()), True


def get(connection: Connection, run_id: int) -> ChainRun:
    """One. Raises ``NotFoundError``."""
    row = connection.execute(select(runs).where(runs.c.id == run_id)).first()
    if row is None:
        raise NotFoundError(f"There is no musing {run_id}.", hint="See `musings musing list`.")
    return _run(row)


def by_ids(connection: Connection, ids: Sequence[int]) -> list[ChainRun]:
    """Those of some ids that are there."""
    return [_run(row) for row in connection.execute(_BY_IDS, {"of": list(ids)})]


def listing(connection: Connection, limit: int, cursor: str | None, chain: str | None = None) -> Page[ChainRun]:
    """Runs, newest first. Raises ``InvalidInputError`` for a cursor that is none of this list."""
    asked = select(runs).order_by(runs.c.id.desc()).limit(limit + 1)
    if (position := position_of(cursor)) is not None:
        asked = asked.where(runs.c.id < position)
    if chain is not None:
        asked = asked.where(runs.c.chain == chain)
    found = tuple(_run(row) for row in connection.execute(asked))
    return Page(found[:limit], str(found[limit - 1].id) if len(found) > limit else None)


def are_due(connection: Connection) -> bool:
    """Whether any run may have something to do: a read by an index."""
    return connection.execute(DUE.limit(1)).first() is not None


def due(connection: Connection, limit: int) -> Sequence[int]:
    """The ids of runs that may have something to do, the oldest first."""
    return list(connection.execute(DUE.order_by(literal_column("musings_runs.id")).limit(limit)).scalars())


def observe(connection: Connection, seen: ChainRun) -> bool:
    """What ``seen`` told has been dealt with; what came since is still to be.

    False where a person was in between, or somebody else has dealt with as much already.
    """
    # What was read and not what is there now: whatever came in between keeps the run due.
    values = {"of": seen.id, "seen": seen.acts, "told": seen.generation, "observed_generation": seen.generation}
    return connection.execute(_OBSERVED, values).rowcount == 1


def act(connection: Connection, /, run_id: int, **values: Any) -> ChainRun:
    """A person does something to a run, which is looked at after it. Raises ``NotFoundError``."""
    changed = {"acts": runs.c.acts + 1, "generation": runs.c.generation + 1, **values}
    row = connection.execute(update(runs).where(runs.c.id == run_id).values(changed).returning(*runs.c)).first()
    if row is None:
        raise NotFoundError(f"There is no musing {run_id}.", hint="See `musings musing list`.")
    return _run(row)


def mark_changed(connection: Connection, run_id: int) -> None:
    """There is more to be done for a run than was done just now."""
    connection.execute(update(runs).where(runs.c.id == run_id).values(generation=runs.c.generation + 1))


# Built once: to build a statement costs more than to run it, and a worker asks these for every step.
_OBSERVED = update(runs).where(
    runs.c.id == bindparam("of"), runs.c.acts == bindparam("seen"), runs.c.observed_generation < bindparam("told")
)
_BY_IDS = select(runs).where(runs.c.id.in_(bindparam("of", expanding=True))).order_by(runs.c.id)


def _run(row: Row[Any]) -> ChainRun:
    return ChainRun(
        id=row.id,
        chain=str(row.chain),
        chain_hash=str(row.chain_hash),
        idea=rows.words(row.idea) or "",
        parameters=rows.json_object(row.parameters),
        priority=row.priority,
        created_at=row.created_at,
        paused_at=row.paused_at,
        cancelled_at=row.cancelled_at,
        generation=row.generation,
        observed_generation=row.observed_generation,
        acts=row.acts,
    )
