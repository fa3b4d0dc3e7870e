"""Whether a schedule works on the queue, by what its runs have written down."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from musings.sqlite import due
from musings.store import times
from musings.store.database import Database
from musings.store.queue import changes, noted_runs, schedule

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def stamp(minutes_ago: float) -> str:
    return (NOW - timedelta(minutes=minutes_ago)).strftime(times.FORMAT)


def noted(*runs: float, **more: object) -> str:
    """Runs that began so many minutes ago."""
    return json.dumps({"runs": [stamp(each) for each in runs], **more})


def test_a_run_of_a_moment_ago_counts(database: Database) -> None:
    assert database.reading(schedule.find) is None
    database.writing(schedule.begin_run, 7)
    database.writing(schedule.end_run)
    found = database.reading(schedule.find)
    assert found is not None
    assert (found.interval, found.is_kept, found.is_regular) == (timedelta(minutes=7), True, False)
    assert found.last_run_at is not None
    assert found.next_run_at is not None
    assert timedelta(0) <= found.next_run_at - times.now() <= timedelta(minutes=7)


@pytest.mark.parametrize(("minutes", "kept"), [(0, True), (15, True), (16, True), (16.1, False), (60 * 24 * 90, False)])
def test_three_intervals_and_a_minute_are_the_patience(minutes: float, kept: bool) -> None:
    found = schedule.read(noted(minutes + 5, minutes, interval_minutes=5), NOW)
    assert found is not None
    assert found.is_kept is kept
    if kept:
        assert "its next look is due at 2026-11-22" in found.in_words()
    else:
        assert found.in_words() == f"the schedule has not run since {found.last_run_at:%Y-%m-%d %H:%M} UTC"


def test_a_clock_that_was_set_back(database: Database) -> None:
    found = schedule.read(noted(30, 20, -600, -610, ended=stamp(-620)), NOW)
    assert found is not None
    assert found.last_run_at == NOW - timedelta(minutes=20)
    assert schedule.read(noted(-600, installed=stamp(-600)), NOW) is None


def test_a_run_that_takes_an_hour_is_heard_of_at_its_end() -> None:
    found = schedule.read(noted(65, interval_minutes=5, ended=stamp(2)), NOW)
    assert found is not None
    assert (found.is_kept, found.last_run_at) == (True, NOW - timedelta(minutes=2))


@pytest.mark.parametrize(
    ("runs", "minutes"),
    [
        ((30, 20, 10, 0), 10),  # cron does so, whatever the settings say
        ((600, 30, 20, 10, 0), 10),  # a night's sleep
        ((30, 20, 11, 10, 0), 9.5),  # one run by hand
        ((2, 0), 5),  # two runs by hand: the settings know better
        ((0.5, 0.4, 0.3, 0.2, 0.1, 0), 5),  # many by hand
    ],
)
def test_the_runs_tell_their_interval(runs: tuple[float, ...], minutes: float) -> None:
    found = schedule.read(noted(*runs, interval_minutes=5), NOW)
    assert found is not None
    assert found.interval == timedelta(minutes=minutes)


def test_an_installation_is_a_schedule_before_its_first_run(database: Database) -> None:
    database.writing(schedule.install, 30)
    found = database.reading(schedule.find)
    assert found is not None
    assert (found.is_kept, found.is_regular, found.interval) == (True, True, timedelta(minutes=30))
    assert found.last_run_at is None
    database.writing(schedule.begin_run, 5)
    again = database.reading(schedule.find)
    assert again is not None
    assert again.interval == timedelta(minutes=30), "what was installed counts until it is installed anew"
    database.writing(schedule.forget)
    assert database.reading(schedule.find) is None


@pytest.mark.parametrize("value", ["", "no JSON", "[]", "{}", '{"runs": "x"}', '{"runs": [null, {}], "ended": 1e300}'])
def test_what_cannot_be_read_is_no_schedule(database: Database, value: str) -> None:
    database.writing(changes.put, noted_runs.SCHEDULE, value)
    assert database.reading(schedule.find) is None
    database.writing(schedule.begin_run, 5)
    assert database.reading(schedule.find) is not None


def test_the_door_and_the_program_write_the_same(database: Database) -> None:
    database.writing(schedule.begin_run, 5)
    for _ in range(20):
        due.note_run(str(database.path))
    written = json.loads(database.reading(changes.get, noted_runs.SCHEDULE) or "")
    assert len(written["runs"]) == noted_runs.NOTED_RUNS
    assert written["interval_minutes"] == 5
    found = database.reading(schedule.find)
    assert found is not None
    assert found.is_kept
    assert not found.is_regular, "a person tried it twenty times"


def test_a_database_that_is_held_or_missing_does_not_stop_the_door(database: Database, tmp_path: object) -> None:
    due.note_run(f"{tmp_path}/missing.db")
    with database.write():
        due.note_run(str(database.path))
    assert database.reading(schedule.find) is None
