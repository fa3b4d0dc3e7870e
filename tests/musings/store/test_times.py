"""Times in every form that was met in a column."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import text

from musings.models import NewPrompt
from musings.store import times
from musings.store.database import Database
from musings.store.gallery import lists
from musings.store.gallery.lists import PromptFilter
from musings.store.queue import submission

MOMENT = datetime(2026, 1, 7, 16, 43, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    "found",
    [
        "2026-01-07 16:43:14",
        "2026-01-07T16:43:14",
        "2026-01-07T16:43:14Z",
        "2026-01-07T16:43:14+00:00",
        "2026-01-07T17:43:14+01:00",
        "2026-01-07 16:43:14.000",
        "2026-01-07T16:43:14.000000",
        "20260107T164314",
        " 2026-01-07 16:43:14 ",
        MOMENT.timestamp(),
        int(MOMENT.timestamp()),
    ],
)
def test_every_form_met_is_the_same_moment(found: object) -> None:
    assert times.parse(found) == MOMENT


@pytest.mark.parametrize(
    "found", [None, "", "soon", "2026-13-45", b"2026-01-07", float("inf"), 1e300, float("nan"), [], "01/07/2026"]
)
def test_what_is_no_time_is_none(found: object) -> None:
    assert times.parse(found) is None


@given(some.one_of(some.text(), some.integers(), some.floats(), some.binary()))
def test_nothing_breaks_the_reading(found: Any) -> None:
    answer = times.parse(found)
    assert answer is None or answer.tzinfo is UTC


@given(some.datetimes(min_value=datetime(1000, 1, 1), timezones=some.just(UTC)))  # noqa: DTZ001
def test_what_is_written_is_read_back_and_sorts_by_time(moment: datetime) -> None:
    written = times.UtcTime().process_bind_param(moment, None)  # type: ignore[arg-type]
    assert times.parse(written) == moment
    assert written is not None
    later = times.UtcTime().process_bind_param(moment + timedelta(microseconds=1), None)  # type: ignore[arg-type]
    assert later is not None
    assert written < later


def test_since_asks_in_any_zone_and_finds_any_form(database: Database) -> None:
    for created in ("2026-01-07 16:43:13", "2026-01-07T16:43:14", "2026-01-07 16:43:15.5", "2026-01-07T16:43:16Z"):
        made, _ = database.writing(submission.add, NewPrompt(created, "text"))
        with database.write() as connection:
            connection.execute(text("UPDATE prompts SET created_at = :t WHERE id = :i"), {"t": created, "i": made.id})
    since = MOMENT.astimezone(timezone(timedelta(hours=-5)))
    page = database.reading(lists.listing, PromptFilter(since=since), 10, None)
    assert [each.prompt_text for each in reversed(page.items)] == [
        "2026-01-07T16:43:14",
        "2026-01-07 16:43:15.5",
        "2026-01-07T16:43:16Z",
    ]


def test_a_time_is_told_as_rfc_3339_has_it() -> None:
    assert times.rfc3339(MOMENT) == "2026-01-07T16:43:14.000Z"
    assert times.rfc3339(MOMENT, timespec="seconds") == "2026-01-07T16:43:14Z"
