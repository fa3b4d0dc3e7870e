"""Figures in a picture: how many, where, in whose colour, with a shadow or an image in the water."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from musings_sketch.painting.shapes import Frame
from musings_sketch.painting.stage import Stage
from musings_sketch.painting.things.animals import ANIMALS
from musings_sketch.painting.things.buildings import BUILDINGS
from musings_sketch.painting.things.craft import CRAFT
from musings_sketch.painting.things.draw import FIGURES, draw, draw_things, frames
from musings_sketch.painting.things.people import PEOPLE
from musings_sketch.painting.things.plants import PLANTS
from musings_sketch.painting.things.wings_and_fins import WINGS_AND_FINS
from musings_sketch.words import Thing
from tests.musings_sketch.painting.stages import at, brightness, changed, stage_for

ALL = ("sky", "water", "span", "deep", "ground")


def lake(text: str, seed: int = 1) -> Stage:
    stage = stage_for(text, seed, width=240, height=180)
    stage.water, stage.size = (90, 170), 40
    stage.ground = np.full(240, 160, np.float32)
    return stage


def test_no_name_stands_for_two_figures() -> None:
    groups = (ANIMALS, WINGS_AND_FINS, BUILDINGS, CRAFT, PEOPLE, PLANTS)
    assert len(FIGURES) == sum(map(len, groups))


@pytest.mark.parametrize("count", [1, 3, 12])
@pytest.mark.parametrize("name", ["fox", "bird", "boat", "fish"])
def test_as_many_as_were_asked_for(name: str, count: int) -> None:
    assert len(frames(lake(name), Thing(name, name, count), FIGURES[name])) == count


def test_never_more_than_twelve_and_a_bare_plural_is_the_figures_own_crowd() -> None:
    assert len(frames(lake("foxes"), Thing("fox", "foxes", 99), FIGURES["fox"])) == 12
    assert len(frames(lake("birds"), Thing("bird", "birds", 0), FIGURES["bird"])) == FIGURES["bird"].many


def test_two_people_are_one_couple() -> None:
    assert len(frames(lake(""), Thing("couple", "couples", 4), FIGURES["couple"])) == 2


@pytest.mark.parametrize("seed", range(4))
def test_each_kind_is_where_it_lives(seed: int) -> None:
    stage = lake("", seed)
    for frame in frames(stage, Thing("fox", "foxes", 5), FIGURES["fox"]):
        assert frame.y == 160
    for frame in frames(stage, Thing("bird", "birds", 5), FIGURES["bird"]):
        assert 0 < frame.y < stage.horizon
    for frame in frames(stage, Thing("boat", "boats", 3), FIGURES["boat"]):
        assert 90 < frame.y < 170
    stage.submerged = True
    for frame in frames(stage, Thing("fish", "fish", 5), FIGURES["fish"]):
        assert 0.1 * stage.height < frame.y < stage.height


def test_near_ones_hide_far_ones() -> None:
    boats = frames(lake("", 3), Thing("boat", "boats", 6), FIGURES["boat"])
    assert all(far.y <= near.y and far.size <= near.size for far, near in itertools.pairwise(boats))


def test_more_of_them_are_smaller() -> None:
    def size(count: int) -> float:
        return float(np.mean([f.size for f in frames(lake("", 2), Thing("fox", "fox", count), FIGURES["fox"])]))

    assert size(9) < size(1)


def test_only_what_lives_in_the_asked_homes_is_drawn_and_none_twice() -> None:
    stage = lake("a boat and a fox")
    draw_things(stage, "water")
    assert stage.shown == ["boat"]
    once = stage.canvas.pixels.copy()
    draw_things(stage, "water")
    assert (stage.canvas.pixels == once).all()
    draw_things(stage, *ALL)
    assert stage.shown == ["boat", "fox"]


def test_an_umbrella_is_held_by_whoever_is_there() -> None:
    stage = lake("an umbrella and a person at noon")
    draw_things(stage, *ALL)
    assert stage.shown == ["person", "umbrella"]
    alone = lake("an umbrella and a person at noon")
    alone.reading = replace(alone.reading, things=(Thing("person", "person"),))
    draw_things(alone, *ALL)
    (holder,) = alone.standing
    rows, columns = np.nonzero(changed(alone, stage))
    assert columns.mean() == pytest.approx(holder.x, abs=holder.size)
    assert rows.mean() < holder.y - 0.5 * holder.size  # over the head


def test_a_village_is_houses_and_a_church() -> None:
    before, after = lake("a village at noon"), lake("a village at noon")
    draw_things(after, *ALL)
    assert after.shown == ["village"]
    assert changed(before, after).any(axis=0).sum() > 60


def test_a_thing_casts_a_shadow_away_from_the_light() -> None:
    before, after = lake("noon"), lake("noon")
    draw(after, FIGURES["tower"], Frame(120, 160, 60))
    darker = (before.canvas.pixels - after.canvas.pixels).min(axis=0) > 0.01
    below = np.flatnonzero(darker[160:].any(axis=0))
    assert len(below) > 3
    assert below.mean() > 120  # the light of these stages is at the left


def test_what_floats_has_its_image_below_and_none_without_water() -> None:
    before, after = lake("noon"), lake("noon")
    draw(after, FIGURES["boat"], Frame(120, 120, 50))
    touched = changed(before, after)
    assert touched[70:118].any()
    assert touched[125:150].any()
    dry_before, dry = lake("noon"), lake("noon")
    dry.water = dry_before.water = None
    draw(dry, FIGURES["boat"], Frame(120, 120, 50))
    assert not changed(dry_before, dry)[130:].any()


def test_windows_shine_at_night_and_are_dark_by_day() -> None:
    def window(text: str) -> float:
        stage = lake(text)
        draw(stage, FIGURES["house"], Frame(120, 160, 80))
        return float(brightness(stage)[160 - 24, 120 - 25])

    assert window("midnight") > 0.5
    assert window("noon") < 0.3


def test_a_named_colour_is_that_of_the_part_that_takes_it() -> None:
    shown = []
    for colour in ("red", "blue"):
        stage = lake("noon")
        draw(stage, FIGURES["kite"], Frame(120, 100, 60), Thing("kite", "kite", 1, colour))
        shown.append(stage.canvas.pixels[:, 100 - 40, 120])
    assert shown[0][0] > 2 * shown[0][2]
    assert shown[1][2] > 2 * shown[1][0]


def test_what_is_far_is_paler() -> None:
    def shade(depth: float) -> float:
        _, after = at(lambda stage: draw(stage, FIGURES["cat"], Frame(80, 100, 60), depth=depth), "noon")
        return float(brightness(after)[75:98, 78:82].mean())

    assert shade(0.8) > shade(0.0) + 0.05
