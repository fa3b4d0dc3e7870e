"""What stood as JSON under names of ``queue_state`` has tables of its own after migration 0007."""

import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from musings.housekeeping import disk
from musings.sqlite import due, schema
from musings.sqlite.database import open_database
from musings.sqlite.upgrade import upgrade
from musings.store.alerts import notices, outages
from musings.store.alerts.notices import Notice, OpenAlert, Waiting
from musings.store.database import Database
from musings.store.housekeeping import duties
from musings.store.queue import changes, events, leftovers

SINCE, LATER = "2026-11-20 10:00:00.000000", "2026-11-20 10:00:30.000000"
AT, THEN = datetime(2026, 11, 20, 10, tzinfo=UTC), datetime(2026, 11, 20, 10, 0, 30, tzinfo=UTC)
WORDS = {"title": "The disk is nearly full", "body": "0.1 GB — ünï"}
BEFORE = {
    "paused": "1",
    "schedule": json.dumps({"runs": [SINCE]}),
    "left:3.1": "comfy|http://gpu:8188|job",
    "left:20.1": "comfy|http://gpu:8188|job|http://other:8188",
    "left:odd": "another program's",
    "disk_low": "It is nearly full.",
    "duty:retention": SINCE,
    "duty:upkeep": "soon",
    "down:http://gpu:8188": SINCE,
    "alert:disk": json.dumps({"since": SINCE, **WORDS}),
    "alert:odd": "no JSON",
    "notice:20261120T100000-ab": json.dumps(
        {**WORDS, "level": "failure", "left": ["1:json"], "tries": 2, "since": SINCE, "at": LATER}
    ),
}


@pytest.fixture
def moved(tmp_path: Path) -> Iterator[Database]:
    """A database of the version before, with all of it, brought to ours."""
    database = open_database(tmp_path / "musings.db")
    with database.write() as connection:
        upgrade(connection, "0006")
        for name, value in BEFORE.items():
            connection.exec_driver_sql("INSERT INTO queue_state VALUES (?, ?)", (name, value))
    schema.ensure(database)
    yield database
    database.close()


def test_each_is_in_the_table_that_is_its_own(moved: Database) -> None:
    opened = moved.reading(notices.open_alerts)
    assert opened["disk"] == OpenAlert("disk", AT, WORDS["title"], WORDS["body"])
    assert opened["odd"].since is None
    notice = Notice(WORDS["title"], WORDS["body"], "failure")
    assert moved.reading(notices.waiting) == [
        Waiting("20261120T100000-ab", notice, ("1:json",), tries=2, since=AT, at=THEN)
    ]
    assert moved.reading(outages.since, "http://gpu:8188") == AT
    assert moved.reading(duties.find, "retention").due_at == AT
    assert moved.reading(duties.find, "upkeep").due_at is None
    assert moved.reading(leftovers.noted) == {"3.1": BEFORE["left:3.1"], "20.1": BEFORE["left:20.1"]}
    assert disk.words(moved) == "It is nearly full."
    with moved.read() as connection:
        assert connection.exec_driver_sql("SELECT host FROM musings_low_disks").scalar() == socket.gethostname()


def test_what_is_a_state_of_the_queue_stays(moved: Database) -> None:
    left = {name: value for name, value in BEFORE.items() if name in ("paused", "schedule", "left:odd")}
    assert moved.reading(changes.named, "") == left


def test_the_front_door_takes_a_database_of_the_version_before_for_work(tmp_path: Path) -> None:
    database = open_database(tmp_path / "musings.db")
    with database.write() as connection:
        upgrade(connection, "0006")
    database.close()
    assert due.anything(str(tmp_path / "musings.db"), media_only=False)


def test_the_page_hears_of_a_disk_and_of_nothing_that_was_moved(moved: Database) -> None:
    assert moved.reading(events.last_id) == len(BEFORE), "each was an event when it was written, none when it was moved"
    with moved.write() as connection:
        connection.exec_driver_sql("UPDATE musings_low_disks SET message = 'less still'")
        connection.exec_driver_sql("DELETE FROM musings_low_disks")
    assert [each.event for each in moved.reading(events.after, len(BEFORE))] == ["queue", "queue"]
