"""Buildings: flat feet, windows within walls, lamps that glow."""

import numpy as np
import pytest

from musings_sketch.painting.things import buildings
from musings_sketch.painting.things.buildings import BUILDINGS
from musings_sketch.painting.things.figure import Draw
from tests.musings_sketch.painting.figures import cut, extent, silhouette


@pytest.mark.parametrize("name", BUILDINGS)
def test_a_building_stands_flat_and_is_as_wide_as_it_says(name: str) -> None:
    figure = BUILDINGS[name]
    left, right, bottom, top = extent(silhouette(figure))
    assert -0.04 <= bottom <= 0.01
    assert 0.8 <= top <= 1.25
    if name != "bridge":  # it leads out of the picture at both ends
        assert 0.65 * figure.wide <= right - left <= 1.25 * figure.wide


@pytest.mark.parametrize(
    ("windows", "walls"),
    [
        (buildings.house_windows, buildings.house_wall),
        (buildings.church_windows, buildings.church_wall),
        (buildings.castle_windows, buildings.castle_wall),
        (buildings.tower_windows, buildings.tower),
        (buildings.windmill_windows, buildings.windmill_body),
        (buildings.pagoda_windows, buildings.pagoda_walls),
        (buildings.tent_door, buildings.tent_cloth),
        (buildings.flame_heart, buildings.flames),
        (buildings.lighthouse_bands, buildings.lighthouse_tower),
    ],
)
def test_windows_are_in_their_walls(windows: Draw, walls: Draw) -> None:
    panes, wall = cut(windows), cut(walls)
    assert (panes * wall).sum() > (0.55 if windows is buildings.lighthouse_bands else 0.9) * panes.sum()


def test_whatever_gives_light_has_the_colour_of_a_lamp() -> None:
    lights = [part for figure in BUILDINGS.values() for part in figure.parts if part.glows]
    assert len(lights) > 8
    assert all(part.colour.light > 0.65 and part.colour.chroma > 0.1 for part in lights)


def test_a_castle_has_a_gate_that_one_can_look_through() -> None:
    wall = cut(buildings.castle_wall)
    assert wall[350, 300] == 0
    assert wall[350, 280] == 1


def test_a_lighthouse_burns_between_its_gallery_and_its_roof() -> None:
    _, _, bottom, top = extent(cut(buildings.lighthouse_lamp))
    assert 0.78 <= bottom < top <= 0.89


def test_a_bridge_is_the_same_from_both_banks() -> None:
    whole = cut(buildings.bridge)
    assert np.abs(whole[:, 300:590] - whole[:, 299:9:-1]).mean() < 0.02
    assert BUILDINGS["bridge"].home == "span"


def test_merlons_leave_gaps_between_them() -> None:
    top = cut(buildings.castle_wall)[360 - round(0.36 * 120)] > 0.5
    assert (top[1:] & ~top[:-1]).sum() >= 6
