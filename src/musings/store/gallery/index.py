"""The whole gallery in brief: enough of each artifact to lay out a wall of them, and how many each day has."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Text, func, select, type_coerce

from musings.store import rows, times
from musings.store.cursors import position_of
from musings.store.gallery.artifacts import ArtifactFilter, conditions_of
from musings.store.tables import prompt_artifacts

DAY, MONTH = 10, 7
"""Characters of a time that name its day and its month."""
PERIOD = re.compile(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?")


@dataclass(frozen=True)
class ArtifactColumns:
    """Artifacts on the wall as columns of one length.

    ``ratios`` are width over height, None where it is not known; ``days`` are as ``2026-11-28`` (UTC), None for a time
    that is none. Columns, because 100,000 values of their own would take most of the time.
    """

    ids: Sequence[int]
    types: Sequence[str]
    ratios: Sequence[float | None]
    days: Sequence[str | None]
    next_cursor: str | None


@dataclass(frozen=True)
class Count:
    """How many artifacts there are of a day or a month (``2026-11-28``, ``2026-11``); None: their time is not known."""

    period: str | None
    count: int


def brief(connection: Connection, wanted: ArtifactFilter, limit: int, cursor: str | None) -> ArtifactColumns:
    """Artifacts in brief, newest first, in the order of ``artifacts.gallery``."""
    query = (
        select(
            prompt_artifacts.c.id,
            prompt_artifacts.c.artifact_type,
            prompt_artifacts.c.aspect_ratio,
            type_coerce(prompt_artifacts.c.created_at, Text),
        )
        .where(*conditions_of(connection, wanted, position_of(cursor)))
        .order_by(prompt_artifacts.c.id.desc())
        .limit(limit + 1)
    )
    found = connection.execute(query).all()
    ids, types, ratios, times_made = zip(*found[:limit], strict=True) if found else ((), (), (), ())
    return ArtifactColumns(
        ids,
        [rows.words(each) or "other" for each in types],
        [ratio if isinstance(ratio, float) and 0 < ratio < math.inf else None for ratio in ratios],
        [_period(each, DAY) for each in times_made],
        str(ids[-1]) if len(found) > limit else None,
    )


def counts(connection: Connection, wanted: ArtifactFilter, characters: int) -> list[Count]:
    """How many artifacts there are of each day or month that has any, newest first."""
    written = func.substr(type_coerce(prompt_artifacts.c.created_at, Text), 1, characters)
    query = select(written, func.count()).where(*conditions_of(connection, wanted, None)).group_by(written)
    known = [(_period(period, characters), count) for period, count in connection.execute(query)]
    known.sort(key=lambda each: each[0] or "", reverse=True)
    return [
        Count(period, sum(count for _, count in group)) for period, group in groupby(known, key=lambda each: each[0])
    ]


def _period(written: Any, characters: int) -> str | None:
    """The beginning of a time as we write it, by far the most; else of whatever other programs have written."""
    if isinstance(written, str) and PERIOD.fullmatch(written[:characters]):
        return written[:characters]
    found = times.parse(written)
    return found.date().isoformat()[:characters] if found else None
