"""A lake or river under mountains or woods that it mirrors."""

import numpy as np

from musings_sketch.painting import noise, water
from musings_sketch.painting.canvas import step
from musings_sketch.painting.colour import Lch, linear
from musings_sketch.painting.scenes.mountains import ridge
from musings_sketch.painting.scenes.sea import shore
from musings_sketch.painting.shapes import Frame, Mask, Stencil
from musings_sketch.painting.stage import Stage
from musings_sketch.painting.things.plants import pine, reeds


def paint(stage: Stage) -> None:
    random = stage.random("lake")
    line = stage.horizon + stage.unit * 0.03
    for far in (0.95, 0.7, 0.45):
        ridge(stage, random, far, line + stage.unit * 0.01, 0.30 if far > 0.6 else 0.16)
        stage.check()
    _treeline(stage, random, line)
    if stage.wants("waterfall"):
        _waterfall(stage, random, line)
    water.mirror(stage, line, stage.height, float(random.uniform(0.05, 0.22)))
    _mist(stage, random, line)
    at = np.arange(stage.width, dtype=np.float32) / stage.width
    side = at if stage.light[0] > stage.width / 2 else 1 - at
    bank = (
        stage.height * 0.93
        - stage.unit * 0.10 * np.clip(1 - side * 1.9, -0.7, 1)
        + stage.unit * 0.02 * noise.line(random, stage.width, stage.unit * 0.3)
    )
    ground = bank.astype(np.float32)
    shore(stage, random, ground)
    stage.ground, stage.size, stage.depth = ground, stage.unit * 0.13, 0.0
    growth = Stencil()
    for x in (0.06, 0.12, 0.9, 0.97):
        column = min(stage.width - 1, int(x * stage.width))
        growth.frame = Frame(x * stage.width, float(ground[column]) + 3, stage.unit * random.uniform(0.10, 0.17))
        reeds(growth)
    stage.canvas.fill(growth, linear(stage.palette.land(0, chroma=0.04).shift(-0.10)))


def _treeline(stage: Stage, random: noise.Random, line: float) -> None:
    for depth, tall, gap in ((0.42, 0.05, 0.012), (0.24, 0.085, 0.02)):
        wood = Stencil()
        here = noise.line(random, 64, 14, octaves=3)
        for x in np.arange(-0.02, stage.width / stage.unit + 0.02, gap):
            thick = float(here[int(x * 20) % 64])
            if thick > (-0.35 if depth > 0.3 else 0.0):
                wood.frame = Frame(
                    (x + random.normal(0, gap * 0.4)) * stage.unit,
                    line + 2,
                    stage.unit * tall * (0.6 + 0.55 * thick + random.uniform(0, 0.4)),
                )
                pine(wood)
        wood.frame = Frame(0, 0, -1, flip=True)
        wood.polygon(
            [
                (0, line - stage.unit * 0.008),
                (stage.width, line - stage.unit * 0.006),
                (stage.width, line + 3),
                (0, line + 3),
            ]
        )
        hue = 58.0 if stage.reading.season == "autumn" else stage.palette.hue
        stage.canvas.fill(wood, linear(stage.palette.land(depth, hue=hue, chroma=0.07)))
        stage.check()


def _mist(stage: Stage, random: noise.Random, line: float) -> None:
    cloud = stage.noise(random, 0.12, octaves=4, stretch=5)
    thick = 0.75 if "fog" in stage.reading.weather else 0.35
    band = np.exp(-(((stage.canvas.down - np.float32(line)) / np.float32(stage.unit * 0.035)) ** 2))
    stage.canvas.cover(linear(stage.palette.haze), band * step(0.35, 0.8, cloud) * np.float32(thick))


def _waterfall(stage: Stage, random: noise.Random, line: float) -> None:
    """A cliff on one side with white water down its face."""
    x, wide, top = (
        stage.width * random.choice([0.3, 0.66]),
        stage.unit * 0.10,
        line - stage.unit * random.uniform(0.30, 0.36),
    )
    rock = Stencil()
    edge = [
        (x - wide * 3.4, line + 2),
        (x - wide * 2.7, top + stage.unit * 0.10),
        (x - wide * 1.6, top - stage.unit * 0.02),
        (x - wide * 0.5, top),
        (x + wide * 0.5, top + stage.unit * 0.004),
        (x + wide * 1.7, top - stage.unit * 0.035),
        (x + wide * 2.6, top + stage.unit * 0.12),
        (x + wide * 3.6, line + 2),
    ]
    mask = stage.canvas.cut(rock.polygon(edge))
    if mask is not None:
        rows, columns = mask.values.shape
        facets = noise.field(random, columns, rows, stage.unit * 0.05, octaves=5, gain=0.65, stretch=0.5)
        stage.canvas.fill(mask, linear(stage.palette.land(0.2, chroma=0.03))[:, None, None] * (0.6 + 0.8 * facets))
    fall = stage.canvas.cut(
        Stencil().polygon(
            [
                (x - wide * 0.42, top),
                (x + wide * 0.42, top),
                (x + wide * 0.6, line + 2),
                (x - wide * 0.6, line + 2),
            ]
        )
    )
    if fall is not None:
        rows, columns = fall.values.shape
        strands = noise.field(random, columns, rows, stage.unit * 0.20, octaves=6, gain=0.8, stretch=0.06)
        white = linear(stage.palette.local(Lch(0.97, 0.01, 230)))
        stage.canvas.fill(
            Mask(fall.values * (0.35 + 0.9 * np.clip(strands, 0, 1)).clip(0, 1), fall.left, fall.top), white
        )
        stage.canvas.glow(x, line, wide * 1.6, white, 0.5, flat=1.8)
