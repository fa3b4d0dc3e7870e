"""Marbled paper: inks that float in rings and are combed and blown into each other.

The rings are folded by warping one noise with another (Quilez, "Domain warping", 2002).
"""

import numpy as np

from musings_sketch.painting import noise
from musings_sketch.painting.canvas import pick, step
from musings_sketch.painting.colour import Lch, linear, ramp
from musings_sketch.painting.stage import Stage


def paint(stage: Stage) -> None:
    random, palette = stage.random("marble"), stage.palette
    cloud = noise.texture(random, 1024, cell=340, octaves=3)
    scale = np.float32(random.uniform(170, 300) / stage.unit)
    u, v = stage.canvas.across * scale, stage.canvas.down * scale
    one, other = noise.sample(cloud, u, v), noise.sample(cloud, u + 437, v + 219)
    stage.check()
    fold = np.float32(random.uniform(30, 62))
    two = noise.sample(cloud, u + one * fold, v + other * fold + 120)
    stage.check()
    three = noise.sample(cloud, u + other * fold + 300, v + two * fold)
    stage.check()
    height = two * 0.8 + three * 0.5 + one * 0.25
    bands = height * np.float32(random.uniform(2.2, 3.6))
    stops = [
        palette.sky[0],
        palette.sky[1],
        palette.accents[0],
        Lch(0.94, 0.03, palette.light.hue),
        palette.sky[2],
        palette.accents[-1],
        palette.dark,
        palette.sky[0],
    ]
    table = ramp(stops, 512)
    phase = (bands * 0.16 + 0.5) % 1.0
    stage.canvas.cover(pick(table, phase))
    vein = np.abs((bands + three * 0.3) % 1.0 - 0.5)
    stage.canvas.cover(linear(Lch(0.95, 0.02, palette.light.hue)), step(0.055, 0.02, vein) * np.float32(0.75))
    gold = step(0.03, 0.012, np.abs((bands * 0.5 + 0.3) % 1.0 - 0.5))
    fleck = step(0.2, 0.9, noise.sample(noise.texture(random, 512, 20, 5), u * 3, v * 3))
    stage.canvas.cover(linear(Lch(0.80, 0.12, 85)), gold * (0.55 + 0.45 * fleck))
    dx, dy = np.gradient(height, axis=1), np.gradient(height, axis=0)
    stage.canvas.pixels *= (1 + np.clip((dx + dy) * np.float32(stage.unit * 0.020), -0.22, 0.22))[None]
