"""ThumbHash: a picture as a couple of dozen bytes, to be shown while the real one loads.

The format is Evan Wallace's (https://evanw.github.io/thumbhash/): averages and a few cosine terms of luminance,
two colour differences and, where there is any, transparency. The package of that name on PyPI fails on every
picture with transparency.

Terms often lie exactly between two steps, where the last bit of a sum decides. So every sum is taken in the order of
the format's own JavaScript, never by BLAS, and the cosines are those of no C library: all machines agree on each byte.
"""

from collections.abc import Sequence
from decimal import Context, Decimal
from functools import cache

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
    alpha = rgba[..., 3].astype(np.float64) / 255
    values = (alpha / 255)[..., None] * rgba[..., :3]
    total = _sum(alpha)
    average = np.array([_sum(values[..., channel]) for channel in range(3)]) / (total or 1)
    colour = average * (1 - alpha[..., None]) + values
    r, g, b = colour[..., 0], colour[..., 1], colour[..., 2]
    return (r + g + b) / 3, (r + g) / 2 - b, r - g, alpha


def _terms(plane: Plane, wide: int, high: int) -> tuple[float, list[float], float]:
    """The mean, the cosine terms of a triangle of frequencies scaled to 0..1, and their scale."""
    height, width = plane.shape
    across = [plane * _cosines(width, x) for x in range(wide)]
    weights = {
        (x, y): _sum(across[x] * _cosines(height, y)[:, None]) / plane.size
        for y in range(high)
        for x in range(wide)
        if x * high < wide * (high - y)
    }
    terms = [weight for place, weight in weights.items() if place != (0, 0)]
    scale = max((abs(term) for term in terms), default=0.0)
    if scale:
        terms = [0.5 + 0.5 / scale * term for term in terms]
    return weights[0, 0], terms, scale


def _sum(plane: Plane) -> float:
    """The sum, row by row and from left to right; ``numpy.sum`` and products of matrices add in orders of their own."""
    return float(np.add.accumulate(plane.ravel())[-1])


@cache
def _cosines(size: int, frequency: int) -> Plane:
    """The cosine wave of a frequency over so many pixels, each value the double that is nearest to the true one."""
    return np.array([_cosine(np.pi / size * frequency * (place + 0.5)) for place in range(size)])


def _cosine(angle: float) -> float:
    """By its series, with digits to spare: C libraries differ in the last bit."""
    precise = Context(prec=60)
    square = precise.power(Decimal(angle), 2)
    total = term = Decimal(1)
    count = 0
    while abs(term) > Decimal("1e-40"):
        count += 2
        term = precise.divide(precise.multiply(term, -square), Decimal(count * (count - 1)))
        total = precise.add(total, term)
    return float(total)


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
