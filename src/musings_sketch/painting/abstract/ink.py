"""Ink on paper: one breath of the brush, a drawn ring, drops, and a red seal."""

import math

import numpy as np

from musings_sketch.painting import noise
from musings_sketch.painting.canvas import step
from musings_sketch.painting.colour import Array, Lch, linear
from musings_sketch.painting.shapes import Stencil
from musings_sketch.painting.stage import Stage


def paint(stage: Stage) -> None:
    random = stage.random("ink")
    paper(stage, random)
    ink = linear(stage.palette.tinted[0].shift(-0.12)) if stage.palette.tinted else linear(Lch(0.20, 0.015, 265))
    x, y = stage.width * random.uniform(0.44, 0.56), stage.height * random.uniform(0.42, 0.52)
    if not stage.stands:
        for share in ((1.0,), (1.0, 0.55))[int(random.random() < 0.3)]:
            ring(stage, random, x, y, stage.unit * 0.30 * share, ink)
    for _ in range(int(random.integers(1, 4))):
        _stroke(stage, random, ink)
    if stage.wants("sun", "moon"):
        tone = Lch(0.56, 0.19, 30) if "sun" in stage.shown else Lch(0.62, 0.02, 250)
        stage.canvas.fill(Stencil().ellipse(*stage.light, stage.unit * 0.085), linear(tone), 0.85)
    _drops(stage, random, x, y, ink)
    _seal(stage, random)
    stage.ground = np.full(stage.width, y + stage.unit * 0.30, np.float32)
    stage.size, stage.depth = stage.unit * 0.36, 0.0


def paper(stage: Stage, random: noise.Random) -> None:
    """Handmade paper: warm white with fibres."""
    cloud = stage.noise(random, 0.4, octaves=5)
    tooth = stage.noise(random, 0.006, octaves=2, gain=0.7)
    stage.canvas.cover(linear(Lch(0.945, 0.018, 85))[:, None, None] * (0.92 + 0.10 * cloud + 0.05 * tooth))
    fibres = Stencil()
    for _ in range(int(90 * stage.width * stage.height / stage.unit**2)):
        x, y, turn = random.uniform(0, stage.width), random.uniform(0, stage.height), random.uniform(0, 6.3)
        length, bend = stage.unit * random.uniform(0.01, 0.04), random.normal(0, 0.5)
        fibres.curve(
            [
                (x, y),
                (x + math.cos(turn) * length / 2, y + math.sin(turn) * length / 2),
                (x + math.cos(turn + bend) * length, y + math.sin(turn + bend) * length),
            ],
            stage.unit * 0.0009,
        )
    stage.canvas.fill(fibres, linear(Lch(0.72, 0.04, 75)), 0.5)


def ring(stage: Stage, random: noise.Random, x: float, y: float, radius: float, ink: Array) -> None:
    """A ring drawn in one stroke: wet where it begins, dry and streaked where it ends."""
    across, down = stage.canvas.across - np.float32(x), stage.canvas.down - np.float32(y)
    start = random.uniform(0.3, 1.2)
    turn = ((np.arctan2(down, across) - np.float32(start)) / np.float32(2 * math.pi)) % 1.0
    wander = noise.line(random, 1024, 300, octaves=3) * 0.03
    at = np.clip(turn * 1023, 0, 1023).astype(np.int32)
    pull = (
        np.hypot(across * np.float32(1.03), down) / np.float32(radius) - 1 - wander[at] - 0.05 * (turn - 0.5)
    ).astype(np.float32)
    wide = 0.15 * (0.55 + 0.6 * np.sin(np.pi * np.clip(turn * 0.9 + 0.15, 0, 1))) * (1 - 0.5 * turn**3)
    u = pull / wide
    bristle = noise.line(random, 512, 9, octaves=4, gain=0.8)
    hair = bristle[np.clip((u * 0.5 + 0.5) * 511, 0, 511).astype(np.int32)]
    patch = stage.noise(random, 0.10, octaves=5, gain=0.6)
    dry = hair * 0.6 + (patch - 0.5) * 2.2 - (turn * 2.3 - 0.95)
    body = step(1.0, 0.86, np.abs(u) + (patch - 0.5) * 0.22) * step(-0.35, 0.30, dry) * step(1.0, 0.965, turn)
    stage.canvas.cover(ink, body * (0.97 - 0.18 * patch))


def _stroke(stage: Stage, random: noise.Random, ink: Array) -> None:
    """A pale wash that crosses the picture."""
    y = stage.height * random.uniform(0.62, 0.84)
    x, length = stage.width * random.uniform(0.05, 0.4), stage.unit * random.uniform(0.35, 0.7)
    wave = noise.line(random, 40, 18, octaves=3)
    spine = [(x + length * t / 39, y + float(wave[t]) * stage.unit * 0.012) for t in range(40)]
    mask = stage.canvas.cut(
        Stencil().stroke(spine, stage.unit * 0.01, stage.unit * random.uniform(0.03, 0.06), stage.unit * 0.02, 1)
    )
    if mask is None:
        return
    rows, columns = mask.values.shape
    wash = noise.field(random, columns, rows, stage.unit * 0.06, octaves=5, gain=0.65, stretch=4)
    stage.canvas.fill(
        mask,
        ink,
        0.20 + 0.5 * step(0.35, 0.75, wash) * np.linspace(1, 0.3, columns, dtype=np.float32)[None, :],
    )


def _drops(stage: Stage, random: noise.Random, x: float, y: float, ink: Array) -> None:
    spray = Stencil()
    turn = random.uniform(0, 6.3)
    for _ in range(60):
        away, angle = stage.unit * (0.30 + abs(random.normal(0, 0.10))), turn + random.normal(0, 0.5)
        size = stage.unit * min(0.014, 0.0012 * (1 + random.pareto(1.6)))
        spray.ellipse(
            x + math.cos(angle) * away, y + math.sin(angle) * away, size, size * random.uniform(0.7, 1), angle
        )
    stage.canvas.fill(spray, ink, 0.85)


def _seal(stage: Stage, random: noise.Random) -> None:
    side = stage.unit * 0.052
    x, y = stage.width * 0.88 - side, stage.height * 0.88 - side
    seal = Stencil().bar(x, y, x + side, y + side)
    for column in range(2):
        for row in range(3):
            left, top = x + side * (0.14 + 0.40 * column), y + side * (0.12 + 0.28 * row)
            if random.random() < 0.85:
                seal.hole(
                    [
                        (left, top),
                        (left + side * 0.32, top),
                        (left + side * 0.32, top + side * 0.07),
                        (left, top + side * 0.07),
                    ]
                )
            if random.random() < 0.7:
                seal.hole(
                    [
                        (left + side * 0.13, top),
                        (left + side * 0.19, top),
                        (left + side * 0.19, top + side * 0.22),
                        (left + side * 0.13, top + side * 0.22),
                    ]
                )
    mask = stage.canvas.cut(seal)
    if mask is not None:
        worn = noise.field(random, mask.values.shape[1], mask.values.shape[0], side * 0.12, octaves=3, gain=0.8)
        stage.canvas.fill(mask, linear(Lch(0.50, 0.19, 28)), 0.92 * step(0.18, 0.42, worn))
