"""When rules fire: through both changes of the clock, and never without end."""

import time
from datetime import UTC, datetime, timedelta
from datetime import time as clock
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from musings.schedules.recurrence import EVERY, Recurrence, read, simple

NEW_YORK, BERLIN = ZoneInfo("America/New_York"), ZoneInfo("Europe/Berlin")
START = datetime.fromisoformat("2026-01-01")
ZONES = ("UTC", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def local(rule: Recurrence, moment: str, number: int) -> list[str]:
    return [f"{at.astimezone(rule.zone):%m-%d %H:%M %Z}" for at in rule.following(utc(moment), number)]


def test_a_time_that_spring_leaves_out_is_read_with_the_offset_before() -> None:
    rule = read("FREQ=DAILY;BYHOUR=2;BYMINUTE=30", NEW_YORK, START)
    # The example of RFC 5545, 3.3.5: 02:30 of this day is 03:30 EDT.
    assert local(rule, "2026-03-07 00:00", 3) == ["03-07 02:30 EST", "03-08 03:30 EDT", "03-09 02:30 EDT"]


def test_a_time_that_autumn_has_twice_comes_once_and_is_the_first() -> None:
    rule = read("FREQ=DAILY;BYHOUR=1;BYMINUTE=30", NEW_YORK, START)
    assert local(rule, "2026-10-31 12:00", 2) == ["11-01 01:30 EDT", "11-02 01:30 EST"]
    first = rule.after(utc("2026-10-31 12:00"))
    assert first == utc("2026-11-01 05:30")
    # Asked between the two half past ones, the second one is not another time of it.
    assert rule.after(utc("2026-11-01 06:00")) == utc("2026-11-02 06:30")


def test_the_hours_follow_the_clock_on_the_wall() -> None:
    rule = read("FREQ=HOURLY", BERLIN, START)
    assert local(rule, "2026-03-29 00:30", 3) == ["03-29 03:00 CEST", "03-29 04:00 CEST", "03-29 05:00 CEST"]
    assert local(rule, "2026-10-24 22:30", 4) == [
        "10-25 01:00 CEST",
        "10-25 02:00 CEST",
        "10-25 03:00 CET",
        "10-25 04:00 CET",
    ]


def test_what_lands_behind_the_gap_comes_in_its_order() -> None:
    rule = read("FREQ=DAILY;BYHOUR=2,3;BYMINUTE=15,45", NEW_YORK, START)
    found = rule.following(utc("2026-03-08 06:00"), 4)
    assert found == sorted(set(found))
    # 02:15 and 03:15, and 02:45 and 03:45, are the same moments on this day.
    assert local(rule, "2026-03-08 06:00", 3) == ["03-08 03:15 EDT", "03-08 03:45 EDT", "03-09 02:15 EDT"]
    assert rule.after(utc("2026-03-08 07:20")) == utc("2026-03-08 07:45")


def test_a_country_may_leave_out_a_day() -> None:
    rule = read("FREQ=DAILY;BYHOUR=7", ZoneInfo("Pacific/Apia"), datetime.fromisoformat("2011-12-01"))
    found = rule.following(utc("2011-12-28 18:00"), 3)
    assert found == sorted(set(found))
    assert [f"{at.astimezone(rule.zone):%d %H}" for at in found] == ["29 07", "31 07", "01 07"]


@pytest.mark.parametrize(
    ("text", "after", "expected"),
    [
        ("FREQ=MONTHLY;BYDAY=1SU;BYHOUR=9", "2026-11-28 12:00", "2026-12-06 08:00"),
        ("RRULE:freq=weekly;byday=mo,we", "2026-11-28 12:00", "2026-11-29 23:00"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "2026-11-28 12:00", "2028-02-28 23:00"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1;BYHOUR=18", "2026-11-30 17:00", "2026-12-31 17:00"),
        ("FREQ=MINUTELY;INTERVAL=15", "2026-11-28 12:01", "2026-11-28 12:15"),
        ("FREQ=DAILY;UNTIL=20261129", "2026-11-28 12:00", "2026-11-28 23:00"),
        ("FREQ=DAILY;BYHOUR=7;UNTIL=20261129T060000Z", "2026-11-28 12:00", "2026-11-29 06:00"),
        ("FREQ=DAILY;COUNT=3", "2025-12-31 22:00", "2025-12-31 23:00"),
    ],
)
def test_rules_of_the_standard_are_followed(text: str, after: str, expected: str) -> None:
    assert read(text, BERLIN, START).after(utc(after)) == utc(expected)


@pytest.mark.parametrize(
    "text", ["FREQ=DAILY;UNTIL=20261127", "FREQ=DAILY;COUNT=3", "FREQ=DAILY;BYHOUR=7;UNTIL=20261128"]
)
def test_what_has_ended_has_no_next_time(text: str) -> None:
    assert read(text, BERLIN, START).after(utc("2026-11-28 12:00")) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "must be 1 to 500 characters"),
        ("daily", "does not know, 'DAILY'"),
        ("FREQ=DAILY;FREQ=DAILY", "FREQ twice"),
        ("FREQ=FORTNIGHTLY", "must have a FREQ"),
        ("FREQ=SECONDLY;BYMONTH=2", "more often than once a minute"),
        ("FREQ=MINUTELY;BYSECOND=0,30", "more often than once a minute"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL=0"),
        ("FREQ=DAILY;INTERVAL=1,2", "must be a number"),
        ("FREQ=DAILY;BYHOUR=24", "it goes from 0 to 23"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "without 0"),
        ("FREQ=MONTHLY;BYDAY=FUNDAY", "days are MO"),
        ("FREQ=WEEKLY;BYDAY=1MO", "numbers a day"),
        ("FREQ=WEEKLY;WKST=XX", "WKST=XX"),
        ("FREQ=WEEKLY;BYMONTHDAY=3", "means nothing with FREQ=WEEKLY"),
        ("FREQ=DAILY;BYSETPOS=1", "needs another part"),
        ("FREQ=DAILY;COUNT=3;UNTIL=20261231", "give one of them"),
        ("FREQ=DAILY;UNTIL=20260231", "UNTIL=20260231"),
        ("FREQ=DAILY;UNTIL=soon", "UNTIL=SOON"),
        ("FREQ=DAILY;BYEASTER=0", "does not know"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "would never fire"),
        ("FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30", "would never fire"),
        ("FREQ=MINUTELY;INTERVAL=1440;BYHOUR=3", "cannot be followed"),
        (
            "FREQ=YEARLY;BYHOUR=" + ",".join(map(str, range(24))) + ";BYMINUTE=" + ",".join(map(str, range(60))),
            "288 times",
        ),
    ],
)
def test_what_cannot_be_followed_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(ValueError, match="(?i)" + words):
        read(text, BERLIN, START)


