"""Rain, snow, fog and what drifts in the air, laid over the finished scene."""

import math

import numpy as np

from musings_sketch.painting.canvas import step
from musings_sketch.painting.colour import Lch, linear
from musings_sketch.painting.shapes import Stencil
from musings_sketch.painting.stage import Stage


def fall(stage: Stage) -> None:
    """Whatever weather the words ask for."""
    weather = set(stage.reading.weather)
    if "fog" in weather:
        _fog(stage)
    if weather & {"rain", "storm"}:
        _rain(stage)
    if "snow" in weather:
        _snow(stage)
    if stage.wants("firefly"):
        _fireflies(stage)
    if stage.reading.season == "autumn" and ("wind" in weather or "leaves" in stage.reading.words):
        _leaves(stage, Lch(0.62, 0.16, 52))
    if stage.reading.thing("cherry"):
        _leaves(stage, Lch(0.88, 0.08, 0))


def _fog(stage: Stage) -> None:
    random = stage.random("fog")
    cloud = stage.noise(random, 0.35, octaves=5, stretch=3)
    band = np.exp(-(((stage.canvas.down - np.float32(stage.horizon)) / np.float32(stage.unit * 0.34)) ** 2))
    stage.canvas.cover(linear(stage.palette.haze), np.clip(band * (0.25 + 0.85 * step(0.3, 0.8, cloud)) * 0.8, 0, 0.85))


def _rain(stage: Stage) -> None:
    random = stage.random("rain")
    lean = float(random.uniform(-0.22, 0.22)) * (2.2 if "storm" in stage.reading.weather else 1)
    tone = linear(Lch(0.88, 0.015, 240))
    for count, long, wide, amount in (
        (800, 0.035, 0.0008, 0.15),
        (340, 0.06, 0.0012, 0.18),
        (80, 0.10, 0.0018, 0.18),
    ):
        drops = Stencil()
        total = int(count * stage.width * stage.height / stage.unit**2)
        for x, y in zip(
            random.uniform(-0.1, 1.1, total) * stage.width,
            random.uniform(-0.1, 1.0, total) * stage.height,
            strict=True,
        ):
            length = stage.unit * long * random.uniform(0.6, 1.2)
            drops.stroke([(x, y), (x + lean * length, y + length)], stage.unit * wide * 0.4, stage.unit * wide)
        stage.canvas.fill(drops, tone, amount)
        stage.check()
    veil = stage.noise(random, 0.5, octaves=3)
    stage.canvas.cover(linear(stage.palette.haze), veil * np.float32(0.18))


def _snow(stage: Stage) -> None:
    random = stage.random("snow")
    tone = linear(Lch(0.98, 0.008, 240))
    for count, size, amount in ((900, 0.0016, 0.55), (320, 0.003, 0.75), (70, 0.0065, 0.7)):
        flakes = Stencil()
        total = int(count * stage.width * stage.height / stage.unit**2)
        for x, y in zip(
            random.uniform(0, 1, total) * stage.width, random.uniform(0, 1, total) * stage.height, strict=True
        ):
            flakes.ellipse(x, y, stage.unit * size * random.uniform(0.6, 1.3))
        mask = stage.canvas.cut(flakes)
        if mask is not None:
            stage.canvas.fill(mask.blurred(stage.unit * size * 0.35), tone, amount)
        stage.check()


def _fireflies(stage: Stage) -> None:
    random = stage.random("fireflies")
    tone = linear(Lch(0.92, 0.18, 112))
    for _ in range(38):
        x, y = random.uniform(0.04, 0.96) * stage.width, random.uniform(0.42, 0.95) * stage.height
        size = stage.unit * random.uniform(0.0016, 0.0035)
        stage.canvas.glow(x, y, size * 14, tone, float(random.uniform(0.4, 1.0)))
        stage.canvas.light(Stencil().ellipse(x, y, size), tone, 0.9)


def _leaves(stage: Stage, tone: Lch) -> None:
    """Leaves or petals on the wind."""
    random = stage.random("leaves")
    for shift in (-0.08, 0.0, 0.07):
        leaves = Stencil()
        for _ in range(26):
            x, y, turn = (
                random.uniform(0, 1) * stage.width,
                random.uniform(0.05, 0.95) * stage.height,
                random.uniform(0, math.pi),
            )
            size = stage.unit * random.uniform(0.003, 0.009)
            leaves.ellipse(x, y, size, size * random.uniform(0.3, 0.7), turn)
        stage.canvas.fill(leaves, linear(stage.palette.local(tone.shift(shift, 1, float(random.normal(0, 12))))), 0.9)
