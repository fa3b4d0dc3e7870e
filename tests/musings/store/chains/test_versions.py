"""Chains that were stored, and versions that stay."""

import pytest

from musings.errors import NotFoundError
from musings.store.chains import versions
from musings.store.chains.versions import ChainVersion
from musings.store.database import Database

FIRST, SECOND = ChainVersion("aa", "two", "{1}"), ChainVersion("bb", "two", "{2}")


def test_a_name_means_the_version_that_was_stored_last_and_all_are_kept(database: Database) -> None:
    for each in (FIRST, SECOND, ChainVersion("cc", "another", "{3}")):
        database.writing(versions.store, each)
    assert [each.hash for each in database.reading(versions.stored)] == ["cc", "bb"]
    assert database.reading(versions.get, "aa") == FIRST


def test_a_version_is_kept_once(database: Database) -> None:
    database.writing(versions.keep, FIRST)
    database.writing(versions.keep, FIRST)
    assert database.reading(versions.get, "aa") == FIRST
    assert database.reading(versions.stored) == []


def test_a_name_is_forgotten_and_its_versions_stay(database: Database) -> None:
    database.writing(versions.store, FIRST)
    database.writing(versions.remove, "two")
    assert database.reading(versions.get, "aa") == FIRST
    with pytest.raises(NotFoundError, match="No chain 'two' was stored"):
        database.writing(versions.remove, "two")
    with pytest.raises(NotFoundError, match="the hash zz"):
        database.reading(versions.get, "zz")
