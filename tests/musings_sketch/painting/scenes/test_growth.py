"""Trees on land in perspective: as many as there is room for, paler with distance, of the kind that was named."""

import numpy as np
import pytest

from musings_sketch.painting import terrain
from musings_sketch.painting.scenes.growth import plant
from musings_sketch.painting.stage import Stage
from tests.musings_sketch.painting.stages import at, changed


def wood(stage: Stage, near: float = 4.0, far: float = 12.0, count: int = 60, kind: str | None = None) -> None:
    view = terrain.View(stage.width, stage.height, stage.horizon, stage.unit, near=1.2, far=40)
    land = terrain.survey(view, lambda x, z: np.zeros_like(x))
    plant(stage, land, stage.random("wood"), count, near, far, 0.8, kind)


def test_trees_stand_on_the_land_and_reach_above_it() -> None:
    before, after = at(wood, "noon")
    rows = np.flatnonzero(changed(before, after).any(axis=1))
    assert rows.min() < after.horizon + 10
    assert rows.max() < after.height
    assert rows.max() > after.horizon


def test_no_trees_are_no_trees() -> None:
    before, after = at(lambda stage: wood(stage, count=0), "noon")
    assert not changed(before, after).any()


def test_far_trees_are_paler_than_near_ones() -> None:
    def darkest(near: float, far: float) -> float:
        before, after = at(lambda stage: wood(stage, near, far, kind="pine"), "noon", width=320, height=240)
        return float(after.canvas.pixels[:, changed(before, after)].mean(axis=0).min())

    assert darkest(3.0, 5.0) < darkest(14.0, 20.0) - 0.02


@pytest.mark.parametrize(
    ("text", "kind"), [("pines at noon", "pine"), ("winter at noon", "pine"), ("cherries at noon, cherry", "cherry")]
)
def test_the_words_and_the_season_choose_the_kind(text: str, kind: str) -> None:
    chosen, given = at(wood, text)[1], at(lambda stage: wood(stage, kind=kind), text)[1]
    assert not changed(chosen, given).any()


def test_without_a_word_they_are_leafy_trees() -> None:
    assert not changed(at(wood, "noon")[1], at(lambda stage: wood(stage, kind="tree"), "noon")[1]).any()
    assert changed(at(wood, "noon")[1], at(lambda stage: wood(stage, kind="pine"), "noon")[1]).any()
