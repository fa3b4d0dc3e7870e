"""A garden: the blossoms that were named, in the colour that was named."""

import numpy as np

from musings_sketch.painting.scenes import garden
from tests.musings_sketch.painting.stages import at, changed, warmth


def test_flowers_that_were_named_are_shown_and_others_are_not() -> None:
    assert at(garden.paint, "tulips and roses")[1].shown == ["tulip", "rose"]
    assert at(garden.paint, "noon")[1].shown == []


def test_a_garden_without_named_flowers_is_still_full_of_them() -> None:
    before, after = at(garden.paint, "noon", width=320, height=240)
    assert changed(before, after)[160:].mean() > 0.99
    red, green, blue = after.canvas.pixels[:, 120:]
    assert ((red > 1.3 * green) | (blue > 1.3 * green) | ((red > 0.5) & (green > 0.5))).mean() > 0.02


def test_blossoms_are_in_the_colour_that_was_named() -> None:
    assert warmth(at(garden.paint, "red tulips at noon")[1]) > warmth(at(garden.paint, "blue tulips at noon")[1]) + 0.03


def test_things_stand_among_the_flowers() -> None:
    _, after = at(garden.paint, "noon")
    assert after.ground is not None
    assert (after.ground == np.float32(0.86 * after.height)).all()
    assert after.size > 0


def test_what_is_far_is_soft() -> None:
    _, after = at(garden.paint, "poppies at noon", width=320, height=240)
    sharp = np.abs(np.diff(after.canvas.pixels, axis=2)).mean(axis=(0, 2))
    assert sharp[200:].mean() > 1.5 * sharp[20:60].mean()
