"""Rows of feeds: a name is used once at a time, and a revoked secret finds nothing."""

import pytest

from musings.errors import ConflictError, NotFoundError
from musings.store.access import feeds
from musings.store.database import Database


def test_a_name_is_free_again_after_it_was_revoked(database: Database) -> None:
    first = database.writing(feeds.add, "all", "hash one", "key")
    with pytest.raises(ConflictError):
        database.writing(feeds.add, "all", "hash two", "key")
    database.writing(feeds.revoke, first.id)
    second = database.writing(feeds.add, "all", "hash two", "key", "image", "night")
    assert database.reading(feeds.find, "hash one") is None
    assert database.reading(feeds.find, "hash two") == second
    assert [each.id for each in database.reading(feeds.listing)] == [second.id, first.id]


def test_twice_revoked_is_revoked_once(database: Database) -> None:
    made = database.writing(feeds.add, "all", "hash", "key")
    first = database.writing(feeds.revoke, made.id)
    assert database.writing(feeds.revoke, made.id).revoked_at == first.revoked_at
    with pytest.raises(NotFoundError):
        database.writing(feeds.revoke, 99)


def test_a_use_is_noted_once_a_minute(database: Database) -> None:
    made = database.writing(feeds.add, "all", "hash", "key")
    assert not feeds.is_use_noted(made)
    database.writing(feeds.note_use, made)
    found = database.reading(feeds.find, "hash")
    assert found is not None
    assert feeds.is_use_noted(found)
