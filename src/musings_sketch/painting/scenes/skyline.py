"""Rows of buildings on a line, with their windows."""

import numpy as np

from musings_sketch.painting import noise
from musings_sketch.painting.colour import Lch, linear, mix
from musings_sketch.painting.shapes import Stencil
from musings_sketch.painting.stage import Stage


def lit_share(stage: Stage) -> float:
    """How many windows are lit at this hour, 0..1."""
    return {"night": 0.5, "dusk": 0.42, "storm": 0.35, "sunset": 0.2, "dawn": 0.15, "grey": 0.15}.get(
        stage.palette.hour, 0.0
    )


def skyline(stage: Stage, random: noise.Random, line: float, far: float, tall: float, lit: float) -> None:
    """One row of buildings whose feet stand on ``line``."""
    walls, roofs = Stencil(), Stencil()
    windows = (Stencil(), Stencil(), Stencil())
    x = -stage.unit * 0.05
    while x < stage.width:
        wide = stage.unit * random.uniform(0.035, 0.085) * (1.25 - 0.5 * far)
        middle = 1 - abs(x / stage.width - 0.5) * 1.1
        height = stage.unit * tall * (0.35 + 0.75 * random.beta(1.6, 2.4) * 1.25) * (0.55 + 0.6 * middle)
        _building(stage, random, walls, roofs, x, line, wide, height)
        _windows(stage, random, windows, x, line, wide, height, far, lit)
        x += wide * random.uniform(0.95, 1.25)
    palette = stage.palette
    wall = mix(palette.land(far * 0.95, hue=palette.sky[0].hue, chroma=0.03), palette.sky[-1], 0.15 * far)
    mask = stage.canvas.cut(walls)
    if mask is None:
        return
    rows = mask.values.shape[0]
    fall = np.linspace(0, 1, rows, dtype=np.float32)[None, :, None]
    crown, foot = linear(wall), linear(mix(wall, palette.haze, 0.25 + 0.35 * far))
    stage.canvas.fill(mask, crown[:, None, None] + (foot - crown)[:, None, None] * fall**1.5)
    side = 1 if stage.light[0] < stage.width / 2 else -1
    stage.canvas.light(
        mask.edge(side * max(1, round(stage.unit * 0.004)), 0),
        stage.light_colour,
        0.16 * (1 - palette.gloom * 0.6),
    )
    stage.canvas.fill(roofs, linear(wall.shift(-0.03)))
    _shine(stage, windows, far, lit)


def _building(
    stage: Stage,
    random: noise.Random,
    walls: Stencil,
    roofs: Stencil,
    x: float,
    line: float,
    wide: float,
    height: float,
) -> None:
    top = line - height
    walls.bar(x, top, x + wide, line + 3)
    style = random.random()
    if style < 0.25 and height > stage.unit * 0.16:
        step = wide * 0.18
        for at in range(1, 4):
            walls.bar(x + step * at * 0.8, top - height * 0.05 * at, x + wide - step * at * 0.8, top)
        roofs.bar(x + wide * 0.49, top - height * 0.34, x + wide * 0.51, top)
    elif style < 0.40:
        walls.polygon([(x, top), (x + wide * 0.5, top - wide * random.uniform(0.4, 0.9)), (x + wide, top)])
    elif style < 0.55:
        walls.polygon([(x, top), (x, top - wide * 0.35), (x + wide, top)])
    elif style < 0.75:
        walls.bar(x + wide * 0.2, top - wide * 0.12, x + wide * 0.45, top)
        roofs.bar(x + wide * 0.7, top - wide * 0.5, x + wide * 0.72, top)


def _windows(
    stage: Stage,
    random: noise.Random,
    windows: tuple[Stencil, ...],
    x: float,
    line: float,
    wide: float,
    height: float,
    far: float,
    lit: float,
) -> None:
    pane = stage.unit * (0.0042 + 0.0035 * (1 - far))
    columns, rows = max(2, int(wide / (pane * 2.1))), int((height - pane * 2) / (pane * 2.3))
    if rows < 1:
        return
    share = (lit or 0.3) * random.uniform(0.5, 1.4)
    gap = wide / columns
    slim = random.uniform(0.45, 0.75)
    floors = random.random(rows) < 0.25
    for row in range(rows):
        for column in range(columns):
            if random.random() < share + 0.25 * floors[row]:
                left, top = x + gap * (column + 0.5 - slim / 2), line - height + pane * (1.5 + 2.3 * row)
                tone = int(random.choice(3, p=[0.6, 0.28, 0.12]))
                windows[tone].bar(left, top, left + gap * slim, top + pane * 1.35)


def _shine(stage: Stage, windows: tuple[Stencil, ...], far: float, lit: float) -> None:
    accents = stage.palette.accents
    tones = (Lch(0.88, 0.12, 82), Lch(0.93, 0.04, 95), accents[0].at(0.78))
    for tone, stencil in zip(tones, windows, strict=True):
        mask = stage.canvas.cut(stencil)
        if mask is None:
            continue
        if lit:
            stage.canvas.fill(mask, linear(mix(tone, stage.palette.haze, far * 0.45)) * np.float32(1.15), 0.9)
            stage.canvas.light(mask.blurred(stage.unit * 0.006), linear(tone), 0.28)
        else:
            stage.canvas.fill(mask, linear(mix(stage.palette.sky[1], stage.palette.haze, far)), 0.55)
