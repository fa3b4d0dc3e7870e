"""Tokens of programs in the database."""

from datetime import timedelta

import pytest

from musings.errors import ConflictError, NotFoundError
from musings.security.credentials import digest
from musings.store import times
from musings.store.access import tokens
from musings.store.database import Database
from musings.store.tables import tokens as table

DAY = timedelta(days=1)


def test_a_token_is_found_by_its_hash_alone(database: Database) -> None:
    made = database.writing(tokens.add, "phone", digest("secret"), ["read", "write"], None)
    assert database.reading(tokens.find, digest("secret")) == made
    assert made.scopes == ("read", "write")
    assert database.reading(tokens.find, "secret") is None
    assert database.reading(tokens.find, digest("other")) is None


def test_an_expired_and_a_revoked_token_are_none(database: Database) -> None:
    database.writing(tokens.add, "old", digest("old"), ["read"], times.now() - DAY)
    made = database.writing(tokens.add, "gone", digest("gone"), ["read"], times.now() + DAY)
    revoked = database.writing(tokens.revoke, made.id)
    assert database.writing(tokens.revoke, made.id) == revoked, "twice is harmless, and the first time counts"
    assert database.reading(tokens.find, digest("old")) is None
    assert database.reading(tokens.find, digest("gone")) is None
    assert not database.reading(tokens.any_usable)
    assert [(each.name, each.state(times.now())) for each in database.reading(tokens.listing)] == [
        ("gone", "revoked"),
        ("old", "expired"),
    ]


def test_a_name_serves_one_usable_token(database: Database) -> None:
    first = database.writing(tokens.add, "phone", digest("1"), ["read"], None)
    with pytest.raises(ConflictError, match="'phone'"):
        database.writing(tokens.add, "phone", digest("2"), ["read"], None)
    database.writing(tokens.revoke, first.id)
    assert database.writing(tokens.add, "phone", digest("3"), ["read"], None).id > first.id


def test_the_last_use_is_written_once_a_minute(database: Database) -> None:
    database.writing(tokens.add, "phone", digest("1"), ["read"], None)

    def used() -> object:
        found = database.reading(tokens.find, digest("1"))
        assert found is not None
        database.writing(tokens.note_use, found)
        return database.reading(tokens.listing)[0].last_used_at

    first = used()
    assert first is not None
    assert used() == first
    with database.write() as connection:
        connection.execute(table.update().values(last_used_at=times.now() - timedelta(minutes=2)))
    assert used() != first


def test_no_such_token(database: Database) -> None:
    with pytest.raises(NotFoundError, match="no token 7"):
        database.writing(tokens.revoke, 7)
