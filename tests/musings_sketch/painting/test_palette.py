"""The colours of a picture follow the hour, the weather, the mood and the colours that were named."""

from itertools import product

import numpy as np
import pytest

from musings_sketch.painting.colour import Lch, lightness
from musings_sketch.painting.palette import SCHEMES, Palette, choose
from musings_sketch.vocabulary import COLOURS, MOODS, SEASONS, TIMES, WEATHERS
from musings_sketch.words import chance, read


def chosen(text: str, seed: int = 1) -> Palette:
    return choose(read(text), chance(text, seed, "palette"))


def light(palette: Palette) -> float:
    return float(lightness(palette.sky_ramp()[:, None, :]).mean())


def turn(one: float, other: float) -> float:
    return abs((one - other + 180) % 360 - 180)


@pytest.mark.parametrize("hour", TIMES)
def test_a_named_hour_is_the_hour(hour: str) -> None:
    word = TIMES[hour].split()[0]
    assert {chosen(word, seed).hour for seed in range(6)} == {hour}
    assert hour in SCHEMES


def test_every_hour_that_can_be_chosen_has_schemes() -> None:
    texts = ["", *(f"a {word} thing" for words in (*MOODS.values(), *WEATHERS.values()) for word in words.split()[:2])]
    assert {chosen(text, seed).hour for text, seed in product(texts, range(4))} <= set(SCHEMES)


def test_night_is_darker_than_dusk_and_dusk_than_day() -> None:
    night, dusk, day = (max(light(chosen(word, seed)) for seed in range(6)) for word in ("midnight", "dusk", "noon"))
    assert night < dusk < day
    assert chosen("midnight").night
    assert not chosen("noon").night


def test_rain_greys_the_day_and_deepens_its_gloom() -> None:
    for seed in range(4):
        fair, wet = chosen("noon", seed), choose(read("rain at noon"), chance("noon", seed, "palette"))
        assert wet.vivid < fair.vivid
        assert wet.gloom > fair.gloom
        assert sum(stop.chroma for stop in wet.sky) < sum(stop.chroma for stop in fair.sky)


def test_rain_takes_from_the_colours_of_the_night_too() -> None:
    """Where no grey is mixed in, a quarter of the chroma goes."""
    fair, wet = chosen("midnight"), choose(read("rain at midnight"), chance("midnight", 1, "palette"))
    assert [stop.chroma for stop in wet.sky] == pytest.approx([0.75 * stop.chroma for stop in fair.sky])


def test_a_named_colour_rules_the_sky() -> None:
    for name in ("crimson", "emerald", "blue", "violet"):
        palette = chosen(f"a {name} evening")
        assert turn(palette.sky[0].hue, COLOURS[name][2]) < 40, name
        assert palette.tinted == (Lch(*COLOURS[name]),)
        assert palette.accents[0] == Lch(*COLOURS[name])


def test_sun_and_kites_are_not_put_into_the_night() -> None:
    hours = {chosen("a kite, haunted and sinister", seed).hour for seed in range(10)}
    assert not hours & {"night", "storm", "dusk", "grey"}


@pytest.mark.parametrize("season", SEASONS)
def test_the_land_has_the_hue_of_its_season(season: str) -> None:
    hues = {chosen(SEASONS[season].split()[0], seed).hue for seed in range(4)}
    assert len(hues) == 1


def test_far_land_fades_into_the_haze_and_a_named_thing_keeps_its_hue() -> None:
    palette = chosen("a red boat at noon")
    assert palette.land(1.0).light == pytest.approx(palette.haze.light)
    assert palette.land(5.0) == palette.land(1.0)
    steps = [abs(palette.land(depth).light - palette.haze.light) for depth in (0, 0.3, 0.6, 0.9)]
    assert steps == sorted(steps, reverse=True)
    red, green, blue = palette.named("red", Lch(0.5, 0.1, 250))
    assert red > 1.5 * max(green, blue)
    assert np.array_equal(palette.named("no such", Lch(0.5, 0.1, 250)), palette.named(None, Lch(0.5, 0.1, 250)))


@pytest.mark.parametrize("seed", range(5))
def test_all_numbers_are_in_their_bounds(seed: int) -> None:
    for text in ("", "a dark stormy night", "joyful summer noon", "black", "a white fog"):
        palette = chosen(text, seed)
        assert 0 <= palette.gloom <= 1
        assert len(palette.accents) >= 2
        assert all(0 <= stop.light <= 1 and stop.chroma >= 0 for stop in palette.sky)
