"""Sessions of the page: how long they last, and how their ids change without losing anybody."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from musings.security.credentials import digest
from musings.store import times
from musings.store.access import owner, sessions
from musings.store.access.sessions import Session
from musings.store.database import Database
from musings.store.tables import sessions as table


def begun(database: Database, secret: str = "first") -> Session:
    return database.writing(sessions.begin, digest(secret), "csrf")


def found(database: Database, secret: str) -> Session:
    session = database.reading(sessions.find, digest(secret))
    assert session is not None
    return session


def age(database: Database, **columns: timedelta) -> None:
    with database.write() as connection:
        connection.execute(update(table).values({name: times.now() - by for name, by in columns.items()}))


def test_a_session_is_found_by_its_hash_alone(database: Database) -> None:
    made = begun(database)
    assert found(database, "first") == made
    assert database.reading(sessions.find, "first") is None
    assert database.reading(sessions.find, digest("")) is None


@pytest.mark.parametrize("column", ["expires_at", "seen_at"])
def test_it_ends_by_itself_and_is_forgotten(database: Database, column: str) -> None:
    begun(database)
    age(database, **{column: sessions.IDLE + timedelta(seconds=1)})
    assert database.reading(sessions.find, digest("first")) is None
    begun(database, "second")
    assert database.writing(sessions.end_all) == 1


def test_use_keeps_it_alive_and_is_written_once_a_minute(database: Database) -> None:
    begun(database)
    before = found(database, "first").seen_at
    database.writing(sessions.note_use, found(database, "first"))
    assert found(database, "first").seen_at == before
    age(database, seen_at=timedelta(days=6))
    database.writing(sessions.note_use, found(database, "first"))
    assert found(database, "first").seen_at > before


def test_an_old_id_is_changed_once(database: Database) -> None:
    made = begun(database)
    assert not made.wants_new_id(times.now())
    age(database, rotated_at=timedelta(hours=2))
    seen_by_two = found(database, "first")
    assert seen_by_two.wants_new_id(times.now())
    assert database.writing(sessions.rotate, seen_by_two, digest("first"), digest("second"))
    assert not database.writing(sessions.rotate, seen_by_two, digest("first"), digest("third"))
    assert database.reading(sessions.find, digest("third")) is None
    assert found(database, "second").csrf == "csrf", "what the page holds stays good"


def test_the_id_before_is_good_until_the_new_one_has_arrived_and_a_minute_longer(database: Database) -> None:
    database.writing(sessions.rotate, begun(database), digest("first"), digest("second"))
    assert found(database, "first").by_previous
    assert not found(database, "first").wants_new_id(times.now()), "several requests are under way"
    database.writing(sessions.note_use, found(database, "second"))
    assert found(database, "first").by_previous
    age(database, confirmed_at=sessions.OVERLAP)
    assert database.reading(sessions.find, digest("first")) is None
    assert not found(database, "second").by_previous


def test_an_answer_that_was_lost_logs_nobody_out(database: Database) -> None:
    database.writing(sessions.rotate, begun(database), digest("first"), digest("lost"))
    age(database, rotated_at=timedelta(days=1))
    still = found(database, "first")
    database.writing(sessions.note_use, still)
    assert still.wants_new_id(times.now())
    assert database.writing(sessions.rotate, still, digest("first"), digest("again"))
    assert database.reading(sessions.find, digest("lost")) is None
    assert found(database, "again").confirmed_at is None


def test_a_new_password_ends_every_session(database: Database) -> None:
    assert database.reading(owner.password_hash) is None
    begun(database)
    begun(database, "second")
    assert database.writing(owner.set_password, "a hash") == 2
    assert database.reading(sessions.find, digest("first")) is None
    assert database.writing(owner.set_password, "another") == 0
    assert database.reading(owner.password_hash) == "another"
