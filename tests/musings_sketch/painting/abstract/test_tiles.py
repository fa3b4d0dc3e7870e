"""Tiles: a grid of figures that keep to their squares."""

import numpy as np
import pytest

from musings_sketch.painting.abstract import tiles
from tests.musings_sketch.painting.stages import at, changed, warmth


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("width", "height"), [(240, 160), (100, 300)])
def test_the_grid_leaves_a_border_of_paper_on_all_sides(seed: int, width: int, height: int) -> None:
    _, after = at(tiles.paint, "a quilt", seed, width=width, height=height)
    pixels = after.canvas.pixels
    for edge in (pixels[:, :2], pixels[:, -2:], pixels[:, :, :2], pixels[:, :, -2:]):
        assert edge.min() > 0.4  # paper
        assert edge.std(axis=(1, 2)).max() < 0.1


@pytest.mark.parametrize("seed", range(4))
def test_tiles_show_few_colours_and_several(seed: int) -> None:
    """Six tones at most besides the paper; the wear of the ink is coarser than nothing, so they are counted roughly."""
    _, after = at(tiles.paint, "a quilt", seed, width=320, height=240)
    rough = np.round(after.canvas.pixels.reshape(3, -1).T * 5).astype(int)
    _, counts = np.unique(rough, axis=0, return_counts=True)
    large = counts > 0.03 * counts.sum()
    assert 3 <= large.sum() <= 14


def test_a_named_colour_rules_the_tiles() -> None:
    assert warmth(at(tiles.paint, "red tiles")[1]) > warmth(at(tiles.paint, "blue tiles")[1]) + 0.1


def test_another_seed_lays_another_grid() -> None:
    assert changed(at(tiles.paint, "a quilt", 1)[1], at(tiles.paint, "a quilt", 2)[1]).mean() > 0.3


def test_the_sides_of_tiles_are_straight() -> None:
    """Somewhere a whole column changes at once: the border between the paper and the first tiles."""
    _, after = at(tiles.paint, "a quilt", 3, width=240, height=240)
    across = np.abs(np.diff(after.canvas.pixels, axis=2)).max(axis=0)
    assert (across > 0.1).mean(axis=0).max() > 0.35
