"""A desert: dunes below the horizon, in the colour of sand or in the one that was named."""

import numpy as np
import pytest

from musings_sketch.painting.scenes import desert
from tests.musings_sketch.painting.stages import at, brightness, changed, warmth


@pytest.mark.parametrize("seed", range(3))
def test_sand_fills_the_land_and_the_sky_stays(seed: int) -> None:
    before, after = at(desert.paint, "noon", seed)
    touched = changed(before, after)
    assert touched[-20:].mean() > 0.99
    assert not touched[:10].any()


@pytest.mark.parametrize("seed", range(3))
def test_the_ground_follows_the_dunes(seed: int) -> None:
    _, after = at(desert.paint, "noon", seed)
    assert after.ground is not None
    assert after.ground.shape == (after.width,)
    assert after.ground.min() > 0
    assert np.ptp(after.ground) > 1
    assert after.size > 0


def test_sand_is_warm_unless_another_colour_was_named() -> None:
    assert warmth(at(desert.paint, "noon")[1]) > 0.05
    assert warmth(at(desert.paint, "blue noon")[1]) < warmth(at(desert.paint, "noon")[1])


def test_dunes_have_a_lit_side_and_a_dark_one() -> None:
    """Flat sand would be even along every row; distance and ripples change it from row to row."""
    _, after = at(desert.paint, "sunset", 2, width=320, height=240)
    rows = brightness(after)[150:]
    assert (rows.std(axis=1) / rows.mean(axis=1)).max() > 0.05
