"""Stained glass: cells of coloured light between lines of lead, around a rose of rays."""

import numpy as np

from musings_sketch.painting import noise
from musings_sketch.painting.canvas import step
from musings_sketch.painting.colour import Array, Lch, linear, ramp
from musings_sketch.painting.stage import Stage


def paint(stage: Stage) -> None:
    random, palette = stage.random("glass"), stage.palette
    x, y = stage.width * random.uniform(0.4, 0.6), stage.height * random.uniform(0.38, 0.6)
    cell, edge, cx, cy = cells(stage, random, stage.unit * random.uniform(0.030, 0.044))
    away = np.hypot(cx - np.float32(x), cy - np.float32(y)) / np.float32(stage.unit)
    turn = np.arctan2(cy - np.float32(y), cx - np.float32(x))
    fold = int(random.choice([6, 8, 10, 12]))
    petals = np.cos(turn * fold + away * random.uniform(-5, 5))
    place = 0.5 + 0.5 * np.sin(away * random.uniform(9, 15) + petals * random.uniform(0.9, 1.7) + random.uniform(0, 6))
    stops = [
        palette.sky[0],
        palette.accents[0],
        palette.sky[2],
        palette.light,
        palette.accents[-1],
        palette.sky[1],
    ]
    table = ramp([Lch(0.42 + 0.40 * stop.light, min(0.2, stop.chroma * 1.5 + 0.03), stop.hue) for stop in stops])
    jitter = (cell % 97) / np.float32(97)
    index = np.clip((place + (jitter - 0.5) * 0.10) * 255, 0, 255).astype(np.int32)
    colours = np.stack([np.take(line, index) for line in table])
    stage.check()
    ripple = stage.noise(random, 0.03, octaves=4, gain=0.6)
    glow = np.exp(
        -1.5 * np.hypot(stage.canvas.across - np.float32(x), stage.canvas.down - np.float32(y)) / np.float32(stage.unit)
    )
    colours *= ((0.58 + 0.16 * jitter + 0.25 * ripple) * (0.65 + 0.9 * glow))[None]
    lead = step(stage.unit * 0.0030, stage.unit * 0.0016, edge)
    stage.canvas.cover(colours.astype(np.float32))
    stage.canvas.cover(linear(Lch(0.13, 0.01, 270)), lead)
    rim = step(stage.unit * 0.0055, stage.unit * 0.0032, edge) * (1 - lead)
    stage.canvas.light_field(rim * np.float32(0.10), linear(palette.light))


def cells(stage: Stage, random: noise.Random, size: float) -> tuple[Array, Array, Array, Array]:
    """Voronoi cells of about ``size`` pixels: a number per cell, the distance to the border, and the cell's seed."""
    columns, rows = int(stage.width / size) + 4, int(stage.height / size) + 4
    px = ((np.arange(columns)[None, :] - 1 + random.uniform(0.05, 0.95, (rows, columns))) * size).astype(np.float32)
    py = ((np.arange(rows)[:, None] - 1 + random.uniform(0.05, 0.95, (rows, columns))) * size).astype(np.float32)
    names = random.integers(1, 1 << 20, (rows, columns)).astype(np.float32)
    i = (stage.canvas.across / np.float32(size)).astype(np.int32) + 1 + np.zeros((stage.height, 1), np.int32)
    j = (stage.canvas.down / np.float32(size)).astype(np.int32) + 1 + np.zeros((1, stage.width), np.int32)
    best = np.full((stage.height, stage.width), 1e9, np.float32)
    second = best.copy()
    name, cx, cy = np.zeros_like(best), np.zeros_like(best), np.zeros_like(best)
    for down in (-1, 0, 1):
        for across in (-1, 0, 1):
            stage.check()
            u, v = px[j + down, i + across], py[j + down, i + across]
            away = np.hypot(stage.canvas.across - u, stage.canvas.down - v)
            nearer = away < best
            second = np.where(nearer, best, np.minimum(second, away))
            best = np.where(nearer, away, best)
            stage.check()
            name = np.where(nearer, names[j + down, i + across], name)
            cx, cy = np.where(nearer, u, cx), np.where(nearer, v, cy)
    return name, (second - best) / 2, cx, cy
