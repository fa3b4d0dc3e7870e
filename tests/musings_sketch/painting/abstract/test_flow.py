"""Ribbons along one wind: an abstract picture with a direction everywhere."""

import numpy as np
import pytest

from musings_sketch.painting.abstract import flow
from musings_sketch.painting.canvas import blur
from musings_sketch.painting.stage import Stage
from tests.musings_sketch.painting.stages import at, brightness, changed, stage_for, warmth


def direction(stage: Stage) -> float:
    """How much neighbouring edges agree, 0 (none) to 1: the coherence of the structure tensor."""
    light = brightness(stage).astype(np.float32)
    down, across = np.gradient(light)
    xx, yy, xy = (blur(np.asarray(each, np.float32), 6) for each in (across * across, down * down, across * down))
    return float((np.hypot(xx - yy, 2 * xy) / np.maximum(xx + yy, 1e-9)).mean())


def test_ribbons_cover_the_whole_picture() -> None:
    before, after = at(flow.paint, "a melody")
    assert changed(before, after).mean() > 0.99
    assert np.isfinite(after.canvas.pixels).all()


@pytest.mark.parametrize("seed", range(3))
def test_ribbons_that_are_neighbours_run_the_same_way(seed: int) -> None:
    _, after = at(flow.paint, "a melody", seed, width=320, height=240)
    noise = stage_for("a melody", seed, width=320, height=240)
    noise.canvas.pixels[:] = noise.random("noise").random(noise.canvas.pixels.shape)
    assert direction(after) > direction(noise) + 0.1


def test_ribbons_take_the_colours_that_were_named() -> None:
    assert warmth(at(flow.paint, "red music")[1]) > warmth(at(flow.paint, "blue music")[1])


def test_one_that_is_not_wanted_any_more_ends_between_two_layers() -> None:
    stage, looks = stage_for("wind"), []
    stage.canvas.check = lambda: looks.append(1)
    flow.paint(stage)
    assert len(looks) >= 12
