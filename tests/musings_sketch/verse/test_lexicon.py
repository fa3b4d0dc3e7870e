"""The poet's own words: tables that agree with each other and with the grammar that uses them."""

from collections import Counter

import pytest

from musings_sketch.verse import lexicon
from musings_sketch.verse.sound import plural, rhyming, stress


def test_what_one_does_and_what_many_do_are_the_same_deeds() -> None:
    assert {f"{word}s" for word in lexicon.DO.split()} <= set(lexicon.DOES.split())
    assert {word for word in lexicon.DOES.split() if not word.endswith("s")} == set()


@pytest.mark.parametrize("table", [lexicon.THEMES, lexicon.ADJECTIVES])
def test_no_word_stands_twice_in_a_row(table: dict[str, str]) -> None:
    for name, words in table.items():
        twice = [word for word, count in Counter(words.split()).items() if count > 1]
        assert twice == [], name


def test_a_word_has_one_rhyme() -> None:
    """A word in two groups would rhyme with one of them by chance."""
    words = Counter(word for group in rhyming() for word, _ in group)
    assert [word for word, count in words.items() if count > 1] == []


def test_parts_of_speech_look_like_what_they_are() -> None:
    for group in rhyming():
        for word, part in group:
            assert part in "npvbad", word
            assert part not in "pv" or word.endswith("s"), word
            assert part != "b" or not word.endswith("s"), word


def test_a_word_has_one_stress() -> None:
    rows = [words.split() for words in lexicon._BY_STRESS.values()]
    assert Counter(word for row in rows for word in row).most_common(1)[0][1] == 1
    assert set("".join(lexicon.STRESSES.values())) == {"0", "1", "x"}


def test_words_of_the_table_sound_as_the_table_says() -> None:
    light = [word for word in lexicon.STRESSES if word not in lexicon.LIGHT_WORDS]
    assert [word for word in light if stress(word) != lexicon.STRESSES[word]] == []


def test_what_is_no_mass_can_be_had_by_the_dozen() -> None:
    things = {noun for nouns in lexicon.THEMES.values() for noun in nouns.split()} - lexicon.MASS
    assert {noun for noun in things if plural(noun) == noun} <= {"sheep", "deer"}