def test_a_start_that_no_calendar_has_is_refused() -> None:
    with pytest.raises(ValueError, match="starts in the year 1"):
        read("FREQ=DAILY", BERLIN, datetime.fromisoformat("0001-01-01"))


PARTS = {
    "INTERVAL": st.integers(1, 10_000).map(str),
    "BYMONTH": st.integers(1, 12).map(str),
    "BYMONTHDAY": st.sampled_from(["1", "29", "30", "31", "-1"]),
    "BYDAY": st.sampled_from(["MO", "SA,SU", "MO,TU,WE,TH,FR"]),
    "BYHOUR": st.sampled_from(["0", "2", "2,3", "7,19", "23"]),
    "BYMINUTE": st.sampled_from(["0", "30", "0,15,30,45", "59"]),
    "BYSETPOS": st.sampled_from(["1", "-1", "300"]),
    "COUNT": st.integers(1, 10_000).map(str),
}
RULES = st.builds(
    lambda frequency, parts: ";".join([f"FREQ={frequency}", *(f"{name}={value}" for name, value in parts.items())]),
    st.sampled_from(["MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
    st.fixed_dictionaries({}, optional=PARTS),
)
MOMENTS = st.datetimes(datetime.fromisoformat("2026-01-01"), datetime.fromisoformat("2029-12-31")).map(
    lambda at: at.replace(tzinfo=UTC)
)


@given(RULES, st.sampled_from(ZONES), MOMENTS)
@settings(max_examples=60, deadline=None)
def test_times_come_in_order_a_minute_apart_and_none_is_left_out(text: str, zone: str, moment: datetime) -> None:
    try:
        rule = read(text, ZoneInfo(zone), START)
    except ValueError:
        return
    found = rule.following(moment, 4)
    assert all(at > moment for at in found)
    assert all(later - earlier >= timedelta(minutes=1) for earlier, later in pairwise(found))
    if not found:
        return
    # From anywhere between two times the later one is the next.
    before = moment
    for at in found:
        assert rule.after(before + (at - before) / 2) == at
        before = at


@given(st.sampled_from(ZONES), st.integers(1, 90), st.integers(0, 700))
@settings(max_examples=25, deadline=None)
def test_what_is_skipped_to_get_near_changes_nothing(zone: str, interval: int, days: int) -> None:
    """Against the rule as dateutil tells it from its start, each time moved as RFC 5545 says."""
    text, place = f"FREQ=HOURLY;INTERVAL={interval};BYMINUTE=0,30", ZoneInfo(zone)
    moment = utc("2026-01-02") + timedelta(days=days)
    walls = rrulestr(text, dtstart=START).xafter(moment.replace(tzinfo=None) - timedelta(days=3), count=2 * 24 * 8)
    expected = sorted({at for wall in walls if (at := wall.replace(tzinfo=place).astimezone(UTC)) > moment})[:5]
    assert read(text, place, START).following(moment, 5) == expected


@pytest.mark.parametrize(
    "text", ["FREQ=YEARLY", "FREQ=MONTHLY;INTERVAL=6", "FREQ=DAILY;COUNT=10000", "FREQ=WEEKLY;BYDAY=TH"]
)
@pytest.mark.parametrize("year", [1970, 1985, 1986, 2000, 2030])
def test_a_start_may_lie_far_from_now(text: str, year: int) -> None:
    """COUNT and INTERVAL are counted from there, through all the years between."""
    start = datetime.fromisoformat(f"{year}-01-01")
    moment = utc("2026-11-28 12:00")
    found = read(text, ZoneInfo("UTC"), start).after(moment)
    expected = rrulestr(text, dtstart=start).after(moment.replace(tzinfo=None))
    assert found == (None if expected is None else expected.replace(tzinfo=UTC))


def test_a_rule_of_minutes_that_began_long_ago_is_not_counted_through() -> None:
    rule = read("FREQ=MINUTELY;INTERVAL=7", BERLIN, datetime.fromisoformat("1970-01-01"))
    began = time.process_time()
    near = rule.after(utc("2026-11-28 12:00"))
    took = time.process_time() - began
    assert near is not None
    assert near - utc("2026-11-28 12:00") <= timedelta(minutes=7)
    began = time.process_time()
    list(rrulestr("FREQ=MINUTELY;INTERVAL=7;COUNT=20000", dtstart=START))
    assert took < time.process_time() - began  # there were four million since


@pytest.mark.parametrize("word", EVERY)
def test_words_become_rules(word: str) -> None:
    rule = read(simple(word, clock(7, 30), "WE"), BERLIN, START)
    expected = {
        "hour": ["11-28 13:30 CET", "11-28 14:30 CET"],
        "day": ["11-29 07:30 CET", "11-30 07:30 CET"],
        "weekday": ["11-30 07:30 CET", "12-01 07:30 CET"],
        "week": ["12-02 07:30 CET", "12-09 07:30 CET"],
    }
    assert local(rule, "2026-11-28 12:00", 2) == expected[word]
