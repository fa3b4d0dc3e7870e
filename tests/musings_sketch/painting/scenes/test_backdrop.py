"""What stands far away: on the horizon, and only when it was named."""

import numpy as np
import pytest

from musings_sketch.painting.scenes.backdrop import distance, far_range
from tests.musings_sketch.painting.stages import at, brightness, changed, stage_for, warmth


def test_nothing_stands_there_that_was_not_named() -> None:
    before, after = at(distance, "noon")
    assert not changed(before, after).any()
    assert after.shown == []


@pytest.mark.parametrize(("text", "name"), [("a mountain", "mountain"), ("a skyline", "skyline")])
def test_what_was_named_stands_on_the_horizon(text: str, name: str) -> None:
    before, after = at(distance, text)
    rows = np.flatnonzero(changed(before, after).any(axis=1))
    assert after.shown == [name]
    assert rows.min() < after.horizon - 5
    assert rows.max() <= after.horizon + 5


def test_a_skyline_is_not_drawn_twice() -> None:
    before, after = stage_for("a skyline"), stage_for("a skyline")
    after.shown.append("skyline")
    distance(after)
    assert not changed(before, after).any()


def test_a_higher_range_reaches_higher() -> None:
    def top(rise: float) -> int:
        before, after = at(lambda stage: far_range(stage, 0.6, rise), "noon")
        return int(np.flatnonzero(changed(before, after).any(axis=1)).min())

    assert top(0.3) < top(0.1) - 10


def test_only_the_farthest_range_has_snow() -> None:
    def white(far: float) -> float:
        _, after = at(lambda stage: far_range(stage, far, 0.3), "autumn at noon", width=320, height=240)
        return float(brightness(after)[:120].max())

    assert white(0.75) > white(0.55)


def test_a_volcano_glows_above_its_mouth() -> None:
    before, after = at(distance, "a volcano at night", width=320, height=240)
    sky = np.zeros((240, 320), bool)
    sky[: int(after.horizon - 0.32 * after.unit)] = True
    lit = changed(before, after) & sky
    assert lit.any()
    assert warmth(after) > warmth(before)
