"""A portrait: the picture becomes the inside of a head in profile, with paper around it."""

import numpy as np
import pytest

from musings_sketch.painting.scenes import portrait
from musings_sketch.painting.stage import Stage
from tests.musings_sketch.painting.stages import at, brightness, stage_for

WIDTH, HEIGHT = 200, 240


def painted(*, right: bool, inside: float = 0.0) -> Stage:
    """A head over an even picture of this light, with the lamp at one side."""
    stage = stage_for("noon", width=WIDTH, height=HEIGHT)
    stage.light = (WIDTH * (0.8 if right else 0.2), 30)
    stage.canvas.pixels[:] = inside
    portrait.paint(stage)
    return stage


def test_the_corners_are_paper_and_the_head_keeps_the_picture() -> None:
    light = brightness(painted(right=False))
    assert light[:20, :20].mean() > 0.5
    assert light[:20, -20:].mean() > 0.5
    assert light[110:130, 90:110].mean() < 0.15


@pytest.mark.parametrize("right", [True, False])
def test_the_nose_points_away_from_the_lamp(right: bool) -> None:
    """The face has more corners than the back of the head: its edge is the longer one in the rows of the face."""
    dark = brightness(painted(right=right)) < 0.25
    rows = range(round(HEIGHT * (1 - 0.86 * 0.62)), round(HEIGHT * (1 - 0.86 * 0.28)))
    first = np.array([np.flatnonzero(dark[row]).min() for row in rows])
    last = np.array([np.flatnonzero(dark[row]).max() for row in rows])
    jumps = [np.abs(np.diff(edge, 2)).sum() for edge in (first, last)]
    assert (jumps[0] > jumps[1]) == right


def test_a_bright_picture_makes_a_bright_head() -> None:
    inner = slice(100, 140), slice(85, 110)
    assert brightness(painted(right=False, inside=0.8))[inner].mean() > (
        brightness(painted(right=False))[inner].mean() + 0.3
    )


def test_shoulders_reach_the_lower_edge() -> None:
    dark = brightness(painted(right=False))[-3] < 0.3
    assert dark.mean() > 0.6


def test_outlines_run_from_foot_to_crown_and_back() -> None:
    assert portrait.FACE[0][1] == portrait.HAIR[-1][1] == 0
    assert max(y for _, y in portrait.FACE + portrait.HAIR) < 1
    nose = max(x for x, _ in portrait.FACE)
    assert 0.4 < next(y for x, y in portrait.FACE if x == nose) < 0.5


def test_a_flat_picture_can_be_a_portrait_too() -> None:
    _, after = at(portrait.paint, "noon", width=320, height=64)
    assert np.isfinite(after.canvas.pixels).all()
