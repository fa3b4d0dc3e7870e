"""Colours: the same on the screen as in the definition of their space."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from musings_sketch.painting.colour import Lch, decode, encode, lightness, linear, mix, ramp

colours = st.builds(Lch, st.floats(0, 1), st.floats(0, 0.3), st.floats(0, 360))


@pytest.mark.parametrize(
    ("name", "colour", "rgb"),
    [
        # OKLCH of the corners of sRGB, from CSS Color 4
        ("lime", Lch(0.86644, 0.29483, 142.495), (0, 1, 0)),
        ("blue", Lch(0.45201, 0.31321, 264.052), (0, 0, 1)),
        ("yellow", Lch(0.96798, 0.21101, 109.769), (1, 1, 0)),
        ("grey", Lch(0.59987, 0.0, 0), (0.21586, 0.21586, 0.21586)),
    ],
)
def test_known_colours(name: str, colour: Lch, rgb: tuple[float, ...]) -> None:
    assert linear(colour) == pytest.approx(rgb, abs=0.01), name


@given(colours)
def test_a_colour_that_does_not_fit_keeps_its_light(colour: Lch) -> None:
    shown = linear(colour)
    grey = linear(Lch(colour.light, 0, 0))
    assert lightness(shown[:, None, None])[0, 0] == pytest.approx(lightness(grey[:, None, None])[0, 0], abs=0.15)


@given(colours, colours, st.floats(0, 1))
def test_a_mixture_lies_between(one: Lch, other: Lch, share: float) -> None:
    mixed = mix(one, other, share)
    assert min(one.light, other.light) - 1e-9 <= mixed.light <= max(one.light, other.light) + 1e-9
    assert mixed.chroma <= max(one.chroma, other.chroma) + 1e-9
    assert 0 <= mixed.hue <= 360


def test_opposite_colours_meet_in_grey() -> None:
    assert mix(Lch(0.6, 0.1, 30), Lch(0.6, 0.1, 210), 0.5).chroma == pytest.approx(0, abs=1e-9)


@given(colours, st.floats(-2, 2), st.floats(0, 3), st.floats(-720, 720))
def test_a_relative_stays_a_colour(colour: Lch, light: float, chroma: float, hue: float) -> None:
    moved = colour.shift(light, chroma, hue)
    assert 0 <= moved.light <= 1
    assert 0 <= moved.hue <= 360
    assert moved.chroma == colour.chroma * chroma
    assert colour.at(0.25) == Lch(0.25, colour.chroma, colour.hue)


def test_the_transfer_curve_is_that_of_srgb() -> None:
    values = np.array([0, 0.04045, 0.2, 0.5, 0.735], np.float32)
    assert decode(values) == pytest.approx([0, 0.0031308, 0.033105, 0.214041, 0.499458], abs=1e-4)
    assert encode(decode(values)) == pytest.approx(values, abs=1e-4)
    assert encode(np.array([-1, 0], np.float32)) == pytest.approx([0, 0])


@pytest.mark.parametrize("count", [1, 2, 5])
@pytest.mark.parametrize("size", [2, 64, 256])
def test_a_ramp_has_its_size_and_no_colour_beyond_the_screen(count: int, size: int) -> None:
    stops = [Lch(0.2 + 0.15 * at, 0.3, 70.0 * at) for at in range(count)]
    table = ramp(stops, size)
    assert table.shape == (3, size)
    assert 0 <= table.min() <= table.max() <= 1
    assert np.abs(np.diff(table, axis=1)).max() < 0.2 or size == 2


def test_lightness_is_that_of_the_eye() -> None:
    green, blue = np.zeros((3, 1, 1), np.float32), np.zeros((3, 1, 1), np.float32)
    green[1], blue[2] = 1, 1
    assert lightness(green) > 2 * lightness(blue)
    assert lightness(np.full((3, 1, 1), -1, np.float32))[0, 0] == 0
