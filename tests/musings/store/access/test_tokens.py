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
    made = tokens.add(database, "phone", digest("secret"), ["read", "write"], None)
    assert tokens.find(database, digest("secret")) == made
    assert made.scopes == ("read", "write")
    assert tokens.find(database, "secret") is None
    assert tokens.find(database, digest("other")) is None


def test_an_expired_and_a_revoked_token_are_none(database: Database) -> None:
    tokens.add(database, "old", digest("old"), ["read"], times.now() - DAY)
    made = tokens.add(database, "gone", digest("gone"), ["read"], times.now() + DAY)
    revoked = tokens.revoke(database, made.id)
    assert tokens.revoke(database, made.id) == revoked, "twice is harmless, and the first time counts"
    assert tokens.find(database, digest("old")) is None
    assert tokens.find(database, digest("gone")) is None
    assert not tokens.any_usable(database)
    assert [(each.name, each.state(times.now())) for each in tokens.listing(database)] == [
        ("gone", "revoked"),
        ("old", "expired"),
    ]


def test_a_name_serves_one_usable_token(database: Database) -> None:
    first = tokens.add(database, "phone", digest("1"), ["read"], None)
    with pytest.raises(ConflictError, match="'phone'"):
        tokens.add(database, "phone", digest("2"), ["read"], None)
    tokens.revoke(database, first.id)
    assert tokens.add(database, "phone", digest("3"), ["read"], None).id > first.id


def test_the_last_use_is_written_once_a_minute(database: Database) -> None:
    tokens.add(database, "phone", digest("1"), ["read"], None)

    def used() -> object:
        found = tokens.find(database, digest("1"))
        assert found is not None
        tokens.note_use(database, found)
        return tokens.listing(database)[0].last_used_at

    first = used()
    assert first is not None
    assert used() == first
    with database.write() as connection:
        connection.execute(table.update().values(last_used_at=times.now() - timedelta(minutes=2)))
    assert used() != first


def test_no_such_token(database: Database) -> None:
    with pytest.raises(NotFoundError, match="no token 7"):
        tokens.revoke(database, 7)
