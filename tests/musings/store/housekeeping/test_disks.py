"""What is said of full disks, by host."""

from musings.store.database import Database
from musings.store.housekeeping import disks
from musings.store.queue import events, workers


def test_each_host_speaks_for_its_own_disk(database: Database) -> None:
    database.writing(workers.sign_in, "w1", "1:a", "text")
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE workers SET host = 'there'")
    database.writing(disks.note, "there", "full")
    database.writing(disks.note, "here", "nearly full")
    assert database.reading(disks.messages) == {"here": "nearly full", "there": "full"}
    database.writing(disks.note, "here", None)
    assert database.reading(disks.messages) == {"there": "full"}


def test_a_host_that_got_another_name_is_forgotten(database: Database) -> None:
    database.writing(disks.note, "laptop", "full")
    database.writing(disks.note, "laptop.local", None)
    assert database.reading(disks.messages) == {}


def test_the_page_hears_of_each_change(database: Database) -> None:
    before = database.reading(events.last_id)
    for message in ("full", "fuller", None):
        database.writing(disks.note, "here", message)
    assert [each.event for each in database.reading(events.after, before)] == ["queue"] * 3
