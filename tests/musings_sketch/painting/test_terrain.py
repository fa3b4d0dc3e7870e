"""Land in perspective: what the eye sees, in which light, and where things can stand."""

import numpy as np
import pytest

from musings_sketch.painting import terrain
from musings_sketch.painting.canvas import Canvas
from musings_sketch.painting.colour import Array

VIEW = terrain.View(width=80, height=60, horizon=30, focus=60, near=1, far=50, slices=200)


def flat(x: Array, z: Array) -> Array:
    return np.zeros_like(x)


def ramp(x: Array, z: Array) -> Array:
    return np.asarray(x * np.float32(0.5))


def hill(x: Array, z: Array) -> Array:
    return np.where((z > 10) & (z < 12), np.float32(2), np.float32(0))


def test_flat_land_at_a_distance_is_where_perspective_puts_it() -> None:
    land = terrain.survey(VIEW, flat)
    for distance in (2, 5, 20):
        assert land.ground(distance) == pytest.approx(np.full(80, 30 + 60 / distance), abs=0.6)
    assert land.ground(10_000) == pytest.approx(np.full(80, 30 + 60 / 50), abs=0.6)


def test_slopes_and_light() -> None:
    land = terrain.survey(VIEW, ramp)
    across, _along = land.slopes()
    assert across == pytest.approx(np.full_like(across, 0.5), abs=1e-3)
    facing, away = land.lit((-1, 0.2, 0)).mean(), land.lit((1, 0.2, 0)).mean()
    assert facing > away
    above = terrain.survey(VIEW, flat).lit((0, 3, 0))
    assert above == pytest.approx(np.ones_like(above), abs=1e-6)


def test_a_hill_hides_and_throws_its_shadow_to_the_other_side() -> None:
    def wall(x: Array, z: Array) -> Array:
        return np.where(np.abs(x) < 1, np.float32(2), np.float32(0))

    land = terrain.survey(VIEW, wall)
    row = int(np.searchsorted(land.z, 20))
    right, left = land.x[row] > 2, land.x[row] < -2
    from_right, from_left = land.sunny(1.0, 0.1)[row], land.sunny(-1.0, 0.1)[row]
    assert from_right[right].min() > 0.99 > 0.5 > from_right[left].min()
    assert from_left[left].min() > 0.99 > 0.5 > from_left[right].min()


def test_places_are_visible_and_the_far_ones_come_first() -> None:
    land = terrain.survey(VIEW, hill)
    found = terrain.places(land, np.random.default_rng(1), 300, 2, 40)
    scales = [scale for _, _, scale in found]
    assert scales == sorted(scales)
    assert all(0 <= x < 80 for x, _, _ in found)
    behind = [60 / scale for _, _, scale in found if 12.5 < 60 / scale < 40]
    assert behind == []  # the hill is higher than the eye
    assert [60 / scale for _, _, scale in found if 60 / scale < 10]


def test_only_land_is_painted_and_the_nearest_wins() -> None:
    land = terrain.survey(VIEW, hill)
    colours = np.zeros((3, VIEW.slices, VIEW.width), np.float32)
    near = land.z < 10
    colours[0][near], colours[2][~near] = 1, 1
    canvas = Canvas(80, 60)
    terrain.lay(canvas, land, colours)
    assert not canvas.pixels[:, :23].any()
    assert canvas.pixels[0, 50:].min() > 0.9
    assert canvas.pixels[2, 25].min() > 0.5


def test_distance_runs_from_nothing_to_all() -> None:
    away = terrain.survey(VIEW, flat).away
    assert (away[0, 0], away[-1, 0]) == (0, pytest.approx(1, abs=1e-5))
    assert (np.diff(away[:, 0]) > 0).all()
