"""Ink: a ring from one stroke, on paper, with a seal."""

import math

import numpy as np
import pytest

from musings_sketch.painting.abstract import ink
from musings_sketch.painting.stage import Stage
from tests.musings_sketch.painting.stages import at, brightness, stage_for

BLACK = np.zeros(3, np.float32)


def sheet(seed: int) -> Stage:
    stage = stage_for("zen", seed, width=240, height=240)
    stage.canvas.pixels[:] = 1
    return stage


@pytest.mark.parametrize("seed", range(4))
def test_a_ring_is_hollow_and_nearly_closed(seed: int) -> None:
    stage = sheet(seed)
    ink.ring(stage, stage.random("ring"), 120, 120, 70, BLACK)
    wet = 1 - brightness(stage)
    away = np.hypot(stage.canvas.across - 120, stage.canvas.down - 120)
    assert wet[away < 50].max() == pytest.approx(0, abs=0.05)
    assert wet[away > 100].max() == pytest.approx(0, abs=0.05)
    turn = np.arctan2(stage.canvas.down - 120, stage.canvas.across - 120)
    on = np.abs(away - 70) < 25
    touched = [wet[on & (np.abs(turn - angle) < 0.1)].max() > 0.4 for angle in np.linspace(-3, 3, 24)]
    assert np.mean(touched) > 0.6


def test_a_ring_ends_drier_than_it_begins() -> None:
    first, last = [], []
    for seed in range(8):
        stage = sheet(seed)
        start = stage.random("ring").uniform(0.3, 1.2)  # as the ring takes it: where the brush comes down
        ink.ring(stage, stage.random("ring"), 120, 120, 70, BLACK)
        turn = ((np.arctan2(stage.canvas.down - 120, stage.canvas.across - 120) - start) / math.tau) % 1.0
        wet = 1 - brightness(stage)
        first.append(wet[(turn > 0.1) & (turn < 0.4)].mean())
        last.append(wet[(turn > 0.65) & (turn < 0.95)].mean())
    assert np.mean(first) > 1.5 * np.mean(last)


def test_paper_is_pale_and_has_fibres() -> None:
    stage = stage_for("zen")
    ink.paper(stage, stage.random("paper"))
    light = brightness(stage)
    assert light.mean() > 0.6
    assert light.std() > 0.005


def test_a_red_seal_stands_in_the_lower_right() -> None:
    _, after = at(ink.paint, "zen", width=320, height=240)
    red, green, blue = after.canvas.pixels
    y, x = np.nonzero((red > 0.25) & (red > 2 * green) & (red > 2 * blue))
    assert len(x) > 20
    assert x.min() > 0.7 * 320
    assert y.min() > 0.7 * 240


def test_no_ring_stands_in_the_way_of_what_was_named() -> None:
    def drawn(stands: bool) -> float:
        stage = stage_for("zen", width=200, height=200)
        stage.stands = stands
        ink.paint(stage)
        return float((brightness(stage)[30:160, 30:160] < 0.2).mean())

    assert drawn(stands=False) > 2 * drawn(stands=True)


def test_a_named_sun_is_a_red_disc_where_the_light_is() -> None:
    _, after = at(ink.paint, "the sun, zen")
    x, y = (round(each) for each in after.light)
    red, green, blue = after.canvas.pixels[:, y, x]
    assert red > 1.5 * max(green, blue)
    assert "sun" in after.shown
