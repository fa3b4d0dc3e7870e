"""The sea: calm or running by the weather, with a shore where something has to stand."""

import numpy as np
import pytest

from musings_sketch.painting.scenes import sea
from musings_sketch.painting.stage import Stage
from tests.musings_sketch.painting.stages import at, brightness, changed


def standing(stage: Stage) -> None:
    stage.stands = True
    sea.paint(stage)


@pytest.mark.parametrize("text", ["noon", "a storm", "a calm evening", "waves"])
def test_water_fills_the_picture_below_the_horizon(text: str) -> None:
    before, after = at(sea.paint, text)
    assert changed(before, after)[round(after.horizon) + 4 :].mean() > 0.98
    assert after.water is not None
    assert after.water[0] == pytest.approx(after.horizon, abs=2)


def test_a_storm_runs_higher_than_a_calm_sea() -> None:
    def rough(text: str) -> float:
        rows = np.mean([brightness(at(sea.paint, text, seed)[1])[70:100].std(axis=1) for seed in range(3)], axis=0)
        return float(rows.mean())

    assert rough("a storm") > rough("a calm sea, quiet and peaceful")


@pytest.mark.parametrize("seed", range(4))
def test_what_must_stand_gets_a_shore_away_from_the_light(seed: int) -> None:
    _, after = at(standing, "noon", seed)
    assert after.ground is not None
    assert after.size > 0
    low, high = after.stretch
    # The light of these stages is at the left, so the shore is at the right and boats keep to the left.
    assert low > 0.3
    assert after.offing[1] <= low + 0.1
    assert after.ground[-10:].mean() < after.ground[:10].mean()
    assert low < high <= 1


def test_a_cliff_is_higher_than_a_shore() -> None:
    def rise(text: str) -> float:
        grounds = [at(sea.paint, text, seed)[1].ground for seed in range(3)]
        return float(np.mean([np.ptp(ground) for ground in grounds if ground is not None]))

    assert rise("a cliff at noon") > rise("a shore at noon")


def test_an_island_that_was_named_rises_over_the_horizon() -> None:
    for seed in range(3):
        before, after = at(sea.paint, "an island at noon", seed, width=320, height=240)
        assert changed(before, after)[: round(after.horizon) - 2].any()


def test_a_shore_is_painted_below_its_line_with_grass_on_it() -> None:
    def paint(stage: Stage) -> None:
        sea.shore(stage, stage.random("x"), np.full(stage.width, 80, np.float32))

    before, after = at(paint, "noon")
    touched = changed(before, after)
    assert touched[82:].mean() > 0.99
    assert not touched[: round(80 - 0.05 * after.unit)].any()
    assert touched[70:80].any()
