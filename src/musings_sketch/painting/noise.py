"""Smooth chance: fractal noise in one and two dimensions, made by enlarging small random grids.

The layering of octaves follows Ken Perlin, "An image synthesizer" (1985); warping one field by another is as
Inigo Quilez describes in "Domain warping" (2002).
"""

from collections.abc import Callable

import numpy as np
from PIL import Image

from musings_sketch.painting.colour import Array

Random = np.random.Generator


def field(
    random: Random,
    width: int,
    height: int,
    cell: float,
    *,
    octaves: int = 5,
    gain: float = 0.5,
    stretch: float = 1.0,
    check: Callable[[], None] = lambda: None,
) -> Array:
    """Fractal noise, shape (height, width), about 0..1 around 0.5.

    ``cell`` is the size of the largest feature in pixels; ``stretch`` makes features that much wider than high.
    """
    total = np.zeros((height, width), np.float32)
    weight, norm = 1.0, 0.0
    for _ in range(octaves):
        check()
        total += (_octave(random, width, height, cell * stretch, cell) - 0.5) * weight
        norm += weight * weight
        weight *= gain
        cell /= 2.03
        if cell < 1.5:
            break
    result: Array = np.clip(total * (0.62 / norm**0.5) + 0.5, 0, 1).astype(np.float32)
    return result


def line(random: Random, length: int, cell: float, *, octaves: int = 6, gain: float = 0.5) -> Array:
    """Fractal noise along a line, shape (length,), about −1..1."""
    total = np.zeros(length)
    weight, norm = 1.0, 0.0
    for _ in range(octaves):
        count = max(2, round(length / cell) + 3)
        knots = random.uniform(-1, 1, count + 2)
        where = np.arange(length) / cell + random.uniform(0, 1)
        at = where.astype(int)
        share = where - at
        share = share * share * (3 - 2 * share)
        knots = np.resize(knots, int(at[-1]) + 3)
        total += (knots[at] * (1 - share) + knots[at + 1] * share) * weight
        norm += weight * weight
        weight *= gain
        cell /= 2.07
        if cell < 2:
            break
    result: Array = (total / norm**0.5).astype(np.float32)
    return result


def ridges(random: Random, length: int, cell: float, *, octaves: int = 7, gain: float = 0.47) -> Array:
    """A mountain skyline, shape (length,), 0..1: peaks are sharp, valleys wide."""
    total = np.zeros(length, np.float32)
    weight, norm = 1.0, 0.0
    for octave in range(octaves):
        wave = line(random, length, cell, octaves=1)
        shaped = 1 - np.abs(wave) ** 0.9 if 0 < octave < 4 else 0.5 + 0.5 * wave
        total += shaped.astype(np.float32) * weight
        norm += weight
        weight *= gain
        cell /= 2.1
        if cell < 2:
            break
    result: Array = np.clip(total / norm, 0, 1).astype(np.float32)
    return result


def scatter(random: Random, count: int, low: float, high: float, gap: float) -> list[float]:
    """``count`` places between ``low`` and ``high`` in random order, at least ``gap`` apart where that fits."""
    places: list[float] = []
    for _ in range(count):
        tries = random.uniform(low, high, 12)
        best = max(tries, key=lambda value: min((abs(value - place) for place in places), default=gap))
        if min((abs(best - place) for place in places), default=gap) >= gap * 0.5:
            places.append(float(best))
    return places


def texture(random: Random, size: int = 512, cell: float = 64, octaves: int = 5) -> Array:
    """A tile of fractal noise that wraps at its edges, shape (size, size), mean 0, deviation 1."""
    frequency = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None, :])
    floor = 1 / cell
    ceiling = floor * 2.0**octaves
    shape = np.where(frequency > 0, 1 / np.maximum(frequency, floor) ** 1.9, 0) * (frequency < ceiling)
    phase = random.uniform(0, 2 * np.pi, frequency.shape)
    tile = np.fft.irfft2(shape * np.exp(1j * phase), s=(size, size))
    result: Array = ((tile - tile.mean()) / tile.std()).astype(np.float32)
    return result


def sample(tile: Array, u: Array, v: Array) -> Array:
    """Read a wrapping tile between its points, so that what is near stays smooth."""
    size = tile.shape[0]
    left, top = np.floor(u), np.floor(v)
    right, down = (u - left).astype(np.float32), (v - top).astype(np.float32)
    i, j = left.astype(np.int32) % size, top.astype(np.int32) % size
    k, m = (i + 1) % size, (j + 1) % size
    upper = tile[j, i] * (1 - right) + tile[j, k] * right
    lower = tile[m, i] * (1 - right) + tile[m, k] * right
    result: Array = upper * (1 - down) + lower * down
    return result


def _octave(random: Random, width: int, height: int, wide: float, high: float) -> Array:
    """One octave: a random grid, enlarged by a cubic and cut at a random offset inside its first cell."""
    columns, rows = int(width / wide) + 4, int(height / high) + 4
    grid = random.random((rows, columns), dtype=np.float32)
    left, top = 1 + float(random.random()), 1 + float(random.random())
    box = (left, top, min(columns, left + width / wide), min(rows, top + height / high))
    picture = Image.fromarray(grid).resize((width, height), Image.Resampling.BICUBIC, box=box)
    return np.asarray(picture, np.float32)
