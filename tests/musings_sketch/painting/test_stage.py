"""What the painters share: measures, places, and what was named."""

import itertools

import numpy as np
import pytest

from tests.musings_sketch.painting.stages import stage_for


@pytest.mark.parametrize(("width", "height"), [(100, 100), (400, 100), (100, 400)])
def test_the_measure_lies_between_the_shorter_side_and_the_square(width: int, height: int) -> None:
    unit = stage_for("", width=width, height=height).unit
    assert min(width, height) <= unit <= (width * height) ** 0.5
    assert unit == stage_for("", width=height, height=width).unit


@pytest.mark.parametrize("afloat", [True, False])
@pytest.mark.parametrize("seed", range(6))
def test_places_are_on_the_stretch_and_apart(afloat: bool, seed: int) -> None:
    stage = stage_for("boats", seed)
    stage.stretch, stage.offing = (0.5, 0.9), (0.1, 0.4)
    low, high = stage.offing if afloat else stage.stretch
    places = [stage.spot(afloat) / stage.width for _ in range(9)]
    assert all(low <= place <= high for place in places)
    apart = sorted(places)
    assert min(b - a for a, b in itertools.pairwise(apart)) > 0.0


def test_there_is_a_place_for_any_number_of_things() -> None:
    stage = stage_for("")
    assert len([stage.spot() for _ in range(40)]) == 40


def test_a_thing_stands_on_the_ground_of_its_column() -> None:
    stage = stage_for("")
    assert stage.stand(10, 1).y == pytest.approx(stage.height * 0.76)
    stage.ground, stage.size = np.arange(stage.width, dtype=np.float32), 20
    for x, column in ((-5, 0), (40.4, 40), (10_000, stage.width - 1)):
        frame = stage.stand(x, 0.5, flip=True)
        assert (frame.y, frame.size, frame.flip) == (column, 10, True)


def test_the_first_that_was_named_is_wanted_and_noted() -> None:
    stage = stage_for("a moon over the sea, and no sun")
    assert stage.wants("sun") is None
    thing = stage.wants("sun", "moon")
    assert thing is not None
    assert (thing.name, stage.shown) == ("moon", ["moon"])


def test_chance_is_the_prompts_own() -> None:
    draws = {stage_for(text, seed).random(purpose).random() for text in "ab" for seed in (1, 2) for purpose in "xy"}
    assert len(draws) == 8
    assert stage_for("a").random("x").random() == stage_for("a").random("x").random()


@pytest.mark.parametrize(("text", "crowded"), [("a fox, a cat, a dog", False), ("a fox, a cat, a dog, a horse", True)])
def test_many_things_crowd(text: str, crowded: bool) -> None:
    assert stage_for(text).crowded is crowded


def test_a_silhouette_is_darker_than_the_sky_and_paler_with_distance() -> None:
    stage = stage_for("noon")
    near, far = stage.ink(), stage.ink(0.6)
    sky = stage.palette.sky_ramp()[:, -1]
    assert near.sum() < far.sum() < sky.sum()
