"""Stained glass: cells that are closed, and dark lead between them."""

import numpy as np
import pytest

from musings_sketch.painting.abstract import glass
from tests.musings_sketch.painting.stages import at, brightness, changed, stage_for


@pytest.mark.parametrize("seed", range(3))
def test_each_pixel_belongs_to_the_nearest_seed(seed: int) -> None:
    stage = stage_for("", seed, width=70, height=50)
    _, edge, x, y = glass.cells(stage, stage.random("cells"), 9.0)
    seeds = np.unique(np.stack([x.ravel(), y.ravel()], 1), axis=0)
    across, down = np.broadcast_arrays(stage.canvas.across, stage.canvas.down)
    away = np.hypot(across[..., None] - seeds[:, 0], down[..., None] - seeds[:, 1])
    own = np.hypot(across - x, down - y)
    # A seed that is no pixel's nearest is not among them, so this is the whole truth.
    assert np.abs(own - away.min(axis=2)).max() < 1e-3
    assert edge.min() >= 0


def test_a_cell_has_one_number_and_its_border_is_where_it_changes() -> None:
    stage = stage_for("", width=90, height=60)
    name, edge, x, y = glass.cells(stage, stage.random("cells"), 14.0)
    seeds = x * 10_000 + y
    for number in np.unique(name):
        assert len(np.unique(seeds[name == number])) == 1
    border = np.zeros_like(name, bool)
    border[:, 1:] |= name[:, 1:] != name[:, :-1]
    border[1:] |= name[1:] != name[:-1]
    assert edge[border].max() < 2
    assert edge[~border].mean() > 3 * edge[border].mean()


def test_lead_is_dark_and_thin() -> None:
    before, after = at(glass.paint, "a window", width=320, height=240)
    assert changed(before, after).mean() > 0.99
    dark = (brightness(after) < 0.03).mean()
    assert 0.01 < dark < 0.4


def test_the_light_falls_off_from_the_rose() -> None:
    light = np.mean([brightness(at(glass.paint, "a window", seed)[1]) for seed in range(3)], axis=0)
    corners = np.concatenate([light[:20, :20], light[:20, -20:], light[-20:, :20], light[-20:, -20:]])
    assert light[40:80, 55:105].mean() > 1.2 * corners.mean()
