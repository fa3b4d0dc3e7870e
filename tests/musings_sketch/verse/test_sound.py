"""Syllables, stress and rhyme, and the noun phrases of a prompt."""

import pytest

from musings_sketch.verse import lexicon
from musings_sketch.verse.phrases import phrases
from musings_sketch.verse.sound import iambic, plural, rhyming, stress, syllables, with_articles
from musings_sketch.words import read


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("moon", 1),
        ("river", 2),
        ("table", 2),
        ("apples", 2),
        ("houses", 2),
        ("loved", 1),
        ("wanted", 2),
        ("beautiful", 3),
        ("nation", 2),
        ("breathes", 1),
        ("something", 2),
        ("quiet", 2),
        ("fire", 1),
        ("umbrella", 3),
        ("日本", 1),
        ("strength", 1),
    ],
)
def test_syllables(word: str, count: int) -> None:
    assert syllables(word) == count


def test_stress() -> None:
    assert (stress("river"), stress("beneath"), stress("the"), stress("and"), stress("moon")) == (
        "10",
        "01",
        "0",
        "x",
        "1",
    )


def test_iambs() -> None:
    assert iambic("the silver moon above the quiet sea", 5)
    assert iambic("under the silver moon the river sleeps", 5)
    assert not iambic("the moon the moon", 5)
    assert not iambic("silver silver silver silver silver", 5)


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("a apple", "an apple"),
        ("an river", "a river"),
        ("A old hour", "An old hour"),
        ("a hour", "an hour"),
        ("an unicorn", "a unicorn"),
        ("a a", "an a"),
    ],
)
def test_articles(said: str, right: str) -> None:
    assert with_articles(said) == right


def test_plurals() -> None:
    assert [plural(word) for word in ("leaf", "lily", "day", "ash", "fox", "boat")] == [
        "leaves",
        "lilies",
        "days",
        "ashes",
        "foxes",
        "boats",
    ]


def test_rhyme_groups_hold_different_words_of_known_kinds() -> None:
    for group in rhyming():
        words = [word for word, _ in group]
        assert len(words) == len(set(words)) >= 2
        assert {part for _, part in group} <= set("npvbad")


def test_every_mood_and_theme_has_words_enough() -> None:
    assert all(len(words.split()) >= 12 for words in lexicon.THEMES.values())
    assert all(len(words.split()) >= 12 for words in lexicon.ADJECTIVES.values())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Write a poem about my grandmother Elsa, who waits in Paris", ["my grandmother Elsa", "Paris"]),
        ("a lighthouse keeper in a storm", ["a lighthouse keeper", "a storm"]),
        ("a cat sleeps on the sofa", ["a cat", "the sofa"]),
        ("Two red boats on a quiet sea, no moon", ["red boats", "a quiet sea"]),
        ("a dragon who learns to bake bread", ["a dragon", "bread"]),
        ("A sad song about losing your job", ["your job"]),
        ("what is the meaning of life?", ["the meaning", "life"]),
        ("love", ["love"]),
        ("🌙", ["the moon"]),
        ("", []),
    ],
)
def test_phrases_are_the_writer_s_own(text: str, found: list[str]) -> None:
    assert [phrase.text for phrase in phrases(text, read(text))] == found


def test_a_phrase_takes_other_articles() -> None:
    boat, paris, mother = phrases(
        "an old boat, and Paris, and my mother", read("an old boat, and Paris, and my mother")
    )
    assert (boat.definite, boat.indefinite, boat.address) == ("the old boat", "an old boat", "old boat")
    assert (paris.definite, paris.indefinite) == ("Paris", "Paris")
    assert (mother.definite, mother.indefinite, mother.address) == ("my mother", "my mother", "my mother")
