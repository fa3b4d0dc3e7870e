"""A garden seen from among the flowers: soft light behind, blossoms row before row, the nearest at our nose."""

import numpy as np

from musings_sketch.painting import noise
from musings_sketch.painting.canvas import blur
from musings_sketch.painting.colour import Lch, linear, mix
from musings_sketch.painting.shapes import Frame, Stencil
from musings_sketch.painting.stage import Stage
from musings_sketch.painting.things.figure import Figure
from musings_sketch.painting.things.plants import PLANTS

BLOOMS = ("flower", "poppy", "tulip", "rose", "sunflower", "lavender")


def paint(stage: Stage) -> None:
    random = stage.random("garden")
    _backdrop(stage, random)
    kinds = [name for name in BLOOMS if stage.wants(name)]
    if not kinds:
        kinds = [str(name) for name in random.choice(BLOOMS, 3, replace=False)]
    rows = 7
    for row in range(rows):
        near = row / (rows - 1)
        _row(stage, random, near, kinds)
        if row in (1, 3):
            _soften(stage, 0.009 - 0.0025 * row)
        if row == 4:
            stage.ground = np.full(stage.width, stage.height * 0.86, np.float32)
            stage.size, stage.depth = stage.unit * 0.30, 0.0
        stage.check()


def _backdrop(stage: Stage, random: noise.Random) -> None:
    palette, canvas = stage.palette, stage.canvas
    line = stage.height * random.uniform(0.38, 0.5)
    green = palette.local(Lch(0.52, 0.11, palette.hue if 70 < palette.hue < 190 else 140))
    fall = np.clip((canvas.down - line) / np.float32(stage.height - line), 0, 1)
    meadow = (
        linear(mix(green, palette.haze, 0.45))[:, None, None] * (1 - fall)
        + linear(green.shift(-0.18))[:, None, None] * fall
    )
    edge = noise.line(random, stage.width, stage.unit * 0.25, octaves=4)[None, :] * np.float32(stage.unit * 0.03)
    canvas.cover(meadow.astype(np.float32), np.clip((canvas.down - line + edge) / np.float32(stage.unit * 0.03), 0, 1))
    for _ in range(46):
        x, y = random.uniform(0, stage.width), line + random.normal(0, 0.08) * stage.unit
        tone = mix(green.shift(random.uniform(-0.12, 0.18)), palette.haze, random.uniform(0.1, 0.5))
        canvas.fill(Stencil().ellipse(x, y, stage.unit * random.uniform(0.02, 0.08)), linear(tone), 0.35)
    _soften(stage, 0.02)
    for _ in range(34):
        x, y = random.uniform(0, stage.width), random.uniform(0.1, 0.8) * stage.height
        size = stage.unit * random.uniform(0.008, 0.035)
        accent = palette.accents[int(random.integers(len(palette.accents)))]
        glow = linear(mix(palette.light, accent, random.uniform(0, 0.6)))
        canvas.light(Stencil().ellipse(x, y, size), glow, float(random.uniform(0.03, 0.13)))


def _row(stage: Stage, random: noise.Random, near: float, kinds: list[str]) -> None:
    size = stage.unit * (0.075 + 0.50 * near**1.7)
    foot = stage.height * (0.60 + 0.56 * near**1.25)
    count = max(3, int(stage.width / size * (2.1 - 1.1 * near)))
    depth = 0.5 * (1 - near) ** 1.4
    for x in noise.scatter(random, count, -0.03 * stage.width, 1.03 * stage.width, stage.width / count * 0.7):
        if near > 0.6 and abs(x / stage.width - 0.5) < 0.16 and random.random() < 0.6:
            continue
        figure = PLANTS[str(random.choice(kinds))]
        frame = Frame(
            x,
            foot + random.normal(0, 0.03) * size,
            size * random.uniform(0.75, 1.2),
            bool(random.random() < 0.5),
            float(random.normal(0, 0.12)),
        )
        _bloom(stage, random, figure, frame, depth)
    _grass(stage, random, near, size, foot, depth)


def _bloom(stage: Stage, random: noise.Random, figure: Figure, frame: Frame, depth: float) -> None:
    turn = float(random.normal(0, 14))
    colours = stage.palette.tinted
    thing = next((thing for thing in stage.reading.things if thing.name in BLOOMS and thing.colour), None)
    for part in figure.parts:
        own = part.colour.shift(float(random.normal(0, 0.035)), 1, turn if part.own else 0)
        if part.own and thing is None and colours and random.random() < 0.7:
            own = colours[int(random.integers(len(colours)))].shift(float(random.normal(0, 0.04)), 1, turn * 0.5)
        tone = stage.palette.named(thing.colour if thing and part.own else None, own, depth)
        mask = stage.canvas.cut(part.draw(Stencil(frame)))
        if mask is None:
            continue
        rows, columns = mask.values.shape
        shade = (
            np.linspace(1.15, 0.72, rows, dtype=np.float32)[:, None]
            * np.linspace(0.92, 1.08, columns, dtype=np.float32)[None, :]
        )
        stage.canvas.fill(mask, tone[:, None, None] * shade)
        if frame.size > stage.unit * 0.12:
            stage.canvas.light(mask.edge(1, max(1, round(frame.size * 0.008))), stage.light_colour, 0.16)


def _grass(stage: Stage, random: noise.Random, near: float, size: float, foot: float, depth: float) -> None:
    blades = Stencil()
    for x in random.uniform(0, stage.width, int(90 * stage.width / stage.unit * (1.2 - 0.6 * near))):
        tall, lean = size * random.uniform(0.35, 0.75), random.normal(0, 0.14)
        blades.stroke(
            [
                (x, foot + 6),
                (x + lean * tall * 0.4, foot - tall * 0.55),
                (x + lean * tall * 1.1, foot - tall),
            ],
            size * 0.02,
            size * 0.016,
            0.5,
        )
    green = Lch(0.42, 0.10, (stage.palette.hue if 70 < stage.palette.hue < 190 else 140) + float(random.normal(0, 8)))
    stage.canvas.fill(blades, linear(stage.palette.local(green.shift(-0.10 * near), depth)), 0.9)


def _soften(stage: Stage, share: float) -> None:
    for plane in stage.canvas.pixels:
        plane[:] = blur(plane, stage.unit * share)
        stage.check()
