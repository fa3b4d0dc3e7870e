"""The sky: lamps, stars and what else was named, above the horizon and nowhere unasked."""

import numpy as np
import pytest

from musings_sketch.painting.sky import paint_comet, paint_lamp, paint_named, paint_sky, paint_stars
from musings_sketch.painting.stage import Stage
from tests.musings_sketch.painting.stages import changed, stage_for


def painted(text: str, seed: int = 1) -> Stage:
    stage = stage_for(text, seed)
    paint_sky(stage)
    return stage


@pytest.mark.parametrize(
    "text", ["noon", "a starry night", "aurora", "a rainbow", "a comet", "a thunderstorm", "fog at dawn"]
)
def test_every_sky_is_light_that_can_be_shown(text: str) -> None:
    pixels = painted(text).canvas.pixels
    assert np.isfinite(pixels).all()
    assert pixels.min() >= -1e-3
    assert pixels.max() < 20


def test_the_moon_hangs_where_the_light_is_and_wins_over_the_sun() -> None:
    stage, before = stage_for("moon and sun at midnight"), stage_for("moon and sun at midnight")
    paint_lamp(stage)
    assert stage.shown == ["moon"]
    glow = np.abs(stage.canvas.pixels - before.canvas.pixels).sum(axis=0)
    y, x = np.unravel_index(glow.argmax(), glow.shape)
    assert abs(x - stage.light[0]) < 0.12 * stage.unit
    assert abs(y - stage.light[1]) < 0.12 * stage.unit


@pytest.mark.parametrize("text", ["noon", "rain at dawn", "fog at daybreak", "midnight"])
def test_no_lamp_is_lit_where_none_is_to_be_seen(text: str) -> None:
    for seed in range(5):
        stage, before = stage_for(text, seed), stage_for(text, seed)
        paint_lamp(stage)
        assert not changed(before, stage).any()


def test_a_sunset_has_its_sun_more_often_than_not() -> None:
    lit = 0
    for seed in range(10):
        stage, before = stage_for("sunset", seed), stage_for("sunset", seed)
        paint_lamp(stage)
        lit += bool(changed(before, stage).any())
    assert 5 < lit <= 10


def test_stars_stay_above_their_line_and_grow_with_their_share() -> None:
    counts = []
    for share in (0.1, 0.7):
        stage, before = stage_for("midnight"), stage_for("midnight")
        paint_stars(stage, share, bottom=40)
        touched = changed(before, stage)
        assert np.flatnonzero(touched.any(axis=1)).max() < 46
        counts.append(int(touched.sum()))
    assert counts[0] < counts[1] / 2


def test_a_red_moon_is_red() -> None:
    stage = stage_for("a red moon at midnight")
    paint_lamp(stage)
    x, y = (round(value) for value in stage.light)
    red, green, blue = stage.canvas.pixels[:, y - 3 : y + 4, x - 3 : x + 4].mean(axis=(1, 2))
    assert red > 1.3 * max(green, blue)


def test_what_was_named_is_put_even_where_there_is_no_sky() -> None:
    for text in ("aurora", "a rainbow", "a comet", "lightning", "the moon"):
        stage, before = stage_for(text), stage_for(text)
        paint_named(stage)
        assert changed(before, stage).any(), text
        once = stage.canvas.pixels.copy()
        paint_named(stage)
        assert np.array_equal(once, stage.canvas.pixels), text
    plain, before = stage_for("a fox"), stage_for("a fox")
    paint_named(plain)
    assert not changed(before, plain).any()


def test_several_comets_are_several() -> None:
    def touched(text: str) -> int:
        stage, before = stage_for(text), stage_for(text)
        paint_comet(stage)
        return int(changed(before, stage).sum())

    assert touched("six comets") > 2 * touched("a comet")
