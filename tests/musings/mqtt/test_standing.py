"""How it stands with the broker, as another process tells it."""

from musings.config.settings import Settings
from musings.mqtt.bridge import LOCK
from musings.mqtt.standing import NOBODY, in_words
from musings.sqlite.location import where
from musings.store.database import Database
from musings.store.housekeeping import mqtt as stored
from tests.conftest import MakeSettings


def test_off_nobody_connecting_connected_and_away(
    make_settings: MakeSettings, settings: Settings, database: Database
) -> None:
    assert in_words(settings, database) is None
    with_host = make_settings(mqtt={"host": "broker.local"})
    assert in_words(with_host, database) == NOBODY
    lock = where(with_host.database).host_lock(LOCK)
    lock.acquire()
    try:
        assert in_words(with_host, database) == "connecting to the broker at broker.local:1883"
        database.writing(stored.note, "broker.local:1883", None)
        assert (in_words(with_host, database) or "").startswith("connected to the broker at broker.local:1883 since 2")
        database.writing(stored.note, "broker.local:1883", "it does not answer")
        assert (in_words(with_host, database) or "").endswith("UTC: it does not answer")
        # What was noted of another broker says nothing about this one.
        moved = make_settings(mqtt={"host": "broker.local", "tls": True})
        assert in_words(moved, database) == "connecting to the broker at broker.local:8883"
    finally:
        lock.release()
