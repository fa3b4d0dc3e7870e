"""Smooth chance: in one and two dimensions, with its features as large as asked."""

from itertools import pairwise

import numpy as np
import pytest

from musings_sketch.painting import noise


def dice(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def roughness(values: np.ndarray) -> float:
    return float(np.abs(np.diff(values, axis=-1)).mean() / values.std())


@pytest.mark.parametrize(("width", "height"), [(1, 1), (3, 200), (200, 3), (64, 48)])
@pytest.mark.parametrize("cell", [1.0, 7.5, 500.0])
def test_a_field_has_its_size_and_stays_in_bounds(width: int, height: int, cell: float) -> None:
    values = noise.field(dice(), width, height, cell)
    assert values.shape == (height, width)
    assert values.dtype == np.float32
    assert 0 <= values.min() <= values.max() <= 1
    assert noise.line(dice(), width, cell).shape == (width,)


def test_larger_cells_are_smoother() -> None:
    fields = [roughness(noise.field(dice(), 200, 200, cell, octaves=1)) for cell in (4, 16, 64)]
    lines = [roughness(noise.line(dice(), 2000, cell, octaves=1)) for cell in (4, 16, 64)]
    for found in (fields, lines):
        assert all(before > 2 * after for before, after in pairwise(found))


def test_more_octaves_are_rougher() -> None:
    assert roughness(noise.field(dice(), 200, 200, 64, octaves=6)) > 1.5 * roughness(
        noise.field(dice(), 200, 200, 64, octaves=1)
    )


def test_stretched_features_are_wider_than_high() -> None:
    field = noise.field(dice(), 300, 300, 10, octaves=1, stretch=5)
    assert roughness(field.T) > 2 * roughness(field)


def test_a_skyline_has_sharp_peaks_and_lies_between_nothing_and_all() -> None:
    line = noise.ridges(dice(), 2000, 300)
    assert 0 <= line.min() < line.max() <= 1
    bends = np.diff(noise.ridges(dice(), 2000, 300, octaves=2), 2)
    assert -bends.min() > 2 * bends.max()  # sharper at the top than in the valley


def test_places_keep_their_distance_or_are_left_out() -> None:
    few = noise.scatter(dice(), 5, 0, 100, 15)
    assert len(few) == 5
    many = noise.scatter(dice(), 50, 0, 10, 4)
    assert len(many) < 10
    for places, gap in ((few, 15), (many, 4)):
        assert all(after - before >= gap / 2 for before, after in pairwise(sorted(places)))
    assert noise.scatter(dice(), 0, 0, 1, 1) == []


def test_a_tile_is_read_between_its_points_and_around_its_edge() -> None:
    tile = np.arange(16, dtype=np.float32).reshape(4, 4)
    at = np.array([[0.0, 0.5, 3.5, -1.0, 4.0]], np.float32)
    assert noise.sample(tile, at, np.zeros_like(at))[0].tolist() == [0, 0.5, 1.5, 3, 0]
    assert noise.sample(tile, np.zeros_like(at), at)[0].tolist() == [0, 2, 6, 12, 0]


def test_a_texture_is_normal_and_can_be_stopped() -> None:
    tile = noise.texture(dice(), 128, 32)
    assert (tile.shape, tile.mean(), tile.std()) == ((128, 128), pytest.approx(0, abs=1e-4), pytest.approx(1, abs=1e-3))
    calls: list[None] = []
    noise.field(dice(), 64, 64, 32, octaves=4, check=lambda: calls.append(None))
    assert len(calls) == 4
