"""Countryside: fields under the season and the light, with a road or river where one was named."""

import numpy as np
import pytest

from musings_sketch.painting import terrain
from musings_sketch.painting.scenes import hills
from tests.musings_sketch.painting.stages import at, brightness, changed, stage_for


@pytest.mark.parametrize("seed", range(3))
def test_fields_fill_the_land_and_things_stand_on_it(seed: int) -> None:
    before, after = at(hills.paint, "noon", seed)
    touched = changed(before, after)
    assert touched[-20:].mean() > 0.99
    assert not touched[:5].any()
    assert after.ground is not None
    assert (after.ground > after.horizon - 0.2 * after.unit).all()
    assert after.size > 0


def test_snow_covers_the_fields() -> None:
    def land(text: str) -> float:
        return float(brightness(at(hills.paint, text)[1])[90:].mean())

    assert land("winter at noon") > land("summer at noon") + 0.1
    assert land("snow at noon") > land("summer at noon") + 0.1


def test_a_road_that_was_named_is_there() -> None:
    for seed in range(4):
        stage = at(hills.paint, "a road at noon", seed)[1]
        assert "road" in stage.shown
    assert "river" in at(hills.paint, "a river at noon")[1].shown


def test_a_river_has_the_colour_of_the_sky_and_a_road_has_not() -> None:
    def blue(text: str) -> float:
        red, _, blue = at(hills.paint, text, width=320, height=240)[1].canvas.pixels[:, 140:].mean(axis=(1, 2))
        return float(blue - red)

    assert blue("a river at noon") > blue("a road at noon")


def test_far_land_fades_into_the_air() -> None:
    stage = stage_for("noon")
    view = terrain.View(stage.width, stage.height, stage.horizon, stage.unit, near=1.2, far=50)
    land = terrain.survey(view, lambda x, z: np.zeros_like(x))
    black = np.zeros((3, *land.x.shape), np.float32)
    lit = hills.lit_land(stage, land, black, 0.8).mean(axis=(0, 2))
    order = np.argsort(land.z)
    assert (np.diff(lit[order]) >= -1e-6).all()
    assert lit.max() > 0.1
    assert lit.min() < 0.05


def test_slopes_that_face_the_light_are_brighter() -> None:
    stage = stage_for("morning")
    view = terrain.View(stage.width, stage.height, stage.horizon, stage.unit, near=1.2, far=50)
    grey = np.float32(0.5)

    def shown(slope: float) -> float:
        land = terrain.survey(view, lambda x, z: (x * np.float32(slope) + 0 * z).astype(np.float32))
        return float(hills.lit_land(stage, land, np.full((3, *land.x.shape), grey), 0.0).mean())

    # The light is at the upper left: ground that rises to the right faces it.
    assert shown(0.3) > shown(-0.3)
