"""Marbled paper: folded bands of the palette's inks with pale veins and gold."""

import numpy as np
import pytest

from musings_sketch.painting.abstract import marble
from tests.musings_sketch.painting.stages import at, brightness, changed, warmth


@pytest.mark.parametrize(("width", "height"), [(160, 120), (70, 200)])
def test_inks_cover_the_whole_picture(width: int, height: int) -> None:
    before, after = at(marble.paint, "swirls", width=width, height=height)
    assert changed(before, after).mean() > 0.99
    assert np.isfinite(after.canvas.pixels).all()
    assert after.canvas.pixels.min() >= 0


@pytest.mark.parametrize("seed", range(3))
def test_bands_turn_all_ways(seed: int) -> None:
    """A fold of a fold has edges in every direction; a plain gradient would have one."""
    _, after = at(marble.paint, "swirls", seed, width=320, height=240)
    down, across = np.gradient(brightness(after))
    strong = np.hypot(down, across) > 0.01
    turns = np.histogram(np.arctan2(down, across)[strong] % np.pi, 8, (0, np.pi))[0]
    assert turns.min() > 0.03 * turns.sum()


def test_inks_are_those_of_the_palette() -> None:
    assert warmth(at(marble.paint, "red marble")[1]) > warmth(at(marble.paint, "blue marble")[1]) + 0.1


def test_gold_runs_through_blue_paper() -> None:
    red, green, blue = at(marble.paint, "blue marble", width=320, height=240)[1].canvas.pixels
    gold = (red > green) & (green > 1.5 * blue) & (red > 0.15)
    assert 0.001 < gold.mean() < 0.3
