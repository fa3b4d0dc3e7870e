"""Colours are named in OKLCH, mixed in OKLab and laid on the canvas in linear light.

The matrices are those of Björn Ottosson, "A perceptual color space for image processing" (2020); the transfer
curve is that of sRGB, IEC 61966-2-1.
"""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating[Any]]
"""Numbers of a picture; float32 wherever there is one per pixel."""

_LMS_TO_RGB = np.array(
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.7076147010],
    ]
)
_LAB_TO_LMS = np.array(
    [
        [1.0, 0.3963377774, 0.2158037573],
        [1.0, -0.1055613458, -0.0638541728],
        [1.0, -0.0894841775, -1.2914855480],
    ]
)
_RGB_TO_LMS = np.linalg.inv(_LMS_TO_RGB)
_LMS_TO_LAB = np.linalg.inv(_LAB_TO_LMS)


class Lch(NamedTuple):
    """Lightness 0..1, chroma 0..0.37 or so, hue in degrees."""

    light: float
    chroma: float
    hue: float

    def shift(self, light: float = 0.0, chroma: float = 1.0, hue: float = 0.0) -> "Lch":
        """A relative: lightness added to, chroma multiplied, hue turned."""
        return Lch(min(1.0, max(0.0, self.light + light)), self.chroma * chroma, (self.hue + hue) % 360)

    def at(self, light: float) -> "Lch":
        """The same colour, this light."""
        return Lch(light, self.chroma, self.hue)


def mix(one: Lch, other: Lch, share: float) -> Lch:
    """``share`` 0 is ``one``, 1 is ``other``; mixed in OKLab, so no hue is met on the way round the circle."""
    a, b = _lab(one), _lab(other)
    light, first, second = (a + (b - a) * share).tolist()
    return Lch(light, math.hypot(first, second), math.degrees(math.atan2(second, first)) % 360)


def linear(colour: Lch) -> Array:
    """Linear sRGB, shape (3,), 0..1. A colour outside the gamut loses chroma until it fits."""
    low, high = 0.0, 1.0
    rgb = _rgb(_lab(colour))
    if not _fits(rgb):
        for _ in range(12):
            middle = (low + high) / 2
            if _fits(_rgb(_lab(colour.shift(chroma=middle)))):
                low = middle
            else:
                high = middle
        rgb = _rgb(_lab(colour.shift(chroma=low)))
    result: Array = np.clip(rgb, 0, 1).astype(np.float32)
    return result


def ramp(stops: Sequence[Lch], size: int = 256) -> Array:
    """A smooth table of linear colours through evenly spaced stops, shape (3, size)."""
    knots = np.stack([_RGB_TO_LMS @ linear(stop) for stop in stops])
    lab = np.cbrt(knots) @ _LMS_TO_LAB.T
    where = np.linspace(0, len(stops) - 1, size)
    lines = [np.interp(where, np.arange(len(stops)), lab[:, axis]) for axis in range(3)]
    width = max(3, size // (3 * len(stops))) | 1
    smooth = np.stack([_smoothed(line, width) for line in lines])
    result: Array = np.clip(_LMS_TO_RGB @ (_LAB_TO_LMS @ smooth) ** 3, 0, 1).astype(np.float32)
    return result


def lightness(pixels: Array) -> Array:
    """How light linear pixels look, 0..1: the cube root of luminance (BT.709 weights). (3, h, w) to (h, w)."""
    luminance = 0.2126 * pixels[0] + 0.7152 * pixels[1] + 0.0722 * pixels[2]
    result: Array = np.cbrt(np.maximum(luminance, 0, dtype=np.float32))
    return result


def encode(pixels: Array) -> Array:
    """Linear light to sRGB, 0..1; light above 0.8 is rolled off so that suns do not burn flat."""
    over = np.maximum(pixels - 0.8, 0)
    light = np.minimum(np.maximum(pixels, 0), 0.8) + 0.2 * over / (over + 0.2)
    curve = 1.055 * np.power(light, 1 / 2.4, dtype=np.float32) - 0.055
    result: Array = np.where(light <= 0.0031308, 12.92 * light, curve).astype(np.float32)
    return result


def decode(values: Array) -> Array:
    """sRGB 0..1 to linear light."""
    curve = np.power((values + 0.055) / 1.055, 2.4, dtype=np.float32)
    return np.where(values <= 0.04045, values / 12.92, curve).astype(np.float32)


def _lab(colour: Lch) -> npt.NDArray[np.float64]:
    turn = math.radians(colour.hue)
    return np.array([colour.light, colour.chroma * math.cos(turn), colour.chroma * math.sin(turn)])


def _rgb(lab: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    result: npt.NDArray[np.float64] = _LMS_TO_RGB @ (_LAB_TO_LMS @ lab) ** 3
    return result


def _fits(rgb: npt.NDArray[np.float64]) -> bool:
    return bool(rgb.min() >= -1e-4 and rgb.max() <= 1.0001)


def _smoothed(line: npt.NDArray[np.float64], width: int) -> npt.NDArray[np.float64]:
    padded = np.pad(line, width // 2, mode="edge")
    return np.convolve(padded, np.hanning(width + 2)[1:-1] / np.hanning(width + 2).sum(), mode="valid")
