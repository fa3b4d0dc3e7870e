"""Mountains: ridges one behind the other, or a range in perspective; mist asks for the first."""

import numpy as np
import pytest

from musings_sketch.painting.scenes.mountains import misty_ridges, paint, range_in_perspective, ridge
from musings_sketch.painting.stage import Stage
from tests.musings_sketch.painting.stages import at, brightness, changed


def test_a_ridge_is_painted_below_its_line_and_nowhere_else() -> None:
    lines: list[np.ndarray] = []

    def one(stage: Stage) -> None:
        lines[:] = [ridge(stage, stage.random("x"), 0.5, 90, 0.3)]

    before, after = at(one, "noon")
    touched = changed(before, after)
    down = after.canvas.down
    assert touched[down > lines[0] + 1.5].mean() > 0.99
    assert not touched[down < lines[0] - 1.5].any()
    assert lines[0].max() <= 90
    assert np.ptp(lines[0]) > 0.15 * after.unit


def test_a_far_ridge_is_paler_than_a_near_one() -> None:
    def shade(far: float) -> float:
        def paint(stage: Stage) -> None:
            ridge(stage, stage.random("x"), far, 90, 0.2)

        _, after = at(paint, "noon")
        return float(brightness(after)[95:].mean())

    assert shade(0.95) > shade(0.5) > shade(0.05)


def test_snow_lies_on_the_crests_in_winter() -> None:
    def crest(text: str) -> float:
        lines: list[np.ndarray] = []
        _, after = at(lambda stage: lines.append(ridge(stage, stage.random("x"), 0.8, 90, 0.3)), text)
        on = np.abs(after.canvas.down - lines[-1] - 3) < 2
        return float(brightness(after)[on].mean() - brightness(after)[100:].mean())

    assert crest("winter at noon") > crest("summer at noon")


@pytest.mark.parametrize("painter", [misty_ridges, range_in_perspective])
@pytest.mark.parametrize("seed", range(2))
def test_things_have_ground_to_stand_on(painter: type, seed: int) -> None:
    before, after = at(painter, "noon", seed)
    assert after.ground is not None
    assert after.ground.shape == (after.width,)
    assert (after.ground > 0.3 * after.height).all()
    assert after.size > 0
    assert changed(before, after)[-10:].mean() > 0.98
    assert np.isfinite(after.canvas.pixels).all()


@pytest.mark.parametrize("seed", range(4))
def test_mist_asks_for_ridges(seed: int) -> None:
    assert not changed(at(paint, "fog at noon", seed)[1], at(misty_ridges, "fog at noon", seed)[1]).any()


def test_without_mist_both_ways_come_up() -> None:
    ways = {bool(changed(at(paint, "noon", seed)[1], at(misty_ridges, "noon", seed)[1]).any()) for seed in range(6)}
    assert ways == {True, False}


def test_a_range_is_white_in_winter() -> None:
    def land(text: str) -> float:
        return float(brightness(at(range_in_perspective, text)[1])[40:80].mean())

    assert land("winter at noon") > land("summer at noon")
