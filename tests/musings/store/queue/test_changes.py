"""Named values in ``queue_state``."""

from musings.store.database import Database
from musings.store.queue import changes, events


def test_a_value_is_there_until_it_is_forgotten(database: Database) -> None:
    assert database.reading(changes.get, "duty:x") is None
    assert database.writing(changes.put, "duty:x", "one")
    assert database.reading(changes.get, "duty:x") == "one"
    assert database.writing(changes.put, "duty:x", "two")
    assert database.reading(changes.get, "duty:x") == "two"
    assert database.writing(changes.put, "duty:x", None)
    assert database.reading(changes.get, "duty:x") is None


def test_what_stays_is_no_event(database: Database) -> None:
    database.writing(changes.put, "disk_low", "1")
    last = database.reading(events.last_id)
    assert not database.writing(changes.put, "disk_low", "1")
    with database.write() as connection:
        assert not changes.put(connection, "disk_low", "1")
    assert not database.writing(changes.put, "other", None)
    assert database.reading(events.last_id) == last
    database.writing(changes.put, "disk_low", "2")
    assert database.reading(events.last_id) > last


def test_values_by_their_prefix(database: Database) -> None:
    for name in ("alert:b", "alert:a", "alert", "alerts", "notice:1"):
        database.writing(changes.put, name, name.upper())
    assert database.reading(changes.named, "alert:") == {"a": "ALERT:A", "b": "ALERT:B"}
