"""The words that the engine knows: each can be met, and leads to something that can be made."""

import pytest

from musings_sketch import vocabulary
from musings_sketch.painting import SCENES
from musings_sketch.painting.colour import Lch, linear
from musings_sketch.painting.media import MEDIA
from musings_sketch.painting.things.draw import FIGURES
from musings_sketch.words import read

TABLES = [
    vocabulary.THINGS,
    vocabulary.SCENES,
    vocabulary.MOODS,
    vocabulary.TIMES,
    vocabulary.SEASONS,
    vocabulary.WEATHERS,
    vocabulary.COLOUR_WORDS,
    vocabulary.MEDIA,
]


@pytest.mark.parametrize("table", TABLES)
def test_words_are_written_as_prompts_are_read(table: vocabulary.Table) -> None:
    """In lower case, and each found again as one word: a word that the reading takes apart is never met."""
    for words in table.values():
        for word in words.split():
            assert word == word.casefold()
            assert read(word).words == (word,)


@pytest.mark.parametrize("table", TABLES)
def test_no_word_stands_twice_in_a_row(table: vocabulary.Table) -> None:
    for name, words in table.items():
        assert len(set(words.split())) == len(words.split()), name


@pytest.mark.parametrize("name", vocabulary.THINGS)
def test_every_word_of_a_thing_is_that_thing(name: str) -> None:
    for word in vocabulary.THINGS[name].split():
        assert read(word).thing(name) is not None, word
        assert read(f"no {word}").thing(name) is None, word


def test_what_is_named_can_be_painted() -> None:
    drawn_otherwise = {name for name in vocabulary.THINGS if name not in FIGURES}
    assert drawn_otherwise <= vocabulary.SKY_THINGS | set(vocabulary.SCENES) | set(vocabulary.THINGS)
    assert set(vocabulary.SCENES) - {"portrait"} == set(SCENES)  # a portrait stands before another scene
    assert set(vocabulary.MEDIA) <= set(MEDIA)


@pytest.mark.parametrize("name", vocabulary.COLOURS)
def test_a_colour_is_one_and_the_screen_can_show_it(name: str) -> None:
    light, chroma, hue = vocabulary.COLOURS[name]
    rgb = linear(Lch(light, chroma, hue))
    assert 0 <= rgb.min() <= rgb.max() <= 1
    assert read(f"a {name} evening").colours == (name,)


def test_other_words_for_a_colour_lead_to_it() -> None:
    assert set(vocabulary.COLOUR_WORDS) <= set(vocabulary.COLOURS)
    for name, words in vocabulary.COLOUR_WORDS.items():
        for word in words.split():
            assert read(f"a {word} evening").colours == (name,), word


@pytest.mark.parametrize("number", vocabulary.NUMBERS)
def test_numbers_count(number: str) -> None:
    thing = read(f"{number} foxes").thing("fox")
    assert thing is not None
    assert thing.count == vocabulary.NUMBERS[number]
    assert 1 <= thing.count <= 12


def test_small_words_mean_nothing_by_themselves() -> None:
    assert not vocabulary.STOPWORDS & {word for words in vocabulary.THINGS.values() for word in words.split()}
    assert read(" ".join(sorted(vocabulary.STOPWORDS))).topics == ()
