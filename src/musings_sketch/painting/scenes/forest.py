"""Inside a wood: trunk behind trunk in lit mist, with leaves above and ferns below."""

import math

import numpy as np

from musings_sketch.painting import noise
from musings_sketch.painting.canvas import step
from musings_sketch.painting.colour import Array, Lch, linear, mix
from musings_sketch.painting.scenes.foreground import ferns
from musings_sketch.painting.scenes.sea import shore
from musings_sketch.painting.shapes import Frame, Point, Stencil
from musings_sketch.painting.sky import paint_lamp
from musings_sketch.painting.stage import Stage
from musings_sketch.painting.things.plants import grow, pine


def paint(stage: Stage) -> None:
    random = stage.random("forest")
    _clearing(stage, random)
    if stage.reading.thing("moon") or stage.reading.thing("sun"):
        paint_lamp(stage)
    kind = _kind(stage, random)
    stage.wants("tree")
    layers = 6
    for at in range(layers):
        near = at / (layers - 1)
        _trunks(stage, random, near, kind)
        _veil(stage, random, near)
        stage.check()
        if at == 3:
            _shafts(stage, random)
        if at == 4:
            _floor(stage, random)
    _canopy(stage, random, kind)


def _kind(stage: Stage, random: noise.Random) -> str:
    words = set(stage.reading.words)
    if stage.wants("pine") or stage.reading.season == "winter":
        return "pine"
    if "birch" in words or "birches" in words:
        return "birch"
    return str(random.choice(["oak", "oak", "birch", "pine"]))


def _clearing(stage: Stage, random: noise.Random) -> None:
    """The bright air at the end of the wood."""
    x = stage.light[0]
    hue = _leaf_hue(stage)
    bright = linear(mix(stage.palette.sky[-1], Lch(stage.palette.sky[-1].light, 0.07, hue), 0.35))
    dim = linear(mix(stage.palette.land(0.3, hue=hue, chroma=0.06), stage.palette.sky[1], 0.3))
    away = np.hypot(
        (stage.canvas.across - np.float32(x)) * np.float32(0.9),
        (stage.canvas.down - np.float32(stage.height * 0.5)) * np.float32(0.55),
    )
    share = np.exp(-((away / np.float32(stage.unit * 0.42)) ** 1.3))
    cloud = stage.noise(random, 0.15, octaves=5)
    under = dim[:, None, None] + (bright - dim)[:, None, None] * np.clip(share + (cloud - 0.5) * 0.35, 0, 1)
    stage.canvas.cover(under, 0.86 if {"moon", "sun"} & set(stage.shown) else 1.0)


def _trunks(stage: Stage, random: noise.Random, near: float, kind: str) -> None:
    """One row of trunks, ``near`` 0 far to 1 before our eyes."""
    count = int((26, 20, 15, 10, 6, 3)[round(near * 5)] * max(1.0, stage.width / stage.unit))
    wide = stage.unit * (0.006 + 0.052 * near**1.9)
    foot = stage.height * (0.66 + 0.42 * near**1.5)
    wood, marks = Stencil(), Stencil()
    lamp = bool({"moon", "sun"} & set(stage.shown))
    for x in noise.scatter(random, count, -0.03 * stage.width, 1.03 * stage.width, stage.width / count):
        if near > 0.7 and abs(x / stage.width - 0.5) <= 0.20:
            continue
        if lamp and abs(x - stage.light[0]) < stage.unit * 0.08:
            continue
        width, base = wide * random.uniform(0.7, 1.35), foot + random.uniform(-0.015, 0.03) * stage.unit
        if kind == "pine" and near < 0.75:
            wood.frame = Frame(x, base, stage.unit * (0.34 + 0.62 * near) * random.uniform(0.8, 1.3))
            pine(wood)
            continue
        spine = _trunk(stage, random, wood, x, base, width)
        if kind == "birch":
            _scars(random, marks, spine, width, int(9 + 8 * near))
        else:
            _boughs(random, wood, spine, width, stage.unit * 0.35 * (0.4 + near))
    _bark(stage, random, wood, near, kind, wide)
    if kind == "birch":
        depth = (1 - near) ** 1.25 * 0.88
        stage.canvas.fill(marks, linear(stage.palette.local(Lch(0.22, 0.01, 60), depth)), 0.8)


def _trunk(stage: Stage, random: noise.Random, wood: Stencil, x: float, base: float, width: float) -> list[Point]:
    """A bare trunk that leaves the picture above; returns its middle line from the top down."""
    lean, bow = random.normal(0, 0.02) * stage.unit, random.normal(0, 0.012) * stage.unit
    spine = [(x + lean * (1 - t) + bow * math.sin(t * 3.1), base * t - 10 * (1 - t)) for t in np.linspace(0, 1, 9)]
    wood.frame = Stencil().frame
    wood.stroke(spine, width * 0.62, width * 0.8, width * 0.92, width * 1.0, width * 1.45)
    return spine


def _scars(random: noise.Random, marks: Stencil, spine: list[Point], width: float, count: int) -> None:
    for _ in range(count):
        t, side = random.uniform(0.05, 0.97), random.choice([-1, 1])
        x, y = spine[int(t * 8)][0], spine[-1][1] * t
        inner = x + side * width * random.uniform(-0.15, 0.2)
        marks.stroke([(x + side * width * 0.42, y), (inner, y + width * 0.04)], width * 0.10, width * 0.03)


