"""Parameters of routes: times with a zone, lists by comma, ids that a database can have."""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from musings.api.parameters import Cursor, Limit, PromptId, Since, Wait, as_utc, comma_list_of
from musings.errors import InvalidInputError
from musings.models import NewPrompt
from musings.store.database import Database
from musings.store.gallery import lists
from musings.store.queue import submission

NOON = datetime.fromisoformat("2026-11-22T12:00")


@pytest.mark.parametrize(
    ("time", "found"),
    [
        (None, None),
        (NOON, NOON.replace(tzinfo=UTC)),
        (NOON.replace(tzinfo=timezone(timedelta(hours=2))), datetime(2026, 11, 22, 10, 0, tzinfo=UTC)),
    ],
)
def test_a_time_is_taken_in_utc(time: datetime | None, found: datetime | None) -> None:
    assert as_utc(time) == found
    assert found is None or as_utc(time).tzinfo is UTC  # type: ignore[union-attr]


def test_a_time_that_utc_has_not_is_refused_by_its_name() -> None:
    first = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))
    with pytest.raises(InvalidInputError) as refused:
        as_utc(first)
    assert [fault.where for fault in refused.value.faults] == ["since"]


@pytest.mark.parametrize("number", ["0", "1764000000", "-5", "1764000000.5"])
def test_a_number_is_no_time(number: str) -> None:
    with pytest.raises(ValidationError, match="RFC 3339"):
        TypeAdapter(Since).validate_python(number)


def test_a_time_of_rfc_3339_is_one() -> None:
    found = TypeAdapter(Since).validate_python("2026-11-22T10:15:00Z")
    assert found == datetime(2026, 11, 22, 10, 15, tzinfo=UTC)


@pytest.mark.parametrize("kind", [PromptId, Limit])
def test_bounds_hold(kind: Any) -> None:
    check: TypeAdapter[int] = TypeAdapter(kind)
    assert check.validate_python("1") == 1
    for value in ("0", "-1", str(2**63), "x"):
        with pytest.raises(ValidationError):
            check.validate_python(value)


def test_nobody_waits_for_ever() -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Wait).validate_python(10**6)
    assert TypeAdapter(Wait).validate_python("0") == 0


@pytest.mark.parametrize(
    ("words", "fits"), [("", True), ("a", True), ("a,b,a", True), ("a,", False), ("c", False), ("ab", False)]
)
def test_the_description_of_a_list_fits_exactly_what_is_taken(words: str, fits: bool) -> None:
    pattern = comma_list_of(["a", "b"], "letters").json_schema_extra["pattern"]
    assert (re.fullmatch(pattern, words) is not None) is fits


def test_the_cursor_is_described_as_what_we_hand_out(database: Database) -> None:
    for text in ("a fox", "a wren"):
        database.writing(submission.add, NewPrompt(text, "text"))
    handed_out = database.reading(lists.listing, lists.PromptFilter(), 1, None).next_cursor
    assert handed_out is not None
    assert re.fullmatch(TypeAdapter(Cursor).json_schema()["pattern"], handed_out)
