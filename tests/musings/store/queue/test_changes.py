"""Named values in ``queue_state``."""

from musings.store.database import Database
from musings.store.queue import changes, events


def test_a_value_is_there_until_it_is_forgotten(database: Database) -> None:
    assert changes.read(database, "duty:x") is None
    assert changes.write(database, "duty:x", "one")
    assert changes.read(database, "duty:x") == "one"
    assert changes.write(database, "duty:x", "two")
    assert changes.read(database, "duty:x") == "two"
    assert changes.write(database, "duty:x", None)
    assert changes.read(database, "duty:x") is None


def test_what_stays_is_no_event(database: Database) -> None:
    changes.write(database, "disk_low", "1")
    last = database.reading(events.last_id)
    assert not changes.write(database, "disk_low", "1")
    with database.write() as connection:
        assert not changes.put(connection, "disk_low", "1")
    assert not changes.write(database, "other", None)
    assert database.reading(events.last_id) == last
    changes.write(database, "disk_low", "2")
    assert database.reading(events.last_id) > last


def test_values_by_their_prefix(database: Database) -> None:
    for name in ("alert:b", "alert:a", "alert", "alerts", "notice:1"):
        changes.write(database, name, name.upper())
    assert changes.named(database, "alert:") == {"a": "ALERT:A", "b": "ALERT:B"}


def test_one_of_several_swaps(database: Database) -> None:
    changes.write(database, "notice:1", "old")
    assert changes.swap(database, "notice:1", "old", "mine")
    assert not changes.swap(database, "notice:1", "old", "yours")
    assert changes.read(database, "notice:1") == "mine"
    assert changes.swap(database, "notice:1", "mine", None)
    assert not changes.swap(database, "notice:1", "mine", None)
