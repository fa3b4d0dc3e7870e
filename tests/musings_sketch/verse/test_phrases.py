"""What a prompt talks about, with the article that fits."""

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from musings_sketch.verse.phrases import DETERMINERS, NounPhrase, phrases
from musings_sketch.words import read


def found(text: str) -> tuple[NounPhrase, ...]:
    return phrases(text, read(text))


def first(text: str) -> NounPhrase:
    return found(text)[0]


@pytest.mark.parametrize(
    ("text", "definite", "indefinite", "address"),
    [
        ("a full moon", "the full moon", "a full moon", "full moon"),
        ("the old harbour", "the old harbour", "an old harbour", "old harbour"),
        ("my grandmother Elsa", "my grandmother Elsa", "my grandmother Elsa", "my grandmother Elsa"),
        ("in Paris", "Paris", "Paris", "Paris"),
        ("two red boats", "the red boats", "red boats", "red boats"),
        ("wild horses", "the wild horses", "wild horses", "wild horses"),
        ("the snow", "the snow", "the snow", "snow"),
        ("loneliness", "loneliness", "loneliness", "loneliness"),
        ("a hour of rest", "the hour", "an hour", "hour"),
    ],
)
def test_a_phrase_takes_the_article_that_fits(text: str, definite: str, indefinite: str, address: str) -> None:
    phrase = first(text)
    assert (phrase.definite, phrase.indefinite, phrase.address) == (definite, indefinite, address)


@pytest.mark.parametrize(
    ("text", "many"), [("grass", False), ("foxes", True), ("one fox", False), ("three boats", True)]
)
def test_number(text: str, many: bool) -> None:
    assert first(text).many is many


def test_what_was_refused_is_not_written_about() -> None:
    assert [phrase.bare for phrase in found("a garden with no roses")] == ["garden"]


def test_a_phrase_is_told_once() -> None:
    assert [phrase.bare for phrase in found("the fox. A fox! My fox, THE FOX")] == ["fox"]


@pytest.mark.parametrize("text", ["write a poem about the sea", "please draw me the sea", "the sea is very calm"])
def test_the_request_is_no_subject(text: str) -> None:
    assert next(phrase.bare for phrase in found(text)) == "sea"


def test_an_emoji_is_a_subject() -> None:
    assert first("🦊").definite == "the fox"


def test_a_title_in_capitals_is_no_name() -> None:
    assert not first("THE BIG SHIP").name


@limits(max_examples=40)
@given(st.text(max_size=200))
def test_any_text_gives_phrases_that_can_be_said(text: str) -> None:
    known = found(text)
    assert len(known) <= 24
    assert len({phrase.bare.lower() for phrase in known}) == len(known)
    for phrase in known:
        assert 1 <= len(phrase.words) <= 4
        assert phrase.lead in DETERMINERS or phrase.lead == ""
        assert all(len(word) <= 24 for word in phrase.words)
        for said in (phrase.text, phrase.definite, phrase.indefinite, phrase.address):
            assert said == " ".join(said.split()) != ""
            assert phrase.bare in said


@limits(max_examples=40)
@given(st.from_regex(r"[a-z]{3,12}( [a-z]{3,12}){0,3}", fullmatch=True))
def test_words_without_any_grammar_still_have_a_subject(text: str) -> None:
    """Unless all of them are small words: then there is nothing to write about."""
    reading = read(text)
    assert found(text) or not (reading.topics or reading.things)
