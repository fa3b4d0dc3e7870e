"""Rows of buildings: feet on their line, paler far away, lit by the hour."""

import numpy as np
import pytest

from musings_sketch.painting.scenes.skyline import lit_share, skyline
from musings_sketch.painting.stage import Stage
from tests.musings_sketch.painting.stages import at, brightness, changed, stage_for


def row(stage: Stage, far: float = 0.4, tall: float = 0.3, lit: float = 0.0) -> None:
    skyline(stage, stage.random("row"), 80, far, tall, lit)


@pytest.mark.parametrize("seed", range(3))
def test_a_row_spans_the_picture_and_stands_on_its_line(seed: int) -> None:
    before, after = at(row, "noon", seed)
    touched = changed(before, after)
    assert touched[76:80].mean() > 0.85
    assert not touched[86:].any()
    assert touched.any(axis=0).mean() > 0.85
    assert np.flatnonzero(touched.any(axis=1)).min() > 80 - 0.75 * after.unit


def test_taller_rows_reach_higher_and_the_middle_highest() -> None:
    def heights(tall: float) -> np.ndarray:
        found = [changed(*at(lambda stage: row(stage, tall=tall), "noon", seed)).sum(axis=0) for seed in range(6)]
        mean: np.ndarray = np.mean(found, axis=0)
        return mean

    low, high = heights(0.15), heights(0.4)
    assert high.mean() > 1.5 * low.mean()
    assert high[50:110].mean() > high[:30].mean()


def test_far_rows_are_paler() -> None:
    def shade(far: float) -> float:
        return float(brightness(at(lambda stage: row(stage, far), "noon")[1])[77:80].mean())

    assert shade(0.9) > shade(0.1) + 0.02


def test_lit_windows_are_the_brightest_of_a_dark_row() -> None:
    dark = at(lambda stage: row(stage, lit=0.0), "midnight", width=320, height=240)[1]
    lit = at(lambda stage: row(stage, lit=0.5), "midnight", width=320, height=240)[1]
    assert brightness(lit)[40:80].max() > brightness(dark)[40:80].max() + 0.2


@pytest.mark.parametrize(("text", "share"), [("midnight", 0.5), ("noon", 0.0), ("dusk", 0.42)])
def test_windows_are_lit_by_the_hour(text: str, share: float) -> None:
    assert lit_share(stage_for(text)) == share
