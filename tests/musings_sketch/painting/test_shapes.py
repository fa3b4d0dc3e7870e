"""Outlines and masks: areas, frames, strokes and what is moved or cut off."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from musings_sketch.painting.shapes import Frame, Mask, Stencil, oval, ribbon, smooth


def area(shape: Stencil, side: int = 200) -> float:
    mask = shape.mask(side, side)
    return 0.0 if mask is None else float(mask.values.sum())


def test_areas() -> None:
    assert area(Stencil().bar(10, 10, 60, 40)) == pytest.approx(1500, rel=0.03)
    assert area(Stencil().ellipse(100, 100, 50, 20)) == pytest.approx(math.pi * 1000, rel=0.02)
    assert area(Stencil().ellipse(100, 100, 50, 20, 0.7)) == pytest.approx(math.pi * 1000, rel=0.02)
    assert area(Stencil().stroke([(20, 100), (180, 100)], 10)) == pytest.approx(1600 + math.pi * 25, rel=0.05)
    assert area(Stencil().stroke([(20, 100), (180, 100)], 0, 20)) == pytest.approx(1600 + math.pi * 50, rel=0.1)


def test_a_gap_is_cut_from_what_came_before_it() -> None:
    ring = Stencil().ellipse(100, 100, 50).gap(100, 100, 30)
    assert area(ring) == pytest.approx(math.pi * (2500 - 900), rel=0.03)
    assert area(Stencil().gap(100, 100, 30).ellipse(100, 100, 50)) == pytest.approx(math.pi * 2500, rel=0.03)


@pytest.mark.parametrize("points", [[], [(1, 1)], [(1, 1), (5, 5)]])
def test_what_encloses_nothing_draws_nothing(points: list[tuple[float, float]]) -> None:
    assert Stencil().polygon(points).mask(20, 20) is None


def test_a_large_mask_is_cut_coarser_and_covers_as_much() -> None:
    assert area(Stencil().ellipse(1000, 1000, 900), 2000) == pytest.approx(math.pi * 810_000, rel=0.01)


def test_a_frame_stands_on_its_foot_flips_and_leans() -> None:
    top = [(0.0, 1.0), (0.5, 0.0)]
    assert Frame(10, 50, 20).pixels(top).tolist() == [[10, 30], [20, 50]]
    assert Frame(10, 50, 20, flip=True).pixels(top).tolist() == [[10, 30], [0, 50]]
    assert Frame(10, 50, 20, lean=math.pi / 2).pixels(top)[0] == pytest.approx([30, 50])


@given(st.integers(-8, 8), st.integers(-8, 8))
def test_the_rim_faces_away_from_the_move(across: int, down: int) -> None:
    mask = Mask(np.ones((6, 6), np.float32), 3, 4)
    rim = mask.edge(across, down)
    lost = 36 - max(0, 6 - abs(across)) * max(0, 6 - abs(down))
    assert rim.values.sum() == lost
    assert (rim.left, rim.top) == (3, 4)


def test_a_blurred_mask_covers_as_much_around_the_same_place() -> None:
    mask = Mask(np.ones((10, 10), np.float32), 30, 40)
    soft = mask.blurred(3)
    assert soft.values.sum() == pytest.approx(100, rel=0.05)
    rows = (soft.values.sum(axis=1) * np.arange(len(soft.values))).sum() / soft.values.sum()
    assert soft.top + rows == pytest.approx(44.5, abs=0.5)
    assert soft.values.max() < 1


@pytest.mark.parametrize(
    ("left", "top", "kept"), [(0, 0, 16), (-2, 0, 8), (8, 9, 2), (-4, 0, 0), (10, 0, 0), (0, 10, 0), (-1, -1, 9)]
)
def test_a_mask_is_clipped_to_its_canvas(left: int, top: int, kept: int) -> None:
    values = np.arange(1, 17, dtype=np.float32).reshape(4, 4)
    clipped = Mask(values, left, top).clipped(10, 10)
    assert (0 if clipped is None else clipped.values.size) == kept
    if clipped is not None:
        wide = np.zeros((30, 30), np.float32)
        wide[10 + top : 14 + top, 10 + left : 14 + left] = values
        assert np.array_equal(clipped.values, wide[10:20, 10:20][clipped.box])


def test_an_open_curve_ends_where_it_was_told_and_a_closed_one_goes_round() -> None:
    knots = [(0, 0), (10, 5), (20, 0)]
    line = smooth(knots, closed=False)
    assert (line[0].tolist(), line[-1].tolist()) == ([0, 0], [20, 0])
    ring = smooth(oval(50, 50, 30, steps=12))
    assert np.hypot(*(ring - 50).T) == pytest.approx(np.full(len(ring), 30), abs=0.5)


def test_a_ribbon_of_equal_points_has_no_numbers_that_are_none() -> None:
    assert np.isfinite(ribbon([(5, 5), (5, 5), (5, 5)], [2])).all()