def _boughs(random: noise.Random, wood: Stencil, spine: list[Point], width: float, reach: float) -> None:
    for _ in range(3):
        t = random.uniform(0.15, 0.6)
        wood.frame = Frame(spine[int(t * 8)][0], spine[-1][1] * t, reach)
        angle = math.pi / 2 + random.choice([-1, 1]) * random.uniform(0.7, 1.2)
        grow(wood, random, (0, 0), angle, 0.3, width / reach * 0.4, 2)


_BARK = {"birch": Lch(0.80, 0.012, 90), "oak": Lch(0.27, 0.035, 50), "pine": Lch(0.30, 0.05, 158)}


def _bark(stage: Stage, random: noise.Random, wood: Stencil, near: float, kind: str, wide: float) -> None:
    mask = stage.canvas.cut(wood)
    if mask is None:
        return
    tone = linear(stage.palette.local(_BARK[kind], (1 - near) ** 1.25 * 0.88).shift(-0.05 * near))
    rows, columns = mask.values.shape
    grain = noise.field(random, columns, rows, stage.unit * 0.03, octaves=4, gain=0.65, stretch=0.3)
    stage.canvas.fill(mask, tone[:, None, None] * (0.75 + 0.5 * grain))
    side = 1 if stage.light[0] > stage.width / 2 else -1
    rim = mask.edge(-side * max(1, round(wide * 0.22)), 0)
    stage.canvas.light(rim, stage.light_colour, 0.20 * (0.3 + near) * (1 - 0.8 * stage.palette.gloom))


def _veil(stage: Stage, random: noise.Random, near: float) -> None:
    """Mist before each row of trunks, thickest low down and in the light."""
    if near >= 0.99:
        return
    x = stage.light[0]
    fog = 1.6 if "fog" in stage.reading.weather else 1.0
    cloud = stage.noise(random, 0.22, octaves=4, stretch=2.2)
    low = np.exp(
        -(((stage.canvas.down - np.float32(stage.height * (0.64 + 0.2 * near))) / np.float32(stage.unit * 0.22)) ** 2)
    )
    side = np.exp(-(((stage.canvas.across - np.float32(x)) / np.float32(stage.unit * 0.5)) ** 2))
    amount = (0.10 + 0.42 * low * cloud + 0.16 * side) * np.float32(0.55 * fog * (1 - near) + 0.03)
    stage.canvas.cover(
        linear(mix(stage.palette.haze, Lch(stage.palette.haze.light, 0.05, _leaf_hue(stage)), 0.25)),
        np.clip(amount, 0, 0.8).astype(np.float32),
    )


def _shafts(stage: Stage, random: noise.Random) -> None:
    x, y = stage.light[0], -stage.unit * 0.25
    angle = np.arctan2(stage.canvas.across - np.float32(x), stage.canvas.down - np.float32(y))
    beams = noise.line(random, 512, 26, octaves=3)
    index = np.clip((angle + 1.6) / 3.2 * 511, 0, 511).astype(np.int32)
    away = np.hypot(stage.canvas.across - np.float32(x), stage.canvas.down - np.float32(y)) / np.float32(
        stage.height * 1.15
    )
    shine = step(0.0, 0.9, beams[index]) * np.exp(-1.6 * away) * step(1.15, 0.7, away)
    stage.canvas.light_field(shine * np.float32(0.16 if stage.palette.night else 0.42), stage.light_colour)


def _floor(stage: Stage, random: noise.Random) -> None:
    line = stage.height * 0.84 + stage.unit * 0.035 * noise.line(random, stage.width, stage.unit * 0.4, octaves=5)
    ground: Array = line.astype(np.float32)
    shore(stage, random, ground)
    ferns(stage, random, ground, 26, 0.07)
    stage.ground = ground + np.float32(stage.unit * 0.02)
    stage.size, stage.depth = stage.unit * 0.17, 0.02


def _canopy(stage: Stage, random: noise.Random, kind: str) -> None:
    """Leaves that hang into the picture from above, in three tones."""
    if kind == "pine" or stage.reading.season == "winter":
        return
    hue = _leaf_hue(stage)
    for tone, (light, count, reach) in enumerate(((-0.02, 420, 0.27), (0.10, 300, 0.22), (0.24, 170, 0.17))):
        leaves = Stencil()
        for _ in range(int(count * max(1.0, stage.width / stage.unit))):
            x = random.uniform(-0.02, 1.02)
            hang = reach * (0.35 + 0.9 * abs(x - 0.5) * 2) * random.beta(1.0, 2.2)
            size = stage.unit * random.uniform(0.008, 0.022)
            leaves.ellipse(x * stage.width, hang * stage.height, size, size * 0.55, random.uniform(0, math.pi))
        colour = Lch(0.34 + light, 0.10 + 0.02 * tone, hue + float(random.uniform(-12, 12)))
        stage.canvas.fill(leaves, linear(stage.palette.local(colour, 0.06 * tone)), 0.93)


def _leaf_hue(stage: Stage) -> float:
    if stage.palette.tinted:
        return stage.palette.tinted[0].hue
    return {"autumn": 58.0, "spring": 128.0, "winter": 235.0}.get(stage.reading.season or "", 140.0)
