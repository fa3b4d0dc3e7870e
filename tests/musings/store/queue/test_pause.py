"""A paused queue."""

from musings.store.database import Database
from musings.store.queue import pause


def test_pause(database: Database) -> None:
    assert not database.reading(pause.is_paused)
    for paused in (True, True, False):
        database.writing(pause.set_paused, paused)
        assert database.reading(pause.is_paused) is paused
