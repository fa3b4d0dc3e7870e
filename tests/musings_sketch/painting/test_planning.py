"""What to paint: settings and things choose the scene, words the medium, and chance only what is left."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from musings_sketch.painting import SCENES
from musings_sketch.painting.media import MEDIA
from musings_sketch.painting.planning import ABSTRACTS, LANDSCAPES, PicturePlan, plan
from musings_sketch.painting.things.draw import FIGURES


def plans(text: str, count: int = 40) -> list[PicturePlan]:
    return [plan(text, seed) for seed in range(count)]


@limits(max_examples=80)
@given(st.text(max_size=80), st.integers(0, 2**64 - 1))
def test_any_text_is_planned_within_the_frame(text: str, seed: int) -> None:
    made = plan(text, seed)
    assert made == plan(text, seed)
    assert made.scene in SCENES
    assert made.medium in MEDIA
    assert 0 < made.light[0] < 1
    assert 0 < made.light[1] < made.horizon < 1


def test_every_scene_is_a_landscape_or_abstract() -> None:
    assert {*LANDSCAPES, *ABSTRACTS} == set(SCENES)


@pytest.mark.parametrize(
    ("text", "scenes"),
    [
        ("a camel", {"desert"}),
        ("jellyfish", {"underwater"}),
        ("a rocket to saturn", {"space"}),
        ("a boat on a lake", {"lake"}),
        ("a geometric mosaic of tiles", {"tiles"}),
        ("zen enso", {"ink"}),
        ("a red boat in the mountains", {"sea", "lake", "mountains"}),
    ],
)
def test_words_choose_the_scene(text: str, scenes: set[str]) -> None:
    assert {made.scene for made in plans(text)} <= scenes


def test_the_moon_is_not_painted_where_there_is_no_sky() -> None:
    assert not {made.scene for made in plans("the moon")} & {"underwater", *ABSTRACTS}


def test_without_a_word_everything_may_come() -> None:
    found = Counter(made.scene for made in plans("qwertz", 200))
    assert len(found) > 10
    assert max(found.values()) < 60


def test_a_mood_chooses_where_nothing_else_does() -> None:
    assert {made.scene for made in plans("calm")} <= {"lake", "sea", "ink", "hills", "mountains"}


@pytest.mark.parametrize("medium", ["oil", "watercolour", "etching", "pixel"])
def test_a_named_medium_is_taken(medium: str) -> None:
    assert {made.medium for made in plans(f"the sea, {medium}")} == {medium}
    assert {made.medium for made in plans(f"zen enso, {medium}", 10)} == {"plain"}


def test_glass_is_not_cut_into_a_mosaic_again() -> None:
    for made in plans("stained glass"):
        assert not (made.scene == "glass" and made.medium == "mosaic")


def test_an_empty_scene_is_given_one_thing_of_its_own() -> None:
    added = [made.things[1:] for made in plans("a lake at noon")]
    assert 15 < len(list(filter(None, added))) < 40
    assert {len(things) for things in added} == {0, 1}
    assert {name for things in added for name in things} == {"boat", "swan", "bird"}
    assert {made.things for made in plans("a lake at noon, no boat, no swan, no bird")} == {("lake",)}


def test_what_needs_the_sky_and_what_needs_the_ground() -> None:
    assert plan("a kite", 1).aloft
    assert not plan("a fox", 1).aloft
    assert plan("a fox", 1).stands
    assert not plan("a whale in the deep sea", 1).stands
    assert plan("a portrait", 1).portrait
    assert set(FIGURES["fox"].home) == set("ground")
