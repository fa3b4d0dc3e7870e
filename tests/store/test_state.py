"""Named values in ``queue_state``."""

from musings.store import events, state
from musings.store.database import Database


def test_a_value_is_there_until_it_is_forgotten(database: Database) -> None:
    assert state.read(database, "duty:x") is None
    assert state.write(database, "duty:x", "one")
    assert state.read(database, "duty:x") == "one"
    assert state.write(database, "duty:x", "two")
    assert state.read(database, "duty:x") == "two"
    assert state.write(database, "duty:x", None)
    assert state.read(database, "duty:x") is None


def test_what_stays_is_no_event(database: Database) -> None:
    state.write(database, "disk_low", "1")
    last = events.last_id(database)
    assert not state.write(database, "disk_low", "1")
    with database.write() as connection:
        assert not state.put(connection, "disk_low", "1")
    assert not state.write(database, "other", None)
    assert events.last_id(database) == last
    state.write(database, "disk_low", "2")
    assert events.last_id(database) > last


def test_values_by_their_prefix(database: Database) -> None:
    for name in ("alert:b", "alert:a", "alert", "alerts", "notice:1"):
        state.write(database, name, name.upper())
    assert state.named(database, "alert:") == {"a": "ALERT:A", "b": "ALERT:B"}


def test_one_of_several_swaps(database: Database) -> None:
    state.write(database, "notice:1", "old")
    assert state.swap(database, "notice:1", "old", "mine")
    assert not state.swap(database, "notice:1", "old", "yours")
    assert state.read(database, "notice:1") == "mine"
    assert state.swap(database, "notice:1", "mine", None)
    assert not state.swap(database, "notice:1", "mine", None)
