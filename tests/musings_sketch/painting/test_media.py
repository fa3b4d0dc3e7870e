"""What a picture was made with: each medium keeps the picture, its size, and the bounds of light."""

import numpy as np
import pytest

from musings_sketch.painting.colour import encode
from musings_sketch.painting.media import MEDIA, bloom, vignette
from musings_sketch.painting.stage import Stage
from tests.musings_sketch.painting.stages import stage_for


def halves(text: str = "noon") -> Stage:
    """Dark on the left, light on the right, with a red square."""
    stage = stage_for(text, width=180, height=140)
    stage.canvas.pixels[:, :, :90] = 0.05
    stage.canvas.pixels[:, :, 90:] = 0.7
    stage.canvas.pixels[:, 50:90, 110:150] = np.array([0.6, 0.02, 0.02], np.float32)[:, None, None]
    return stage


def made(name: str) -> np.ndarray:
    stage = halves()
    MEDIA[name](stage, stage.random("medium"))
    return np.asarray(encode(stage.canvas.pixels))


@pytest.mark.parametrize("name", MEDIA)
def test_light_stays_light_and_dark_stays_dark(name: str) -> None:
    shown = made(name)
    assert shown.shape == (3, 140, 180)
    assert np.isfinite(shown).all()
    assert 0 <= shown.min() <= shown.max() <= 1
    left, right = shown[:, 20:40, 15:75].mean(), shown[:, 20:40, 105:165].mean()
    assert right > left + 0.2


@pytest.mark.parametrize("name", [name for name in MEDIA if name not in ("etching", "ink")])
def test_red_stays_red(name: str) -> None:
    red, green, blue = made(name)[:, 62:78, 122:138].mean(axis=(1, 2))
    assert red > 1.4 * max(green, blue)


@pytest.mark.parametrize("name", MEDIA)
def test_the_hand_is_the_seed(name: str) -> None:
    assert np.array_equal(made(name), made(name))
    one, other = halves(), halves()
    MEDIA[name](one, one.random("medium"))
    MEDIA[name](other, other.random("another"))
    assert np.array_equal(one.canvas.pixels, other.canvas.pixels) is (name in ("plain", "pixel"))


@pytest.mark.parametrize("name", ["print", "etching", "ink", "watercolour"])
def test_paper_is_left_at_the_edge(name: str) -> None:
    shown = made(name)
    assert shown[:, :2, :].min() > 0.8
    assert shown[:, :, :2].min() > 0.8


def test_pixels_are_square_and_few_colours() -> None:
    shown = (made("pixel") * 255).round().astype(int)
    colours = np.unique(shown.reshape(3, -1), axis=1).shape[1]
    assert colours <= 64


def test_ink_has_one_pigment() -> None:
    shown = made("ink")[:, 20:40, 15:75]
    assert np.abs(shown - shown.mean(axis=0, keepdims=True)).max() < 0.12


def test_bloom_spreads_only_what_is_bright() -> None:
    stage = stage_for("")
    stage.canvas.pixels[:] = 0.5
    bloom(stage, 0.5)
    assert (stage.canvas.pixels == 0.5).all()
    stage.canvas.pixels[:, 60, 80] = 30
    bloom(stage, 0.5)
    assert stage.canvas.pixels[0, 60, 83] > 0.5


def test_a_vignette_darkens_the_corners_and_leaves_the_middle() -> None:
    stage = stage_for("")
    vignette(stage, 0.4)
    assert stage.canvas.pixels[0, 60, 80] == pytest.approx(0.3)
    assert stage.canvas.pixels[0, 0, 0] == pytest.approx(0.18, abs=0.01)


@pytest.mark.parametrize("name", MEDIA)
def test_a_medium_can_be_stopped(name: str) -> None:
    stage = halves()
    calls: list[None] = []
    stage.canvas.check = lambda: calls.append(None)
    MEDIA[name](stage, stage.random("medium"))
    assert len(calls) >= 3
