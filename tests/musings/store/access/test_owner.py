"""The owner's password: one, and a new one ends every session."""

import pytest

from musings.security.credentials import digest
from musings.store.access import owner, sessions
from musings.store.database import Database


def test_there_is_one_password_and_the_last_counts(database: Database) -> None:
    assert database.reading(owner.password_hash) is None
    for hashed in ("scrypt$1", "scrypt$2"):
        assert database.writing(owner.set_password, hashed) == 0
    assert database.reading(owner.password_hash) == "scrypt$2"


def test_a_new_password_ends_every_session(database: Database) -> None:
    for secret in ("a", "b"):
        database.writing(sessions.begin, digest(secret), "csrf")
    assert database.writing(owner.set_password, "scrypt$1") == 2
    assert database.reading(sessions.find, digest("a")) is None
    assert database.writing(owner.set_password, "scrypt$1") == 0


def test_a_change_that_did_not_happen_keeps_password_and_sessions(database: Database) -> None:
    database.writing(owner.set_password, "scrypt$1")
    database.writing(sessions.begin, digest("a"), "csrf")
    with pytest.raises(InterruptedError):
        interrupted(database)
    assert database.reading(owner.password_hash) == "scrypt$1"
    assert database.reading(sessions.find, digest("a")) is not None


def interrupted(database: Database) -> None:
    with database.write() as connection:
        owner.set_password(connection, "scrypt$2")
        raise InterruptedError
