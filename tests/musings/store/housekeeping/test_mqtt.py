"""What is remembered of the broker."""

from musings.store.database import Database
from musings.store.housekeeping import mqtt
from tests.musings.store.adding import shell


def test_the_time_is_that_of_the_change(database: Database) -> None:
    assert database.reading(mqtt.find) is None
    database.writing(mqtt.note, "b:1883", "away")
    first = database.reading(mqtt.find)
    database.writing(mqtt.note, "b:1883", "wrong password")
    second = database.reading(mqtt.find)
    assert first is not None
    assert second is not None
    assert (second.trouble, second.since) == ("wrong password", first.since)
    database.writing(mqtt.note, "b:1883", None)
    third = database.reading(mqtt.find)
    assert third is not None
    assert third.trouble is None
    assert third.since > first.since


def test_what_another_program_wrote_there_counts_as_nothing(database: Database) -> None:
    shell(database, "INSERT INTO queue_state (name, value) VALUES ('mqtt', '{\"broker\": 7')")
    assert database.reading(mqtt.find) is None


def test_the_kind_is_kept(database: Database) -> None:
    assert database.reading(mqtt.chosen_kind) is None
    for kind in ("text", "music"):
        database.writing(mqtt.choose_kind, kind)
        assert database.reading(mqtt.chosen_kind) == kind
