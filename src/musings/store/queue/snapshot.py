"""One look at the queue: all that a runner has to know before it claims, in one statement."""

import functools
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, select

from musings.models import KIND_OF_TYPE, Kind
from musings.store import times
from musings.store.chains import runs
from musings.store.queue.admission import OUTSIDE
from musings.store.queue.claims import Recipe, in_order, next_in_line
from musings.store.queue.pause import PAUSED
from musings.store.queue.stages import WAITING_BETWEEN
from musings.store.tables import prompts


@dataclass(frozen=True)
class Snapshot:
    """``left``: other programs left rows that are to be admitted, or a run of a chain may have something to do.

    ``kind`` is that of the prompt that is next.
    """

    left: bool
    is_paused: bool
    kind: Kind | None


def look(
    connection: Connection,
    kinds: Collection[Kind],
    *,
    without: Collection[Recipe] = (),
    only: int | None = None,
    but: Collection[int] = (),
) -> Snapshot:
    """What a ``claim`` with the same arguments would meet now. Costs a read, so that an idle runner writes nothing."""
    query = _query(tuple(kinds), in_order(without), only, tuple(sorted(but)))
    row = connection.execute(query, {"now": times.now()}).one()
    return Snapshot(
        any(each is not None for each in (row.outside, row.between, row.run)),
        row.paused == "1",
        KIND_OF_TYPE.get(row.next_type),
    )


@functools.lru_cache(maxsize=64)
def _query(
    kinds: tuple[Kind, ...], without: tuple[Recipe, ...], only: int | None, but: tuple[int, ...] = ()
) -> Select[Any]:
    """The runner asks it all the time; building it costs more than running it."""
    following = next_in_line(kinds, without, only, but).scalar_subquery()
    # One statement: an idle runner asks a few times a second, and each statement has its price.
    return select(
        OUTSIDE.limit(1).scalar_subquery().label("outside"),
        WAITING_BETWEEN.limit(1).scalar_subquery().label("between"),
        runs.DUE.limit(1).scalar_subquery().label("run"),
        PAUSED.scalar_subquery().label("paused"),
        select(prompts.c.prompt_type).where(prompts.c.id == following).scalar_subquery().label("next_type"),
    )
