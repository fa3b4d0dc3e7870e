"""Animals: on their feet, as tall as their frame, looking right."""

import numpy as np
import pytest

from musings_sketch.painting.things.animals import ANIMALS, cat, cat_eyes, elephant, elephant_ear, fox, fox_tip
from musings_sketch.painting.things.figure import Draw
from tests.musings_sketch.painting.figures import cut, extent, silhouette


@pytest.mark.parametrize("name", ANIMALS)
def test_an_animal_stands_on_its_feet_and_fills_its_frame(name: str) -> None:
    figure = ANIMALS[name]
    left, right, bottom, top = extent(silhouette(figure))
    assert figure.home == "ground"
    assert -0.1 <= bottom <= 0.03
    assert 0.9 <= top <= 1.1
    assert 0.75 * figure.wide <= right - left <= 1.1 * figure.wide


@pytest.mark.parametrize("name", sorted(set(ANIMALS) - {"cat", "sheep"}))
def test_an_animal_carries_its_head_on_the_right(name: str) -> None:
    """The highest tenth of it, ears and antlers, is right of its middle; a cat and a sheep face us."""
    covered = silhouette(ANIMALS[name])
    left, right, _, _ = extent(covered)
    rows = np.flatnonzero(covered.max(axis=1) > 0.5)
    head = covered[rows.min() : rows.min() + 12]
    columns = np.flatnonzero(head.max(axis=0) > 0.5)
    from_the_middle = (columns.mean() - 300) / 120 - (left + right) / 2
    assert from_the_middle > -0.15 * (right - left)


@pytest.mark.parametrize(("part", "whole"), [(cat_eyes, cat), (elephant_ear, elephant), (fox_tip, fox)])
def test_what_is_painted_on_an_animal_lies_on_it(part: Draw, whole: Draw) -> None:
    on, body = cut(part), cut(whole)
    assert (on * body).sum() > 0.75 * on.sum()


def test_antlers_are_the_widest_of_a_deers_head() -> None:
    covered = silhouette(ANIMALS["deer"]) > 0.5
    rows = np.flatnonzero(covered.any(axis=1))
    antlers = covered[rows.min() : rows.min() + 15].any(axis=0).sum()
    assert antlers > 15
    assert (covered[rows.min() + 3].astype(int)[1:] - covered[rows.min() + 3].astype(int)[:-1] == 1).sum() >= 2


def test_eyes_glow() -> None:
    assert [part.glows for part in ANIMALS["cat"].parts] == [False, True]
