"""Writings: counts, hashes and the fingerprint."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import text

from musings.errors import NotFoundError
from musings.models import Writing
from musings.store.database import Database
from musings.store.writings import writings
from musings.store.writings.likeness import fingerprint


def test_a_writing_has_its_counts_and_hashes(database: Database) -> None:
    content = "Über allen Gipfeln\nist Ruh\n"
    with database.write() as connection:
        made = writings.insert_writing(connection, Writing("Ein Gleiches", content, "poem", "calm", notes="n"))
    found = database.reading(writings.get, made)
    assert (found.word_count, found.line_count, found.character_count) == (5, 2, 27)
    assert (found.title, found.mood, found.explicit_content) == ("Ein Gleiches", "calm", False)
    assert found.created_at is not None
    with database.read() as connection:
        row = connection.execute(text("SELECT * FROM writings")).one()
    assert row.content_hash == hashlib.sha256(content.encode()).hexdigest()
    assert row.content_fingerprint == fingerprint(content)
    assert row.publication_status == "draft"


@pytest.mark.parametrize(
    "same",
    [
        "Uber allen Gipfeln ist Ruh",
        "  ÜBER   allen\n\nGipfeln, ist... Ruh!",
        "U\N{COMBINING DIAERESIS}ber allen Gipfeln ist Ruh",
    ],
)
def test_the_fingerprint_hears_only_the_words(same: str) -> None:
    assert fingerprint(same) == fingerprint("Über allen Gipfeln ist Ruh")


def test_the_fingerprint_tells_words_apart() -> None:
    assert fingerprint("ist Ruh") != fingerprint("Ruh ist")
    assert fingerprint("istRuh") != fingerprint("ist Ruh")


@given(some.text(some.characters(exclude_categories=())))
def test_any_text_has_a_fingerprint(content: str) -> None:
    assert len(fingerprint(content)) == 32


def test_one_with_halves_of_surrogates_is_kept(database: Database) -> None:
    with database.write() as connection:
        made = writings.insert_writing(connection, Writing("t\ud800", "c\udfff", "poem"))
    assert database.reading(writings.get, made).content == "c?"


def test_none_such(database: Database) -> None:
    with pytest.raises(NotFoundError, match="no writing 9"):
        database.reading(writings.get, 9)
    assert database.reading(writings.by_ids, []) == {}
