"""Plants: each grows from its foot, and no two trees are the same."""

import math

import numpy as np
import pytest

from musings_sketch.painting.shapes import Frame, Stencil
from musings_sketch.painting.things import plants
from musings_sketch.painting.things.figure import Draw
from musings_sketch.painting.things.plants import PLANTS, grow
from musings_sketch.words import chance
from tests.musings_sketch.painting.figures import cut, extent, silhouette

VARIED = [plants.tree_trunk, plants.tree_crown, plants.tree_lights, plants.cherry_crown, plants.pine, plants.reeds]


@pytest.mark.parametrize("name", PLANTS)
def test_a_plant_grows_from_its_foot_and_fills_its_frame(name: str) -> None:
    figure = PLANTS[name]
    left, right, bottom, top = extent(silhouette(figure))
    assert figure.home == "ground"
    assert -0.1 <= bottom <= 0.01
    assert 0.9 <= top <= 1.1
    assert 0.8 * figure.wide <= right - left <= 1.2 * figure.wide


def drawn(draw: Draw, x: float) -> np.ndarray:
    """The same plant at another place of the ground, moved back to compare."""
    mask = draw(Stencil(Frame(x, 360, 120))).mask(900, 600)
    assert mask is not None
    whole = np.zeros((600, 900), np.float32)
    whole[mask.box] = mask.values
    return np.roll(whole, 300 - round(x), axis=1)


@pytest.mark.parametrize("draw", VARIED)
def test_no_two_are_alike_and_each_is_the_same_again(draw: Draw) -> None:
    assert np.array_equal(drawn(draw, 300), drawn(draw, 300))
    assert np.abs(drawn(draw, 300) - drawn(draw, 420)).sum() > 20


@pytest.mark.parametrize("draw", [plants.cactus, plants.palm_trunk, plants.tulip_cup])
def test_what_does_not_vary_is_the_same_everywhere(draw: Draw) -> None:
    assert np.abs(drawn(draw, 300) - drawn(draw, 420)).max() < 0.01


def test_branches_double_with_each_fork() -> None:
    """A branch and two for each of its ends: 1, 3, 7 … strokes, each shorter than the one it grows from."""

    class Counting(Stencil):
        count = 0

        def stroke(self, points: object, *widths: float) -> "Counting":
            Counting.count += 1
            assert widths[0] > widths[1]
            return self

    counts = []
    for depth in range(4):
        Counting.count = 0
        grow(Counting(), chance("branch", 1), (0, 0), math.pi / 2, 0.2, 0.05, depth)
        counts.append(Counting.count)
    assert counts == [1, 3, 7, 15]


def test_the_crown_is_over_the_trunk_and_its_lights_are_on_it() -> None:
    assert extent(cut(plants.tree_crown))[3] > extent(cut(plants.tree_trunk))[3] - 0.1
    lights, crown = cut(plants.tree_lights), cut(plants.tree_crown)
    assert (lights * crown).sum() > 0.7 * lights.sum()


@pytest.mark.parametrize(
    ("heart", "petals"), [(plants.daisy_heart, plants.daisy_petals), (plants.sun_heart, plants.sun_petals)]
)
def test_petals_stand_around_the_heart(heart: Draw, petals: Draw) -> None:
    inner, outer = extent(cut(heart)), extent(cut(petals))
    assert outer[0] < inner[0] < inner[1] < outer[1]
    assert outer[2] < inner[2] < inner[3] < outer[3]


def test_flowers_share_a_stem_and_differ_in_their_heads() -> None:
    flowers = [PLANTS[name] for name in ("flower", "sunflower", "tulip", "poppy", "rose", "lavender")]
    assert {flower.parts[0].draw for flower in flowers} == {plants.flower_stem}
    assert len({flower.parts[1].draw for flower in flowers}) == len(flowers)
