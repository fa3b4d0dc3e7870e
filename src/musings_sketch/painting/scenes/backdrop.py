"""What stands far away behind any scene when it was named: a range, a volcano, a skyline."""

import numpy as np

from musings_sketch.painting import noise
from musings_sketch.painting.colour import Lch, linear
from musings_sketch.painting.scenes.skyline import lit_share, skyline
from musings_sketch.painting.shapes import Mask, Stencil
from musings_sketch.painting.stage import Stage


def distance(stage: Stage) -> None:
    """Named far things, standing on the horizon."""
    if stage.wants("mountain"):
        far_range(stage, 0.78, 0.24)
        far_range(stage, 0.58, 0.15)
    if stage.wants("volcano"):
        _volcano(stage)
    if "skyline" not in stage.shown and stage.wants("skyline"):
        skyline(stage, stage.random("far skyline"), stage.horizon + 2, 0.6, 0.16, lit_share(stage))


def far_range(stage: Stage, far: float, rise: float) -> None:
    """One ridge whose foot is the horizon; ``far`` 0..1 is its haze, ``rise`` its height in units."""
    random = stage.random("far range", str(far))
    crest = noise.ridges(random, stage.width, stage.unit * 0.5)
    crest = (crest - crest.min()) / max(float(np.ptp(crest)), 1e-6)
    line = stage.horizon - stage.unit * rise * crest**1.3 - 2
    top, bottom = max(0, int(line.min())), int(stage.horizon) + 2
    down = stage.canvas.down[top:bottom]
    cover = np.clip(down - line[None, :] + 0.5, 0, 1)
    below = np.clip((down - line[None, :]) / np.float32(stage.unit * rise), 0, 1)
    crown, foot = (
        linear(stage.palette.land(far, chroma=0.05)),
        linear(stage.palette.land(min(1, far + 0.25), chroma=0.04)),
    )
    stage.canvas.fill(
        Mask(cover.astype(np.float32), 0, top), crown[:, None, None] + (foot - crown)[:, None, None] * below
    )
    if far > 0.7:
        snow = np.clip(1 - below * 4.5 + noise.line(random, stage.width, stage.unit * 0.03)[None, :] * 0.3, 0, 1)
        high = np.clip((stage.horizon - line - stage.unit * rise * 0.45) / (stage.unit * rise * 0.3), 0, 1)[None, :]
        stage.canvas.fill(
            Mask((cover * snow * high).astype(np.float32), 0, top),
            linear(stage.palette.local(Lch(0.96, 0.01, 90), far * 0.5)),
            0.85,
        )


def _volcano(stage: Stage) -> None:
    random, unit = stage.random("volcano"), stage.unit
    x, tall, wide = stage.width * random.uniform(0.35, 0.65), unit * 0.3, unit * 0.46
    side = [(t / 20, (1 - t / 20) ** 1.7) for t in range(21)]
    outline = [(x - unit * 0.045 - wide * u, stage.horizon - tall * v) for u, v in reversed(side)]
    outline += [(x + unit * 0.045 + wide * u, stage.horizon - tall * v) for u, v in side]
    glow = linear(Lch(0.70, 0.20, 42))
    stage.canvas.glow(x, stage.horizon - tall * 1.05, unit * 0.3, glow, 0.8)
    for at in range(14):
        size = unit * (0.035 + 0.012 * at)
        puff = Stencil().ellipse(
            x + unit * (0.018 * at + random.normal(0, 0.02)), stage.horizon - tall - unit * 0.034 * at, size
        )
        mask = stage.canvas.cut(puff)
        if mask is not None:
            stage.canvas.fill(mask.blurred(size * 0.35), linear(Lch(0.34 + 0.022 * at, 0.03, 40 + 10 * at)), 0.5)
    stage.canvas.fill(Stencil().polygon(outline), linear(stage.palette.land(0.4, chroma=0.03).shift(-0.05)))
    for drift in (-0.5, 0.1, 0.6):
        stream = [(x + drift * unit * 0.05, stage.horizon - tall)]
        for _ in range(6):
            stream.append(
                (
                    stream[-1][0] + drift * unit * 0.03 + random.normal(0, 0.008) * unit,
                    stream[-1][1] + tall * 0.12,
                )
            )
        stage.canvas.fill(Stencil().stroke(stream, unit * 0.014, unit * 0.004), glow * 1.3)
