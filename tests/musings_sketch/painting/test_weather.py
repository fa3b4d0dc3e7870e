"""What falls and drifts: only what the words ask for, and as they ask for it."""

import numpy as np
import pytest

from musings_sketch.painting.stage import Stage
from musings_sketch.painting.weather import fall
from tests.musings_sketch.painting.stages import changed, stage_for


def fallen(text: str, seed: int = 1) -> tuple[Stage, np.ndarray]:
    stage, before = stage_for(text, seed), stage_for(text, seed)
    fall(stage)
    return stage, changed(before, stage)


@pytest.mark.parametrize("text", ["a clear noon", "wind", "autumn", "", "no rain", "without fog"])
def test_fair_weather_changes_nothing(text: str) -> None:
    assert not fallen(text)[1].any()


@pytest.mark.parametrize("text", ["rain", "snow", "fog", "storm"])
def test_weather_is_everywhere_and_another_seed_falls_otherwise(text: str) -> None:
    stage, touched = fallen(text)
    assert touched.any(axis=1).mean() > 0.5
    assert np.isfinite(stage.canvas.pixels).all()
    assert not np.array_equal(stage.canvas.pixels, fallen(text, 2)[0].canvas.pixels)


def test_snow_is_white_and_fog_hugs_the_horizon() -> None:
    stage, touched = fallen("snow")
    assert (stage.canvas.pixels[:, touched] >= 0.3 - 1e-4).all()
    foggy = np.abs(fallen("fog")[0].canvas.pixels - 0.3).mean(axis=(0, 2))
    assert foggy[45:75].mean() > 2 * foggy[:15].mean()


def test_leaves_fly_where_it_is_autumn_and_windy_or_the_cherry_blooms() -> None:
    assert fallen("autumn wind")[1].any()
    assert fallen("autumn leaves")[1].any()
    assert fallen("a cherry tree at noon")[1].any()
    assert not fallen("summer wind")[1].any()


def test_fireflies_glow_in_the_lower_half() -> None:
    stage, touched = fallen("fireflies")
    rows = np.flatnonzero(touched.any(axis=1))
    assert rows.min() > 0.35 * stage.height
    assert "firefly" in stage.shown
    assert (stage.canvas.pixels >= 0.3 - 1e-4).all()
