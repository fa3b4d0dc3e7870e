"""What stands right before our eyes: grass, flowers, ferns, a branch. Dark, large and at the edges."""

import math

import numpy as np

from musings_sketch.painting import noise
from musings_sketch.painting.colour import Array, Lch, linear
from musings_sketch.painting.shapes import Frame, Stencil, smooth
from musings_sketch.painting.stage import Stage


def grass(stage: Stage, random: noise.Random, tall: float = 0.10, flowers: bool = True) -> None:
    """Blades along the lower edge, higher at the sides, some with blossoms."""
    palette = stage.palette
    for row, share in ((0, 0.6), (1, 1.0)):
        blades, heads = Stencil(), Stencil()
        for x in random.uniform(-0.02, 1.02, int(230 * stage.width / stage.unit)):
            edge = 0.35 + 1.3 * abs(x - 0.5) ** 1.4
            height = stage.unit * tall * edge * random.uniform(0.4, 1.15) * (0.75 + 0.35 * row)
            lean = random.normal(0.06, 0.22) * height
            foot = (x * stage.width, stage.height + 4.0)
            tip = (foot[0] + lean, stage.height - height)
            blades.stroke(
                smooth([foot, (foot[0] + lean * 0.25, stage.height - height * 0.55), tip], closed=False, steps=4),
                stage.unit * 0.0042,
                stage.unit * 0.003,
                0.5,
            )
            if flowers and random.random() < 0.06:
                size = stage.unit * random.uniform(0.005, 0.010)
                for at in range(5):
                    turn = at / 5 * math.tau
                    heads.ellipse(
                        tip[0] + math.cos(turn) * size * 0.8,
                        tip[1] + math.sin(turn) * size * 0.8,
                        size * 0.72,
                    )
        hue = {"autumn": 70.0, "winter": 230.0}.get(stage.reading.season or "", palette.hue)
        stage.canvas.fill(
            blades,
            linear(palette.land(0.12 * (1 - row), hue=hue, chroma=0.07).shift(-0.05 - 0.05 * share * row)),
        )
        tone = palette.accents[row % len(palette.accents)]
        stage.canvas.fill(heads, linear(palette.local(tone)))
        stage.check()


def ferns(stage: Stage, random: noise.Random, line: Array, count: int, tall: float) -> None:
    """Fronds that arch out of the ground along a line."""
    tones = [Lch(0.40, 0.10, 135), Lch(0.50, 0.11, 125)]
    if stage.reading.season in ("autumn", "winter"):
        tones = [Lch(0.42, 0.09, 60), Lch(0.5, 0.10, 75)]
    for tone in tones:
        fronds = Stencil()
        for _ in range(int(count * stage.width / stage.unit)):
            stage.check()
            x = int(random.uniform(0, stage.width - 1))
            _fern(
                fronds,
                random,
                x,
                float(line[x]) + stage.unit * random.uniform(0.0, 0.09),
                stage.unit * tall * random.uniform(0.6, 1.4),
            )
        stage.canvas.fill(fronds, linear(stage.palette.local(tone).shift(-0.12)))


def _fern(s: Stencil, random: noise.Random, x: float, y: float, size: float) -> None:
    s.frame = Frame(x, y, size)
    for lean in np.linspace(-1.1, 1.1, 5):
        bend = float(lean + random.normal(0, 0.12))
        spine = [(bend * t * (0.4 + 0.6 * t), t * (1 - 0.38 * abs(bend) * t)) for t in np.linspace(0, 1, 9)]
        s.stroke(spine, 0.03, 0.01)
        for at in range(2, 9):
            u, v = spine[at]
            leaf = 0.16 * (1 - at / 10)
            s.stroke([(u, v), (u + leaf, v + leaf * 0.35)], 0.04, 0.01).stroke(
                [(u, v), (u - leaf, v + leaf * 0.35)], 0.04, 0.01
            )


def branch(stage: Stage, random: noise.Random, blossom: bool) -> None:
    """A bough that reaches in from an upper corner."""
    side = 1 if stage.light[0] > stage.width / 2 else -1
    x = -0.03 * stage.width if side > 0 else 1.03 * stage.width
    y = stage.height * random.uniform(0.05, 0.16)
    wood, bloom = Stencil(), Stencil()
    spine = [(x, y)]
    for _ in range(8):
        spine.append(
            (
                spine[-1][0] + side * stage.unit * random.uniform(0.03, 0.07),
                spine[-1][1] + stage.unit * random.normal(0.012, 0.022),
            )
        )
    wood.stroke(smooth(spine, closed=False), stage.unit * 0.02, stage.unit * 0.004)
    for at in range(1, 9):
        for _ in range(2):
            turn, length = random.uniform(-1.2, 1.3), stage.unit * random.uniform(0.03, 0.09)
            tip = (spine[at][0] + side * math.cos(turn) * length, spine[at][1] + math.sin(turn) * length)
            wood.stroke([spine[at], tip], stage.unit * 0.006, stage.unit * 0.002)
            for _ in range(5):
                size = stage.unit * random.uniform(0.006, 0.013)
                bloom.ellipse(
                    tip[0] + random.normal(0, 0.014) * stage.unit,
                    tip[1] + random.normal(0, 0.014) * stage.unit,
                    size,
                    size * (1 if blossom else 0.5),
                    random.uniform(0, 3),
                )
    stage.canvas.fill(wood, linear(stage.palette.land(0, hue=50, chroma=0.03).shift(-0.08)))
    tone = Lch(0.85, 0.09, 355) if blossom else Lch(0.42, 0.11, 58 if stage.reading.season == "autumn" else 138)
    stage.canvas.fill(bloom, linear(stage.palette.local(tone)))
