"""Space: balls that are lit from where the light is, rings for Saturn, ground only for what must stand."""

import numpy as np
import pytest

from musings_sketch.painting.scenes import space
from musings_sketch.painting.stage import Stage
from tests.musings_sketch.painting.stages import at, brightness, changed, stage_for


def ball(stage: Stage, rings: bool = False) -> None:
    space.planet(stage, stage.random("x"), 100, 80, 40, rings)


def dark_stage(seed: int, x: float) -> Stage:
    stage = stage_for("midnight", seed, width=200, height=160)
    stage.canvas.pixels[:] = 0
    stage.light = (x, 80)
    return stage


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("x", [0.0, 200.0])
def test_a_planet_is_bright_on_the_side_of_the_light(seed: int, x: float) -> None:
    stage = dark_stage(seed, x)
    ball(stage)
    light = brightness(stage)
    left, right = light[60:100, 65:95].mean(), light[60:100, 105:135].mean()
    assert (left > 1.3 * right) if x == 0 else (right > 1.3 * left)


def test_rings_reach_beyond_the_ball_before_and_behind() -> None:
    plain, ringed = dark_stage(1, 0), dark_stage(1, 0)
    ball(plain)
    ball(ringed, rings=True)
    more = changed(plain, ringed)
    away = np.hypot(ringed.canvas.across - 100, ringed.canvas.down - 80)
    assert more[away > 55].any()
    assert not more[away > 2.3 * 40].any()
    assert more[away < 38].any()  # the half before the ball


def test_a_planet_beyond_the_edge_is_cut_off() -> None:
    stage = dark_stage(1, 0)
    space.planet(stage, stage.random("x"), -10, 170, 30, False)
    assert np.isfinite(stage.canvas.pixels).all()
    assert stage.canvas.pixels[:, 150, 5].max() > 0


def test_space_is_dark_with_stars_whether_or_not_they_were_named() -> None:
    _, after = at(space.paint, "noon", width=320, height=240)
    assert "stars" in after.shown
    assert np.median(brightness(after)) < 0.3
    assert brightness(after).max() > 0.5


def test_there_is_ground_for_what_must_stand() -> None:
    def standing(stage: Stage) -> None:
        stage.stands = True
        space.paint(stage)

    for seed in range(3):
        _, after = at(standing, "a rocket", seed)
        assert after.ground is not None
        assert (after.ground > 0.6 * after.height).all()
        assert after.size > 0


def test_as_many_planets_as_were_asked_for() -> None:
    def seen(text: str) -> int:
        drawn = []

        def paint(stage: Stage) -> None:
            stage.canvas.check = lambda: drawn.append(1)
            space.paint(stage)

        assert "planet" in at(paint, text)[1].shown
        return len(drawn) // 2

    assert seen("five planets") > seen("two planets")
