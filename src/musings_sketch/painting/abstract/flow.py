"""A field of ribbons that follow the same invisible wind, around a still disc."""

import math

import numpy as np

from musings_sketch.painting import noise
from musings_sketch.painting.colour import Array, linear, mix, ramp
from musings_sketch.painting.shapes import Stencil
from musings_sketch.painting.stage import Stage


def paint(stage: Stage) -> None:
    random, palette = stage.random("flow"), stage.palette
    dark = palette.night or random.random() < 0.5
    ground = palette.dark.shift(0.02) if dark else mix(palette.sky[-1].at(0.95), palette.light, 0.3).shift(0, 0.4)
    cloud = stage.noise(random, 0.5, octaves=4)
    stage.canvas.cover(linear(ground)[:, None, None] * (0.86 + 0.28 * cloud))
    tones = ramp([palette.sky[0], palette.accents[0], palette.sky[2], palette.accents[-1], palette.light], 64)
    angle, where = _wind(stage, random)
    disc = (
        stage.width * random.uniform(0.36, 0.64),
        stage.height * random.uniform(0.34, 0.62),
        stage.unit * random.uniform(0.16, 0.26),
    )
    if random.random() < 0.6:
        stage.canvas.glow(disc[0], disc[1], disc[2] * 2.2, linear(palette.light), 0.25)
        stage.canvas.fill(Stencil().ellipse(disc[0], disc[1], disc[2]), linear(palette.accents[0].shift(0.04)), 0.95)
    for layer in range(12):
        _ribbons(stage, random, angle, where, tones, layer / 11, disc)
        stage.check()


def _wind(stage: Stage, random: noise.Random) -> tuple[Array, Array]:
    """Directions over a coarse grid, and the noise they come from; one cell is 4 pixels."""
    wide, high = stage.width // 4 + 2, stage.height // 4 + 2
    first = noise.field(random, wide, high, stage.unit * random.uniform(0.22, 0.4) / 4, octaves=3, gain=0.4)
    y, x = np.mgrid[0:high, 0:wide].astype(np.float32)
    turn = random.uniform(0, math.tau)
    swirl = np.arctan2(y - high * random.uniform(0.2, 0.8), x - wide * random.uniform(0.2, 0.8))
    lean = random.uniform(0.0, 0.8)
    return (
        (first - 0.5) * np.float32(random.uniform(7, 12))
        + np.float32(turn)
        + swirl.astype(np.float32) * np.float32(lean)
    ), first


def _ribbons(
    stage: Stage,
    random: noise.Random,
    angle: Array,
    where: Array,
    tones: Array,
    share: float,
    disc: tuple[float, float, float],
) -> None:
    count, steps = int(150 * stage.width * stage.height / stage.unit**2), 34
    x, y = random.uniform(-0.05, 1.05, count) * stage.width, random.uniform(-0.05, 1.05, count) * stage.height
    away = np.hypot(x - disc[0], y - disc[1])
    keep = away > disc[2] * (1.02 if share < 0.8 else 0.9)
    x, y = x[keep], y[keep]
    path = np.empty((steps, len(x), 2))
    for at in range(steps):
        path[at, :, 0], path[at, :, 1] = x, y
        column = np.clip(x / 4, 0, angle.shape[1] - 1).astype(int)
        row = np.clip(y / 4, 0, angle.shape[0] - 1).astype(int)
        x = x + np.cos(angle[row, column]) * stage.unit * 0.0065
        y = y + np.sin(angle[row, column]) * stage.unit * 0.0065
    column, row = (
        np.clip(path[0, :, 0] / 4, 0, where.shape[1] - 1).astype(int),
        np.clip(path[0, :, 1] / 4, 0, where.shape[0] - 1).astype(int),
    )
    place = np.clip(where[row, column] * 1.5 - 0.25 + random.normal(0, 0.10, path.shape[1]), 0, 1)
    width = stage.unit * (0.0075 - 0.0050 * share) * random.uniform(0.5, 1.6, path.shape[1])
    groups = np.round(place * 7).astype(int)
    for group in range(8):
        ribbons = Stencil()
        for each in np.flatnonzero(groups == group):
            ribbons.stroke(
                [(float(u), float(v)) for u, v in path[:, each]],
                width[each] * 0.3,
                width[each],
                width[each] * 0.8,
                0.3,
            )
        tone = tones[:, min(63, int(group / 7 * 63))]
        stage.canvas.fill(ribbons, tone * np.float32(0.8 + 0.35 * share), 0.88)
