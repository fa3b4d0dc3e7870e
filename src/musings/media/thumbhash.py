"""ThumbHash: a picture as a couple of dozen bytes, to be shown while the real one loads.

The format is Evan Wallace's (https://evanw.github.io/thumbhash/): averages and a few cosine terms of luminance,
two colour differences and, where there is any, transparency. The package of that name on PyPI fails on every
picture with transparency.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

LONGEST_SIDE = 100

Plane = npt.NDArray[np.float64]


def encode(rgba: npt.NDArray[np.uint8]) -> bytes:
    """The hash of a picture of shape (height, width, 4), at most 100 pixels on a side. Raises ``ValueError`` beyond."""
    height, width = rgba.shape[:2]
    if max(height, width) > LONGEST_SIDE:
        raise ValueError(f"A picture of {width}×{height} is too large to hash: {LONGEST_SIDE} pixels a side at most.")
    luminance, yellow, red, alpha = _channels(rgba)
    see_through = bool(alpha.min() < 1)
    limit, longest = (5 if see_through else 7), max(width, height)
    wide, high = max(1, _round(limit * width / longest)), max(1, _round(limit * height / longest))
    light = _terms(luminance, max(3, wide), max(3, high))
    first, second = _terms(yellow, 3, 3), _terms(red, 3, 3)
    clear = _terms(alpha, 5, 5) if see_through else None
    parts = [light, first, second, *([clear] if clear else [])]
    head = _header(light, first, second, see_through, wide, high, landscape=width > height)
    if clear:
        head.append(_round(15 * clear[0]) | _round(15 * clear[2]) << 4)
    return bytes(head) + _nibbles([_round(15 * term) for _, terms, _ in parts for term in terms])


def _channels(rgba: npt.NDArray[np.uint8]) -> tuple[Plane, Plane, Plane, Plane]:
    """Luminance, yellow against blue, red against green, and alpha; what is clear takes the average colour."""
    values = rgba.astype(np.float64) / 255
    alpha = values[..., 3]
    total = alpha.sum()
    average = (values[..., :3] * alpha[..., None]).sum(axis=(0, 1)) / (total or 1)
    colour = average * (1 - alpha[..., None]) + values[..., :3] * alpha[..., None]
    r, g, b = colour[..., 0], colour[..., 1], colour[..., 2]
    return (r + g + b) / 3, (r + g) / 2 - b, r - g, alpha


def _terms(plane: Plane, wide: int, high: int) -> tuple[float, list[float], float]:
    """The mean, the cosine terms of a triangle of frequencies scaled to 0..1, and their scale."""
    height, width = plane.shape
    across = np.cos(np.pi / width * np.outer(np.arange(wide), np.arange(width) + 0.5))
    down = np.cos(np.pi / height * np.outer(np.arange(high), np.arange(height) + 0.5))
    weights = down @ plane @ across.T / plane.size
    terms = [
        float(weights[y, x]) for y in range(high) for x in range(wide) if x * high < wide * (high - y) and x + y > 0
    ]
    scale = max((abs(term) for term in terms), default=0.0)
    if scale:
        terms = [0.5 + 0.5 / scale * term for term in terms]
    return float(weights[0, 0]), terms, scale


def _header(
    light: tuple[float, list[float], float],
    first: tuple[float, list[float], float],
    second: tuple[float, list[float], float],
    see_through: bool,
    wide: int,
    high: int,
    *,
    landscape: bool,
) -> list[int]:
    low = _round(63 * light[0]) | _round(31.5 + 31.5 * first[0]) << 6 | _round(31.5 + 31.5 * second[0]) << 12
    low |= _round(31 * light[2]) << 18 | see_through << 23
    rest = (high if landscape else wide) | _round(63 * first[2]) << 3 | _round(63 * second[2]) << 9 | landscape << 15
    return [low & 255, low >> 8 & 255, low >> 16, rest & 255, rest >> 8]


def _nibbles(values: Sequence[int]) -> bytes:
    even = [*values, 0] if len(values) % 2 else list(values)
    return bytes(low | high << 4 for low, high in zip(even[::2], even[1::2], strict=True))


def _round(value: float) -> int:
    """Half goes up, as in the format's own JavaScript."""
    return int(np.floor(value + 0.5))
