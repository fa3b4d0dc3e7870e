"""People: on their feet, heads above shoulders, dressed in the colour that was named."""

import numpy as np
import pytest

from musings_sketch.painting.things import people
from musings_sketch.painting.things.people import PEOPLE
from tests.musings_sketch.painting.figures import cut, extent, silhouette


@pytest.mark.parametrize("name", PEOPLE)
def test_people_stand_on_their_feet(name: str) -> None:
    figure = PEOPLE[name]
    left, right, bottom, top = extent(silhouette(figure))
    assert -0.04 <= bottom <= 0.01
    assert 0.95 <= top <= 1.1
    assert 0.7 * figure.wide <= right - left <= figure.wide


@pytest.mark.parametrize("name", PEOPLE)
def test_clothes_take_the_colour_that_was_named_and_faces_do_not(name: str) -> None:
    assert sum(part.own for part in PEOPLE[name].parts) == 1
    clothes = next(cut(part.draw) for part in PEOPLE[name].parts if part.own)
    assert extent(clothes)[3] < 0.9  # no head in it


def test_a_couple_is_two_heads() -> None:
    """A row through the heads meets two of them, apart."""
    row = cut(people.couple_heads)[360 - round(0.86 * 120)] > 0.5
    assert (row[1:] & ~row[:-1]).sum() == 2


def test_one_who_walks_has_legs_apart_and_a_stick() -> None:
    row = cut(people.walker)[360 - 3] > 0.5
    assert (row[1:] & ~row[:-1]).sum() == 3


def test_a_couple_is_one_figure_however_many_are_named() -> None:
    assert PEOPLE["couple"].many == 1


def test_a_dancers_dress_swings_wider_than_it_is_at_the_waist() -> None:
    widths = (cut(people.dancer_dress) > 0.5).sum(axis=1)
    waist, hem = widths[360 - round(0.55 * 120)], widths[360 - round(0.3 * 120)]
    assert hem > 2.5 * waist
    assert np.count_nonzero(widths) > 40
