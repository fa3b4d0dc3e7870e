"""Parameters that several routes take: ids, pages of lists, times, patience."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Header, Path, Query
from pydantic import BeforeValidator

from musings.api.waiting import MOST_SECONDS
from musings.errors import Fault, InvalidInputError


def comma_list_of(names: Iterable[str], description: str) -> Any:
    """A query parameter that takes some of these names. Our own check answers with the nearest name."""
    each = f"({'|'.join(names)})"
    return Query(description=description, json_schema_extra={"pattern": f"^({each}(,{each})*)?$"})


def as_utc(time: datetime | None) -> datetime | None:
    """A time without a zone is taken as UTC."""
    if time is None:
        return None
    try:
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except OverflowError as error:
        raise InvalidInputError([Fault("since", "is out of range")]) from error


def _no_number(value: str) -> str:
    """Pydantic would take a number as seconds since 1970."""
    if value.replace(".", "").replace("-", "", 1).isdecimal():
        raise ValueError("must be an RFC 3339 time, such as 2026-11-22T10:15:00Z")
    return value


PromptId = Annotated[int, Path(ge=1, lt=2**63, description="the id of a prompt")]
Limit = Annotated[int, Query(ge=1, le=200, description="how many at most")]
Cursor = Annotated[
    str | None, Query(description="`next_cursor` of the page before", json_schema_extra={"pattern": "^[0-9]{1,18}$"})
]
Text = Annotated[str | None, Query(max_length=1000, description="full text search")]
Since = Annotated[
    datetime | None, BeforeValidator(_no_number), Query(description="made at or after this time, RFC 3339")
]
Wait = Annotated[
    int | None, Query(ge=0, le=MOST_SECONDS, description="seconds to wait for the end of the prompt before the answer")
]
Prefer = Annotated[str | None, Header(max_length=200, description="`wait=SECONDS`, as the query `wait`")]
