"""The surface: paint covers, light adds, and nothing is painted outside."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from musings_sketch.painting.canvas import Canvas, blur, pick, step
from musings_sketch.painting.shapes import Mask, Stencil

RED, WHITE = np.array([1, 0, 0], np.float32), np.ones(3, np.float32)


def test_full_paint_hides_and_half_paint_mixes() -> None:
    canvas = Canvas(6, 4)
    canvas.cover(WHITE)
    assert (canvas.pixels == 1).all()
    canvas.cover(RED, 0.5)
    assert canvas.pixels[:, 0, 0] == pytest.approx([1, 0.5, 0.5])
    canvas.cover(RED, np.eye(4, 6, dtype=np.float32))
    assert canvas.pixels[:, 2, 2] == pytest.approx([1, 0, 0])
    assert canvas.pixels[:, 2, 3] == pytest.approx([1, 0.5, 0.5])


def test_light_adds_up_and_shade_takes_its_share() -> None:
    canvas = Canvas(20, 20)
    square = Stencil().bar(5, 5, 15, 15)
    for _ in range(3):
        canvas.light(square, WHITE, 0.5)
    assert canvas.pixels[:, 10, 10] == pytest.approx([1.5] * 3)
    canvas.dim(square, 0.5)
    assert canvas.pixels[:, 10, 10] == pytest.approx([0.75] * 3)
    assert not canvas.pixels[:, 0].any()
    canvas.light_field(np.ones((20, 20), np.float32), RED)
    assert canvas.pixels[:, 0, 0] == pytest.approx([1, 0, 0])


def test_a_mask_over_the_edge_is_painted_as_far_as_it_lies_on_the_canvas() -> None:
    canvas = Canvas(10, 10)
    canvas.fill(Mask(np.ones((6, 6), np.float32), -3, 7), WHITE)
    painted = np.argwhere(canvas.pixels[0] > 0.5)
    assert (painted.min(axis=0).tolist(), painted.max(axis=0).tolist()) == ([7, 0], [9, 2])
    canvas.fill(Mask(np.ones((3, 3), np.float32), 20, 20), WHITE)
    canvas.fill(None, WHITE)
    assert canvas.pixels[0].sum() == len(painted)


def test_a_glow_is_brightest_in_its_middle_and_ends_at_its_radius() -> None:
    canvas = Canvas(41, 41)
    canvas.glow(20, 20, 10, WHITE, 1.0)
    row = canvas.pixels[0, 20]
    assert row[20] == pytest.approx(1.0)
    assert list(row[20:31]) == sorted(row[20:31], reverse=True)
    assert not row[31:].any()
    wide = Canvas(41, 41)
    wide.glow(20, 20, 5, WHITE, 1.0, flat=3)
    assert wide.pixels[0, 20, 32] > 0
    assert wide.pixels[0, 32, 20] == 0


def test_every_stroke_can_be_stopped() -> None:
    calls: list[None] = []
    canvas = Canvas(8, 8, lambda: calls.append(None))
    canvas.cover(WHITE)
    canvas.fill(Stencil().ellipse(4, 4, 2), WHITE)
    canvas.light(None, WHITE)
    canvas.glow(4, 4, 2, WHITE, 1)
    assert len(calls) == 4


@given(st.floats(-2, 3))
def test_a_place_beyond_a_ramp_takes_its_end(where: float) -> None:
    table = np.stack([np.linspace(0, 1, 11, dtype=np.float32)] * 3)
    found = float(pick(table, np.array([[where]], np.float32))[0, 0, 0])
    assert found == pytest.approx(min(1, max(0, where)), abs=0.1)


@given(st.floats(-5, 5), st.floats(0.1, 5), st.floats(-20, 20))
def test_a_step_rises_or_falls_between_its_edges(low: float, wide: float, at: float) -> None:
    value = np.array([at], np.float32)
    rising, falling = float(step(low, low + wide, value)[0]), float(step(low + wide, low, value)[0])
    assert 0 <= rising <= 1
    assert rising + falling == pytest.approx(1, abs=1e-3)
    assert step(low, low + wide, np.array([low + wide / 2], np.float32))[0] == pytest.approx(0.5, abs=1e-2)


@pytest.mark.parametrize("radius", [0.5, 4, 30, 500])
def test_a_blur_keeps_its_size_and_evens_out(radius: float) -> None:
    spot = np.zeros((40, 60), np.float32)
    spot[20, 30] = 1
    soft = blur(spot, radius)
    assert soft.shape == spot.shape
    assert soft.max() < 1
    assert (blur(np.full((40, 60), 0.25, np.float32), radius) - 0.25).max() < 1e-5
