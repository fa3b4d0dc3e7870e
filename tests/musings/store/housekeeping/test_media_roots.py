"""Which media root a database was last used with."""

from musings.store.database import Database
from musings.store.housekeeping import media_roots
from musings.store.queue import changes


def test_a_new_database_knows_none(database: Database) -> None:
    assert database.reading(media_roots.noted) is None


def test_the_last_one_counts(database: Database) -> None:
    for name in ("a disk", "another disk"):
        database.writing(media_roots.note, name)
    assert database.reading(media_roots.noted) == "another disk"


def test_one_that_is_forgotten_is_as_if_it_never_was_and_nothing_else_is(database: Database) -> None:
    database.writing(changes.put, "paused", "1")
    database.writing(media_roots.note, "a disk")
    database.writing(media_roots.forget)
    assert database.reading(media_roots.noted) is None
    with database.read() as connection:
        left = connection.exec_driver_sql("SELECT name FROM queue_state").scalars().all()
    assert left == ["paused"]
    database.writing(media_roots.forget)  # twice is harmless
