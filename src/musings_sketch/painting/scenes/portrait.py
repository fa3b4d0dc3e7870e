"""A head in profile that is filled with a landscape, before a pale sun: a double exposure."""

import numpy as np

from musings_sketch.painting import noise
from musings_sketch.painting.colour import Array, Lch, linear, mix
from musings_sketch.painting.shapes import Frame, Mask, Stencil, smooth
from musings_sketch.painting.stage import Stage

FACE = (
    (0.045, 0.0),
    (0.075, 0.10),
    (0.10, 0.18),
    (0.15, 0.215),
    (0.225, 0.225),
    (0.262, 0.25),
    (0.268, 0.285),
    (0.256, 0.312),
    (0.276, 0.328),
    (0.281, 0.347),
    (0.268, 0.362),
    (0.284, 0.378),
    (0.286, 0.396),
    (0.268, 0.42),
    (0.285, 0.432),
    (0.335, 0.45),
    (0.345, 0.468),
    (0.318, 0.515),
    (0.288, 0.57),
    (0.276, 0.60),
    (0.288, 0.635),
    (0.286, 0.70),
    (0.262, 0.77),
    (0.21, 0.845),
)
"""From the throat up over chin, mouth, nose and brow to the hairline, looking right."""

HAIR = (
    (0.13, 0.90),
    (0.02, 0.925),
    (-0.10, 0.90),
    (-0.205, 0.82),
    (-0.25, 0.70),
    (-0.245, 0.57),
    (-0.20, 0.45),
    (-0.155, 0.36),
    (-0.135, 0.25),
    (-0.145, 0.14),
    (-0.19, 0.06),
    (-0.30, 0.0),
)


def paint(stage: Stage) -> None:
    """Turn what is painted so far into the inside of a head."""
    random = stage.random("portrait")
    inside = stage.canvas.pixels.copy()
    _paper(stage, random)
    x, size = stage.width * random.uniform(0.46, 0.52), min(stage.height * 0.86, stage.width * 1.05)
    flip = stage.light[0] > stage.width / 2
    frame = Frame(x, stage.height * 1.0, size, flip)
    disc = (x + (-1 if flip else 1) * size * 0.06, stage.height * 0.42, size * 0.36)
    tone = mix(stage.palette.accents[0], stage.palette.light, 0.35)
    stage.canvas.fill(Stencil().ellipse(*disc), linear(tone.shift(0.02)), 0.9)
    head = Stencil(frame).polygon([*smooth(FACE + HAIR, closed=False)])
    head.polygon(
        smooth(
            [
                (-0.56, -0.03),
                (-0.48, 0.06),
                (-0.30, 0.105),
                (-0.14, 0.15),
                (-0.13, 0.2),
                (0.08, 0.2),
                (0.10, 0.13),
                (0.24, 0.085),
                (0.36, 0.04),
                (0.42, -0.03),
            ],
            closed=False,
        )
    )
    mask = stage.canvas.cut(head)
    if mask is None:
        return
    _fill(stage, mask, inside)


def _fill(stage: Stage, mask: Mask, inside: Array) -> None:
    rows = mask.values.shape[0]
    picture = inside[:, *mask.box]
    fall = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
    dark = linear(stage.palette.dark)[:, None, None]
    shown = picture + (dark - picture) * (0.10 + 0.35 * fall**3)
    stage.canvas.fill(mask, shown.astype(np.float32), 0.97)
    side = -1 if stage.light[0] < stage.width / 2 else 1
    stage.canvas.light(
        mask.edge(side * max(1, round(stage.unit * 0.005)), max(1, round(stage.unit * 0.002))),
        stage.light_colour,
        0.28,
    )


def _paper(stage: Stage, random: noise.Random) -> None:
    palette = stage.palette
    paper = mix(Lch(0.93, 0.02, palette.light.hue), palette.sky[-1].at(0.92), 0.4)
    cloud = stage.noise(random, 0.4, octaves=5)
    stage.canvas.pixels[:] = linear(paper)[:, None, None] * (0.88 + 0.2 * cloud)
