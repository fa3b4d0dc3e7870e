"""A lake: ridges and woods above the line, their image below, reeds on the bank."""

from dataclasses import replace

import numpy as np
import pytest

from musings_sketch.painting.colour import linear
from musings_sketch.painting.scenes import lake
from musings_sketch.painting.stage import Stage
from tests.musings_sketch.painting.stages import at, brightness, changed


@pytest.mark.parametrize("seed", range(3))
def test_water_reaches_from_the_far_bank_to_the_near_one(seed: int) -> None:
    before, after = at(lake.paint, "noon", seed)
    assert after.water is not None
    top, bottom = after.water
    assert after.horizon < top < after.height
    assert bottom >= after.height - 1
    assert after.ground is not None
    assert (after.ground > top).all()
    assert changed(before, after)[round(top) + 1 :].mean() > 0.98


def test_the_bank_is_higher_where_the_light_is_not() -> None:
    for right in (False, True):

        def paint(stage: Stage, right: bool = right) -> None:
            stage.light = (stage.width * (0.8 if right else 0.2), 20)
            lake.paint(stage)

        ground = at(paint, "noon")[1].ground
        assert ground is not None
        assert bool(ground[:30].mean() < ground[-30:].mean()) is right


def test_a_waterfall_is_white_and_only_there_when_it_was_named() -> None:
    with_fall = at(lake.paint, "a waterfall at dusk", width=320, height=240)[1]
    without = at(lake.paint, "dusk", width=320, height=240)[1]
    assert "waterfall" in with_fall.shown
    assert "waterfall" not in without.shown
    above = slice(60, 120)
    assert brightness(with_fall)[above].max() > brightness(without)[above].max() + 0.1


def test_fog_lies_thicker_on_the_water() -> None:
    def from_the_air(weather: tuple[str, ...]) -> float:
        def paint(stage: Stage) -> None:
            stage.reading = replace(stage.reading, weather=weather)  # the same light: only the mist differs
            lake.paint(stage)

        stage = at(paint, "noon")[1]
        assert stage.water is not None
        line, air = round(stage.water[0]), linear(stage.palette.haze)[:, None, None]
        return float(np.abs(stage.canvas.pixels[:, line - 2 : line + 3] - air).mean())

    assert from_the_air(("fog",)) < from_the_air(())


def test_autumn_woods_are_redder() -> None:
    def red(text: str) -> float:
        red, green, _ = at(lake.paint, text, width=320, height=240)[1].canvas.pixels[:, 100:128].mean(axis=(1, 2))
        return float(red / green)

    assert red("autumn at noon") > red("summer at noon")
