"""Below the surface: light from above, a bed to stand on, and everything under water."""

import numpy as np
import pytest

from musings_sketch.painting.scenes import underwater
from tests.musings_sketch.painting.stages import at, brightness, changed, warmth


@pytest.mark.parametrize("seed", range(2))
def test_all_of_it_is_under_water_and_has_a_bed(seed: int) -> None:
    before, after = at(underwater.paint, "noon", seed)
    assert changed(before, after).mean() > 0.99
    assert after.submerged
    assert after.water is not None
    assert after.ground is not None
    assert (after.ground > 0.5 * after.height).all()
    assert after.size > 0
    assert np.isfinite(after.canvas.pixels).all()


def test_it_grows_dark_with_depth() -> None:
    light = brightness(at(underwater.paint, "noon")[1])
    assert light[:20].mean() > 1.5 * light[50:70].mean()


def test_night_is_darker_than_day() -> None:
    assert brightness(at(underwater.paint, "midnight")[1]).mean() < brightness(at(underwater.paint, "noon")[1]).mean()


def test_water_is_blue_and_leans_towards_a_colour_that_was_named() -> None:
    def greenness(text: str) -> float:
        _, green, blue = at(underwater.paint, text)[1].canvas.pixels.mean(axis=(1, 2))
        return float(green / blue)

    assert warmth(at(underwater.paint, "noon")[1]) < -0.05
    assert greenness("green noon") > greenness("noon") > greenness("purple noon")


def test_things_float_away_from_the_edges() -> None:
    low, high = at(underwater.paint, "noon")[1].offing
    assert 0.1 < low < high < 0.9
