"""What stands right before us: at the lower edge, or reaching in from a corner."""

import numpy as np
import pytest

from musings_sketch.painting.scenes.foreground import branch, ferns, grass
from musings_sketch.painting.stage import Stage
from tests.musings_sketch.painting.stages import at, changed


def grown(stage: Stage, tall: float = 0.1, flowers: bool = False) -> None:
    grass(stage, stage.random("x"), tall, flowers)


def test_grass_grows_from_the_lower_edge_and_higher_at_the_sides() -> None:
    before, after = at(grown, "noon", width=320, height=240)
    touched = changed(before, after)
    assert touched[-3:].mean() > 0.5
    heights = touched.sum(axis=0)
    assert np.concatenate([heights[:60], heights[-60:]]).mean() > 1.2 * heights[130:190].mean()
    assert not touched[:120].any()


def test_taller_grass_reaches_higher() -> None:
    def top(tall: float) -> int:
        before, after = at(lambda stage: grown(stage, tall), "noon")
        return int(np.flatnonzero(changed(before, after).any(axis=1)).min())

    assert top(0.2) < top(0.05) - 5


def test_flowers_are_extra() -> None:
    plain, blooming = at(grown, "noon")[1], at(lambda stage: grown(stage, flowers=True), "noon")[1]
    assert changed(plain, blooming).any()


@pytest.mark.parametrize("text", ["noon", "autumn"])
def test_ferns_stand_on_their_line(text: str) -> None:
    def paint(stage: Stage) -> None:
        ferns(stage, stage.random("x"), np.full(stage.width, 80, np.float32), 20, 0.1)

    before, after = at(paint, text)
    rows = np.flatnonzero(changed(before, after).any(axis=1))
    assert rows.min() > 80 - 0.2 * after.unit
    assert rows.max() < 80 + 0.15 * after.unit
    assert rows.min() < 78


def test_ferns_wither_in_autumn() -> None:
    def paint(stage: Stage) -> None:
        ferns(stage, stage.random("x"), np.full(stage.width, 80, np.float32), 20, 0.1)

    def redness(text: str) -> float:
        before, after = at(paint, text)
        red, green, _ = after.canvas.pixels[:, changed(before, after)].mean(axis=1)
        return float(red / green)

    assert redness("autumn at noon") > redness("summer at noon")


@pytest.mark.parametrize("right", [True, False])
def test_a_branch_reaches_in_on_the_side_that_the_light_is_not(right: bool) -> None:
    def paint(stage: Stage) -> None:
        stage.light = (stage.width * (0.8 if right else 0.2), 20)
        branch(stage, stage.random("x"), blossom=False)

    before, after = at(paint, "noon")
    columns = np.flatnonzero(changed(before, after).any(axis=0))
    assert columns.min() == 0 if right else columns.max() == after.width - 1
    assert len(columns) < 0.8 * after.width


def test_blossom_is_pale_and_pink() -> None:
    def paint(blossom: bool) -> np.ndarray:
        before, after = at(lambda stage: branch(stage, stage.random("x"), blossom), "noon", width=320, height=240)
        found: np.ndarray = after.canvas.pixels[:, changed(before, after)].mean(axis=1)
        return found

    assert paint(True)[0] > paint(False)[0] + 0.1
