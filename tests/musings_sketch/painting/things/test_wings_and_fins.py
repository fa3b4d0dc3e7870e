"""What swims or flies: in its frame, at its home, looking right."""

import numpy as np
import pytest

from musings_sketch.painting.things import wings_and_fins
from musings_sketch.painting.things.figure import Draw
from musings_sketch.painting.things.wings_and_fins import WINGS_AND_FINS
from tests.musings_sketch.painting.figures import cut, extent, silhouette

HOMES = {
    "ground": {"owl"},
    "water": {"swan"},
    "sky": {"bird", "bat", "butterfly", "dragon"},
    "deep": {"fish", "whale", "turtle", "jellyfish", "octopus"},
}


def test_each_is_at_home_where_it_lives() -> None:
    found = {home: {name for name, figure in WINGS_AND_FINS.items() if figure.home == home} for home in HOMES}
    assert found == HOMES


@pytest.mark.parametrize("name", WINGS_AND_FINS)
def test_each_fills_its_frame(name: str) -> None:
    figure = WINGS_AND_FINS[name]
    left, right, bottom, top = extent(silhouette(figure))
    assert 0.5 < top - bottom < 1.3
    assert 0.8 * figure.wide <= right - left <= 1.35 * figure.wide


@pytest.mark.parametrize("draw", [wings_and_fins.bat, wings_and_fins.butterfly_wings, wings_and_fins.butterfly_body])
def test_wings_are_a_pair(draw: Draw) -> None:
    covered = cut(draw)
    assert np.abs(covered[:, 300:560] - covered[:, 299:39:-1]).sum() < 0.12 * covered.sum()


@pytest.mark.parametrize(("front", "back"), [("fish_eye", "fish"), ("swan_beak", "swan")])
def test_the_face_is_at_the_right(front: str, back: str) -> None:
    left, right, _, _ = extent(cut(getattr(wings_and_fins, front)))
    whole = extent(cut(getattr(wings_and_fins, back)))
    assert (left + right) / 2 > (whole[0] + whole[1]) / 2 + 0.2


@pytest.mark.parametrize(
    ("part", "whole"),
    [(wings_and_fins.fish_eye, wings_and_fins.fish), (wings_and_fins.owl_face, wings_and_fins.owl)],
)
def test_eyes_are_on_the_body(part: Draw, whole: Draw) -> None:
    on = cut(part)
    assert (on * cut(whole)).sum() > 0.9 * on.sum()


def test_an_owl_looks_at_us_with_two_eyes_that_have_pupils() -> None:
    face = cut(wings_and_fins.owl_face)
    row = face[360 - round(0.72 * 120)] > 0.5
    assert (row[1:] & ~row[:-1]).sum() == 4  # each eye is a ring


def test_a_jellyfish_trails_six_threads() -> None:
    row = cut(wings_and_fins.jellyfish)[360 - round(0.5 * 120)] > 0.3
    assert (row[1:] & ~row[:-1]).sum() == 6
