"""What is read out of a prompt."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from musings_sketch.vocabulary import COLOURS, MEDIA, MOODS, SCENES, SEASONS, THINGS, TIMES, WEATHERS
from musings_sketch.words import LONGEST, chance, read


def named(text: str) -> tuple[str, ...]:
    return tuple(thing.name for thing in read(text).things)


def test_things_come_in_the_order_of_the_prompt_with_number_and_colour() -> None:
    boats, sun = read("Two red boats on a quiet sea at sunset").things
    assert (boats.name, boats.count, boats.colour, boats.word) == ("boat", 2, "red", "boats")
    assert (sun.name, sun.count, sun.colour) == ("sun", 1, None)


@pytest.mark.parametrize("text", ["no moon", "a lake without a moon", "never any moon", "night, not the moon"])
def test_what_is_refused_is_not_wanted(text: str) -> None:
    assert "moon" not in named(text)


def test_a_refusal_holds_for_its_own_thing_only() -> None:
    assert named("no moon but stars") == ("stars",)


@pytest.mark.parametrize(
    ("text", "name", "count"),
    [
        ("wolves", "wolf", 0),
        ("three foxes", "fox", 3),
        ("a flock of geese", "bird", 9),
        ("a camel caravan", "camel", 5),
        ("lavender fields", "lavender", 12),
        ("7 cats", "cat", 7),
        ("999 cats", "cat", 12),
    ],
)
def test_plurals_and_numbers(text: str, name: str, count: int) -> None:
    (thing,) = read(text).things
    assert (thing.name, thing.count) == (name, count)


def test_pine_trees_are_pines_alone() -> None:
    assert named("pine trees and an oak tree") == ("pine", "tree")


def test_the_colour_of_a_thing_is_not_the_colour_of_the_picture() -> None:
    assert read("a red house under a green sky").colours == ("green",)
    assert read("a red sunset").colours == ("red",)
    assert read("a coral reef").colours == ()


def test_pairs_are_read_as_one() -> None:
    assert read("stained glass").medium == "mosaic"
    assert read("northern lights").thing("aurora")


def test_emoji_are_words() -> None:
    assert named("🌙 🐈") == ("moon", "cat")


def test_hour_season_weather_mood() -> None:
    found = read("A lonely winter evening, rain and fog, oil painting")
    assert (found.time, found.season, found.mood, found.medium) == ("sunset", "winter", "melancholy", "oil")
    assert found.weather == ("rain", "fog")


def test_names_and_topics() -> None:
    found = read("Write a poem about my grandmother Elsa in Paris")
    assert found.names == ("Elsa", "Paris")
    assert found.topics == ("grandmother", "elsa", "paris")


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    found = read(text)
    assert set(found.colours) <= set(COLOURS)
    assert {thing.name for thing in found.things} <= set(THINGS)
    assert set(found.scenes) <= set(SCENES)
    assert found.time in {None, *TIMES}
    assert found.season in {None, *SEASONS}
    assert found.medium in {None, *MEDIA}
    assert set(found.moods) <= set(MOODS)
    assert set(found.weather) <= set(WEATHERS)


def test_only_the_beginning_of_a_long_text_is_read() -> None:
    assert read("x " * LONGEST + "moon").things == ()


def test_chance_depends_on_text_seed_and_purpose() -> None:
    first = chance("a", 1, "sky").integers(2**62)
    assert chance("a", 1, "sky").integers(2**62) == first
    others = [
        chance("b", 1, "sky"),
        chance("a", 2, "sky"),
        chance("a", 1, "sea"),
        chance("a", 1),
        chance("a1", 1, "sky"),
    ]
    assert first not in [other.integers(2**62) for other in others]


def test_chance_takes_text_that_no_encoding_holds() -> None:
    assert chance("\ud800", 0).random() >= 0
