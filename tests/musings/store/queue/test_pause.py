"""A paused queue."""

from musings.store.database import Database
from musings.store.queue import pause


def test_pause(database: Database) -> None:
    assert not pause.is_paused(database)
    for paused in (True, True, False):
        pause.set_paused(database, paused)
        assert pause.is_paused(database) is paused
