"""Windows of the week: when something may work, over midnight and over summer time."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from musings.hours import Hours, window_of, zone_of

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 11, 30, tzinfo=BERLIN)


def at(day: int, clock: str) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return MONDAY.replace(hour=hour, minute=minute) + timedelta(days=day)


@pytest.mark.parametrize(
    ("window", "inside", "outside"),
    [
        ("09:00-17:30", [(0, "9:00"), (6, "17:29")], [(0, "8:59"), (0, "17:30")]),
        ("23:00-07:00", [(0, "23:00"), (1, "0:00"), (1, "6:59")], [(0, "22:59"), (1, "7:00")]),
        ("mon 23:00-07:00", [(0, "23:30"), (1, "6:59")], [(0, "6:59"), (1, "23:30"), (2, "3:00")]),
        ("sun 23:00-07:00", [(6, "23:30"), (7, "6:59")], [(6, "6:59")]),
        ("Sat, Sun 00:00 - 24:00", [(5, "0:00"), (6, "23:59")], [(4, "23:59"), (7, "0:00")]),
        ("fri-mon 8:00-9:00", [(4, "8:00"), (5, "8:30"), (0, "8:59")], [(1, "8:30"), (3, "8:30")]),
    ],
)
def test_a_window_holds_its_times(window: str, inside: list[tuple[int, str]], outside: list[tuple[int, str]]) -> None:
    hours = Hours((window,), BERLIN)
    assert all(hours.are_now(at(*each).astimezone(UTC)) for each in inside)
    assert not any(hours.are_now(at(*each).astimezone(UTC)) for each in outside)


def test_several_windows_are_any_of_them_and_none_is_always() -> None:
    hours = Hours(("mon-fri 22:00-06:00", "sat,sun 00:00-24:00"), BERLIN)
    assert hours.are_now(at(5, "12:00"))
    assert hours.are_now(at(1, "23:00"))
    assert not hours.are_now(at(1, "12:00"))
    assert Hours().are_now(at(1, "12:00"))
    assert Hours().begin_next(at(1, "12:00")) is None


def test_the_next_beginning() -> None:
    hours = Hours(("mon-fri 22:00-06:00", "sat 10:00-12:00"), BERLIN)
    assert hours.begin_next(at(0, "12:00")) == at(0, "22:00")
    assert hours.begin_next(at(4, "23:00")) == at(5, "10:00")
    assert hours.begin_next(at(5, "10:00")) == at(7, "22:00")
    assert Hours(("mon 08:00-09:00",), BERLIN).begin_next(at(0, "08:30")) == at(7, "08:00")


def test_a_window_stays_at_its_time_when_summer_time_begins_and_ends() -> None:
    hours = Hours(("03:30-04:00",), BERLIN)
    for day, before in ((datetime(2026, 3, 29, tzinfo=BERLIN), 1), (datetime(2026, 10, 25, tzinfo=BERLIN), 2)):
        begins = hours.begin_next(day)
        assert begins == day.replace(hour=3, minute=30)
        # In UTC it is an hour earlier in summer.
        assert begins.astimezone(UTC).hour == before
        assert hours.are_now(begins)


def test_a_window_in_the_hour_that_is_left_out_begins_after_it() -> None:
    begins = Hours(("02:30-02:45",), BERLIN).begin_next(datetime(2026, 3, 29, tzinfo=BERLIN))
    assert begins is not None
    assert begins.astimezone(UTC) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


WINDOW = st.tuples(st.integers(0, 1439), st.integers(1, 1440)).filter(lambda each: each[0] != each[1])
NOW = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 (as it asks)


@given(st.lists(WINDOW, min_size=1, max_size=3), NOW, st.floats(0, 1))
def test_the_next_beginning_is_ahead_within_a_day_and_nothing_begins_before_it(
    windows: list[tuple[int, int]], now: datetime, part: float
) -> None:
    written = tuple(f"{a // 60:02}:{a % 60:02}-{b // 60:02}:{b % 60:02}" for a, b in windows)
    hours = Hours(written, ZoneInfo("UTC"))
    begins = hours.begin_next(now)
    assert begins is not None
    assert now < begins <= now + timedelta(days=1)
    assert hours.are_now(begins)
    between = now + (begins - now) * part
    assert hours.are_now(now) or between == begins or not hours.are_now(between)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is no window"),
        ("at night", "is no window"),
        ("25:00-26:00", "no clock shows"),
        ("08:61-09:00", "no clock shows"),
        ("24:00-08:00", "no clock shows"),
        ("08:00-08:00", "for the whole day write"),
        ("someday 08:00-09:00", "names a day"),
        ("mon-someday 08:00-09:00", "names a day"),
        ("mo,tue 08:00-09:00", "names a day"),
    ],
)
def test_what_is_no_window_is_said(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        window_of(text)


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "/etc/passwd", "../x"])
def test_what_is_no_zone_is_said(name: str) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        zone_of(name)


def test_without_a_zone_it_is_that_of_this_machine() -> None:
    here = datetime.now(UTC).astimezone()
    hours = Hours((f"{here.hour:02}:00-{here.hour + 1:02}:00",))
    assert hours.are_now(here.astimezone(UTC))
    begins = hours.begin_next(here)
    assert begins is not None
    assert begins.astimezone().hour == here.hour
