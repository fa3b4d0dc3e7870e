"""A city: rows of buildings with lit windows in the haze, a river that mirrors them, a quay before it."""

import numpy as np

from musings_sketch.painting import noise, water
from musings_sketch.painting.colour import Array, Lch, linear, mix
from musings_sketch.painting.scenes.backdrop import distance
from musings_sketch.painting.scenes.skyline import lit_share, skyline
from musings_sketch.painting.shapes import Mask, Stencil
from musings_sketch.painting.stage import Stage


def paint(stage: Stage) -> None:
    random = stage.random("city")
    stage.wants("skyline")
    distance(stage)
    line = stage.horizon + stage.unit * 0.02
    lit = lit_share(stage)
    if lit > 0.3:
        warm = linear(mix(Lch(0.75, 0.10, 65), stage.palette.sky[-1], 0.4))
        stage.canvas.glow(stage.width / 2, line, stage.unit * 0.62, warm, 0.30, flat=2.0)
    for far, tall in ((0.75, 0.40), (0.45, 0.30), (0.16, 0.20)):
        skyline(stage, random, line, far, tall, lit)
        stage.check()
    water.mirror(stage, line, stage.height, 0.30 if "rain" not in stage.reading.weather else 0.45)
    _quay(stage, random)


def _quay(stage: Stage, random: noise.Random) -> None:
    """A paved bank with a rail and lamps at our feet."""
    top = stage.height * 0.885
    stone = linear(stage.palette.land(0.02, hue=stage.palette.sky[0].hue, chroma=0.02).shift(-0.05))
    rows = stage.height - int(top)
    grain = noise.field(random, stage.width, rows, stage.unit * 0.03, octaves=4, stretch=3)
    fall = np.linspace(1.25, 0.6, rows, dtype=np.float32)[:, None]
    stage.canvas.fill(
        Mask(np.ones((rows, stage.width), np.float32), 0, int(top)),
        stone[:, None, None] * (0.7 + 0.6 * grain) * fall,
    )
    rail = Stencil()
    for y in (0.842, 0.864):
        rail.bar(0, stage.height * y, stage.width, stage.height * y + stage.unit * 0.0035)
    for x in np.arange(0.02, stage.width / stage.unit, 0.055):
        rail.bar(x * stage.unit, stage.height * 0.838, x * stage.unit + stage.unit * 0.004, top + 2)
    stage.canvas.fill(rail, stone * 0.55)
    ground: Array = np.full(stage.width, top + stage.unit * 0.03, np.float32)
    stage.ground, stage.size, stage.depth = ground, stage.unit * 0.20, 0.0
