"""A city: buildings on a line, water that mirrors them, and a quay to stand on."""

import numpy as np

from musings_sketch.painting.scenes import city
from tests.musings_sketch.painting.stages import at, brightness


def test_things_stand_on_the_quay_at_the_lower_edge() -> None:
    _, after = at(city.paint, "a city at night")
    assert after.ground is not None
    assert (after.ground > 0.88 * after.height).all()
    assert (after.ground < after.height).all()
    assert after.size > 0
    assert after.water is not None
    assert after.water[0] > after.horizon


def test_a_city_is_brighter_than_its_sky_at_night_and_darker_at_noon() -> None:
    def against_the_sky(text: str) -> float:
        _, after = at(city.paint, text, width=320, height=240)
        return float(brightness(after)[95:120].max() - 0.3)

    assert against_the_sky("a city at night") > against_the_sky("a city at noon")


def test_the_water_shows_the_windows() -> None:
    _, after = at(city.paint, "a city at night", width=320, height=240)
    river = brightness(after)[130:195]
    assert river.std(axis=1).mean() > 0.01


def test_a_city_that_was_named_is_not_drawn_again_far_off() -> None:
    assert at(city.paint, "a city skyline")[1].shown.count("skyline") == 1


def test_the_quay_has_a_rail_before_the_water() -> None:
    _, after = at(city.paint, "a city at noon", width=320, height=240)
    light = brightness(after)
    rail = round(240 * 0.842)
    assert light[rail - 1 : rail + 2].mean(axis=1).min() < light[rail - 6].mean()
    assert np.isfinite(light).all()
