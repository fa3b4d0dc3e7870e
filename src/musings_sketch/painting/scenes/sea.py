"""The sea: calm with a lamp's path on it, or running; a coast, a cliff, islands when they are named."""

import numpy as np

from musings_sketch.painting import noise, water
from musings_sketch.painting.colour import Array, linear
from musings_sketch.painting.scenes.backdrop import distance
from musings_sketch.painting.shapes import Mask, Stencil, smooth
from musings_sketch.painting.stage import Stage


def paint(stage: Stage) -> None:
    random = stage.random("sea")
    distance(stage)
    if random.random() < 0.35 or stage.wants("island"):
        _islands(stage, random)
    wild = {"storm", "wind"} & set(stage.reading.weather) or {"fierce", "dark"} & set(stage.reading.moods)
    waves = {"wave", "waves", "surf", "tide"} & set(stage.reading.words)
    if wild or waves or (stage.reading.mood != "calm" and random.random() < 0.45):
        water.running_sea(stage, float(random.uniform(0.7, 1.0) if wild else random.uniform(0.25, 0.55)))
    else:
        water.mirror(stage, stage.horizon, stage.height, float(random.uniform(0.35, 0.7)))
    named = {"cliff", "coast", "shore", "beach"} & set(stage.reading.words)
    if named or stage.stands or random.random() < 0.4:
        _headland(stage, random)


def _islands(stage: Stage, random: noise.Random) -> None:
    for _ in range(int(random.integers(1, 4))):
        x, wide = random.uniform(0, 1) * stage.width, stage.unit * random.uniform(0.08, 0.3)
        tall = wide * random.uniform(0.18, 0.4)
        crest = noise.line(random, 24, 6, octaves=4)
        line = [
            (
                x + (t / 23 * 2 - 1) * wide,
                stage.horizon - tall * (1 - (t / 23 * 2 - 1) ** 2) * (0.75 + 0.3 * float(crest[t])),
            )
            for t in range(24)
        ]
        stage.canvas.fill(
            Stencil().polygon([*line, (x + wide, stage.horizon + 2), (x - wide, stage.horizon + 2)]),
            linear(stage.palette.land(random.uniform(0.45, 0.75))),
        )


def _headland(stage: Stage, random: noise.Random) -> None:
    """A dark shore in a lower corner, on which things stand."""
    side = -1 if stage.light[0] > stage.width / 2 else 1
    named = {"cliff", "coast", "shore", "beach"} & set(stage.reading.words)
    reach = random.uniform(0.55, 0.75) if named or stage.crowded else random.uniform(0.34, 0.5)
    rise = stage.unit * (random.uniform(0.26, 0.34) if "cliff" in named else random.uniform(0.12, 0.2))
    at = np.arange(stage.width, dtype=np.float32) / stage.width
    at = at if side < 0 else 1 - at
    fall = 1 - at / np.float32(reach)
    rough = noise.line(random, stage.width, stage.unit * 0.2, octaves=7, gain=0.55)
    base = min(stage.height * 0.97, max(stage.horizon + stage.unit * 0.26, stage.height * 0.88))
    profile = np.where(fall > 0, np.clip(fall, 0, 1) ** 0.75, fall * 2.4) + 0.07 * rough * np.clip(fall * 4, 0.1, 1)
    line = (base - rise * (profile - 0.12)).astype(np.float32)
    shore(stage, random, line)
    stage.ground = line
    stage.stretch = (0.03, reach * 0.7) if side < 0 else (1 - reach * 0.7, 0.97)
    stage.offing = (reach * 0.75, 0.96) if side < 0 else (0.04, 1 - reach * 0.75)
    stage.size, stage.depth = stage.unit * 0.12, 0.0


def shore(stage: Stage, random: noise.Random, line: Array) -> None:
    """Ground below a line of heights: dark, rough, lit along its crest, with grass on it."""
    top = max(0, int(line.min()))
    if top >= stage.height:
        return
    down = stage.canvas.down[top:]
    grain = noise.field(random, stage.width, stage.height - top, stage.unit * 0.05, octaves=5, gain=0.6, stretch=1.8)
    below = np.clip((down - line[None, :]) / np.float32(stage.unit * 0.22), 0, 1)
    crown, foot = (
        linear(stage.palette.land(0.02, chroma=0.07)),
        linear(stage.palette.land(0, chroma=0.03).shift(-0.13)),
    )
    colours = crown[:, None, None] + (foot - crown)[:, None, None] * np.clip(below * 1.3, 0, 1) ** 0.6
    colours = colours * (0.72 + 0.56 * grain)
    stage.canvas.fill(Mask(np.clip(down - line[None, :] + 0.5, 0, 1), 0, top), colours)
    tufts = Stencil()
    for x in random.uniform(0, stage.width, int(stage.width / stage.unit * 260)):
        y = float(line[min(stage.width - 1, int(x))])
        if y < stage.height:
            tall = stage.unit * random.uniform(0.006, 0.022)
            lean = random.normal(0, 0.4) * tall
            stage.check()
            tufts.stroke(
                smooth(
                    [(x, y + 2), (x + lean * 0.3, y - tall * 0.6), (x + lean, y - tall)],
                    closed=False,
                    steps=3,
                ),
                stage.unit * 0.0028,
                0.4,
            )
    stage.canvas.fill(tufts, crown * 0.85)
