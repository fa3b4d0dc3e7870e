"""Water: a mirror of what stands above it, and a sea up to the horizon."""

import numpy as np
import pytest

from musings_sketch.painting.water import mirror, ripples, running_sea
from tests.musings_sketch.painting.stages import changed, stage_for


def test_a_still_lake_shows_the_sky_upside_down() -> None:
    stage = stage_for("noon")
    stage.canvas.pixels[:, :60] = np.linspace(0, 1, 60, dtype=np.float32)[None, :, None]
    mirror(stage, 60, 119, 0.0)
    rows = stage.canvas.pixels[:, 60:].mean(axis=(0, 2))
    assert rows[2] > rows[50]
    assert stage.water == (60, 120)


def test_a_coloured_thing_is_mirrored_below_itself() -> None:
    stage = stage_for("noon")
    plain = stage_for("noon")
    stage.canvas.pixels[0, 40:60, 100:120] += 1
    for each in (stage, plain):
        mirror(each, 60, 119, 0.0)
    touched = changed(plain, stage)[60:]
    across = np.flatnonzero(touched.any(axis=0))
    assert 92 <= across.min() <= across.max() <= 128
    assert np.flatnonzero(touched.any(axis=1)).max() < 45


@pytest.mark.parametrize(("top", "bottom"), [(60, 80), (0, 119), (118, 500)])
def test_nothing_outside_the_water_is_touched(top: float, bottom: float) -> None:
    stage, before = stage_for("dusk"), stage_for("dusk")
    mirror(stage, top, bottom, 0.6)
    where = np.flatnonzero(changed(before, stage).any(axis=1))
    assert max(1, top) <= where.min() <= where.max() <= bottom
    assert np.isfinite(stage.canvas.pixels).all()


def test_no_water_is_no_water() -> None:
    stage = stage_for("dusk")
    mirror(stage, 90, 40, 0.5)
    assert stage.water is None


def test_the_lamp_leaves_a_path_only_where_there_is_a_lamp() -> None:
    shown = []
    for names in ([], ["moon"]):
        stage = stage_for("midnight")
        stage.shown += names
        mirror(stage, 60, 119, 0.5)
        shown.append(stage)
    lit = shown[1].canvas.pixels - shown[0].canvas.pixels
    assert lit.min() >= 0
    columns = lit.sum(axis=(0, 1))
    assert columns[40:56].mean() > 3 * columns[120:].mean()  # the light stands at 0.3 of the width


def test_ripples_are_finer_far_away_and_centred() -> None:
    stage = stage_for("")
    down = np.linspace(0, 1, 60, dtype=np.float32)[:, None]
    wave = ripples(stage, stage.random("x"), down)
    assert abs(float(wave.mean())) < 0.5
    assert np.abs(np.diff(wave[:5], axis=1)).mean() > np.abs(np.diff(wave[-5:], axis=1)).mean()


@pytest.mark.parametrize("height", [0.0, 1.0])
def test_a_sea_reaches_from_the_horizon_to_our_feet(height: float) -> None:
    stage, before = stage_for("noon"), stage_for("noon")
    running_sea(stage, height)
    rows = changed(before, stage).mean(axis=1)
    assert rows[70:].min() > 0.99
    assert rows[: round(stage.horizon) - 25].max() == 0
    assert stage.water == (stage.horizon, stage.height)


def test_a_storm_has_more_foam_than_a_breeze() -> None:
    def white(height: float) -> float:
        stage = stage_for("noon")
        running_sea(stage, height)
        return float((stage.canvas.pixels[:, 70:].min(axis=0) > 0.55).mean())

    assert white(1.0) > white(0.0)
