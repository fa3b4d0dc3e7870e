"""Inside a wood: trunks, mist and leaves as the words and the season have them."""

from functools import cache

import numpy as np
import pytest

from musings_sketch.painting.scenes import forest
from musings_sketch.painting.stage import Stage
from tests.musings_sketch.painting.stages import at, brightness, changed


@cache
def wood(text: str, seed: int = 1) -> Stage:
    return at(forest.paint, text, seed, width=120, height=90)[1]


@pytest.mark.parametrize("text", ["noon", "winter", "birches in autumn", "fog", "pines at night"])
def test_a_wood_fills_the_picture_and_has_a_floor(text: str) -> None:
    before, after = at(forest.paint, text)
    assert changed(before, after).mean() > 0.99
    assert np.isfinite(after.canvas.pixels).all()
    assert after.ground is not None
    assert after.ground.shape == (after.width,)
    assert (after.ground > 0.6 * after.height).all()


def test_leaves_hang_from_above_except_in_winter() -> None:
    def green(text: str) -> float:
        red, middle, blue = wood(text).canvas.pixels[:, :10].mean(axis=(1, 2))
        return float(middle / (red + blue))

    assert green("oaks in summer") > green("oaks in winter") * 1.1


def test_fog_takes_the_contrast() -> None:
    def contrast(text: str) -> float:
        return float(np.mean([brightness(wood(text, seed))[:60].std() for seed in (1, 2)]))

    assert contrast("birches in fog at noon") < contrast("birches at noon")


def test_autumn_is_redder_than_summer() -> None:
    def red(text: str) -> float:
        red, green, _ = wood(text).canvas.pixels.mean(axis=(1, 2))
        return float(red / green)

    assert red("birches in autumn at noon") > red("birches in summer at noon")


def test_the_moon_is_not_hidden_by_a_trunk() -> None:
    for seed in (1, 2):
        stage = wood("the moon, birches at midnight", seed)
        x, y = (round(each) for each in stage.light)
        around = brightness(stage)[max(0, y - 4) : y + 5, x - 4 : x + 5]
        assert "moon" in stage.shown
        assert around.max() > 2 * np.median(brightness(stage))


def test_the_middle_is_kept_clear_of_near_trunks() -> None:
    """Things that were named are seen between them."""
    sides, middle = [], []
    for seed in (1, 2, 3):
        light = brightness(wood("birches at noon", seed))[30:70]
        edges = np.abs(np.diff(light, axis=1)).mean(axis=0)
        middle.append(edges[43:78].mean())
        sides.append(np.concatenate([edges[:25], edges[-25:]]).mean())
    assert np.mean(sides) > np.mean(middle)
