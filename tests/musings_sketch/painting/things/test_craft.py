"""What people make that floats, flies or lies about."""

import numpy as np
import pytest

from musings_sketch.painting.things import craft
from musings_sketch.painting.things.craft import CRAFT
from musings_sketch.painting.things.figure import Draw
from tests.musings_sketch.painting.figures import cut, extent, silhouette


@pytest.mark.parametrize("name", CRAFT)
def test_a_craft_fills_its_frame(name: str) -> None:
    figure = CRAFT[name]
    left, right, bottom, top = extent(silhouette(figure))
    assert 0.9 <= top <= 1.1
    if name == "kite":  # on a line that leads far down
        assert bottom < -1
        left, right, _, _ = extent(cut(craft.kite_cloth))
    assert 0.75 * figure.wide <= right - left <= 1.25 * figure.wide


@pytest.mark.parametrize("name", ["boat", "ship"])
def test_a_vessel_sits_in_the_water(name: str) -> None:
    _, _, bottom, _ = extent(silhouette(CRAFT[name]))
    assert CRAFT[name].home == "water"
    assert -0.05 <= bottom <= 0.01


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        (craft.balloon_stripes, craft.balloon_bag),
        (craft.rocket_window, craft.rocket_body),
        (craft.heart_shine, craft.heart),
        (craft.book_lines, craft.book_pages),
        (craft.book_pages, craft.book_cover),
    ],
)
def test_what_is_painted_on_a_craft_lies_on_it(part: Draw, whole: Draw) -> None:
    on, body = cut(part), cut(whole)
    assert (on * body).sum() > 0.75 * on.sum()


@pytest.mark.parametrize("draw", [craft.heart, craft.balloon_bag, craft.umbrella_cloth, craft.guitar_body])
def test_what_is_even_is_even(draw: Draw) -> None:
    covered = cut(draw)
    assert np.abs(covered[:, 300:560] - covered[:, 299:39:-1]).sum() < 0.03 * covered.sum()


def test_a_balloon_hangs_over_its_basket() -> None:
    _, _, low, _ = extent(cut(craft.balloon_bag))
    _, _, _, high = extent(cut(craft.balloon_basket))
    assert low < high < low + 0.1


def test_a_rocket_burns_below_and_its_fire_gives_light() -> None:
    _, _, bottom, top = extent(cut(craft.rocket_fire))
    assert bottom < -0.2
    assert top < 0.3
    assert [part.glows for part in CRAFT["rocket"].parts] == [True, False, False, False]


def test_both_sails_of_a_boat_are_on_its_two_sides_of_the_mast() -> None:
    assert extent(cut(craft.boat_sail))[0] > 0
    assert extent(cut(craft.boat_jib))[1] < 0
