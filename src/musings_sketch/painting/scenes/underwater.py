"""Below the surface: light from above, a sandy bed with weed and coral, and whoever swims there."""

import math

import numpy as np

from musings_sketch.painting import noise, terrain
from musings_sketch.painting.canvas import step
from musings_sketch.painting.colour import Array, Lch, linear, mix, ramp
from musings_sketch.painting.shapes import Frame, Stencil, smooth
from musings_sketch.painting.stage import Stage
from musings_sketch.painting.things.plants import grow
from musings_sketch.painting.things.wings_and_fins import fish


def paint(stage: Stage) -> None:
    random = stage.random("underwater")
    hue = (
        mix(Lch(0.5, 0.12, float(random.uniform(195, 250))), stage.palette.tinted[0], 0.35).hue
        if stage.palette.tinted
        else float(random.uniform(195, 250))
    )
    night = 0.62 if stage.palette.night else 1.0
    table = ramp(
        [
            Lch(0.88 * night, 0.08, hue - 25),
            Lch(0.66 * night, 0.11, hue - 10),
            Lch(0.42 * night, 0.10, hue),
            Lch(0.22 * night, 0.08, hue + 15),
            Lch(0.14, 0.06, hue + 20),
        ]
    )
    drift = stage.noise(random, 0.5, octaves=3)
    fall = stage.canvas.down / np.float32(stage.height) + (drift - 0.5) * 0.10
    stage.canvas.cover(np.stack([np.take(line, np.clip(fall * 255, 0, 255).astype(np.int32)) for line in table]))
    _rays(stage, random, night)
    haze = Lch(0.40 * night, 0.10, hue)
    _school(stage, random, haze)
    _bed(stage, random, hue, night)
    for near in (0.25, 0.6, 1.0):
        _growth(stage, random, near, haze)
    _snow(stage, random)
    stage.horizon = stage.height * 0.75
    stage.submerged, stage.offing = True, (0.18, 0.82)
    stage.water = (stage.height * 0.15, stage.height * 0.72)


def _rays(stage: Stage, random: noise.Random, night: float) -> None:
    x, y = stage.light[0], -stage.unit * 0.35
    angle = np.arctan2(stage.canvas.across - np.float32(x), stage.canvas.down - np.float32(y))
    beams = noise.line(random, 512, 22, octaves=4, gain=0.6)
    index = np.clip((angle + 1.6) / 3.2 * 511, 0, 511).astype(np.int32)
    away = (stage.canvas.down - np.float32(y)) / np.float32(stage.height * 1.2)
    stage.canvas.light_field(
        step(-0.1, 1.0, beams[index]) * np.exp(-2.4 * away) * np.float32(0.75 * night),
        linear(Lch(0.92, 0.06, 190)),
    )
    tile = noise.texture(random, 512, 60, 3)
    far = 1 / (stage.canvas.down / np.float32(stage.height) + 0.05)
    net = 1 - np.abs(
        noise.sample(tile, (stage.canvas.across - stage.width / 2) * far * np.float32(80 / stage.unit), far * 110)
    )
    stage.canvas.light_field(
        np.clip(net, 0, 1) ** 5
        * step(0.20, 0.0, stage.canvas.down / np.float32(stage.height))
        * np.float32(0.5 * night),
        linear(Lch(0.95, 0.05, 180)),
    )


def _school(stage: Stage, random: noise.Random, haze: Lch) -> None:
    """Many small fish far off, all going one way."""
    for depth in (0.75, 0.5):
        shoal = Stencil()
        x, y, flip = (
            random.uniform(0.2, 0.8) * stage.width,
            random.uniform(0.2, 0.55) * stage.height,
            bool(random.random() < 0.5),
        )
        for _ in range(34):
            shoal.frame = Frame(
                x + random.normal(0, 0.14) * stage.unit,
                y + random.normal(0, 0.05) * stage.unit,
                stage.unit * random.uniform(0.009, 0.017),
                flip,
                float(random.normal(0, 0.15)),
            )
            fish(shoal)
        stage.canvas.fill(shoal, linear(haze.shift(0.16 - 0.28 * depth)), 0.8)


def _bed(stage: Stage, random: noise.Random, hue: float, night: float) -> None:
    view = terrain.View(stage.width, stage.height, stage.height * 0.60, stage.unit, near=1.0, far=14, slices=320)
    tile, fine = noise.texture(random, 512, 90, 3), noise.texture(random, 512, 30, 5)

    def heights(x: Array, z: Array) -> Array:
        result: Array = (
            noise.sample(tile, x * 22, z * 22) * np.float32(0.12)
            - np.float32(0.05)
            + noise.sample(fine, x * 60, z * 60) * np.float32(0.006)
        )
        return result

    land = terrain.survey(view, heights)
    z = np.broadcast_to(land.z[:, None], land.x.shape)
    bend = noise.sample(tile, land.x * 30, z * 30)
    ripple = np.sin(z * 26 + bend * 4) * 0.06 * step(6, 2, z)
    net = np.clip(1 - np.abs(noise.sample(tile, land.x * 60 + bend * 6, z * 60)), 0, 1) ** 4 * 0.55
    lit = 0.5 + 0.6 * land.lit((0.3, 0.8, 0.2)) + ripple + net * night
    sand = linear(Lch(0.66 * night, 0.06, 105))
    haze = linear(Lch(0.42 * night, 0.10, hue))[:, None, None]
    colours = sand[:, None, None] * lit[None]
    colours = colours + (haze - colours) * (1 - np.exp(-3.2 * land.away))[None]
    terrain.lay(stage.canvas, land, colours.astype(np.float32))
    stage.ground, stage.size, stage.depth = land.ground(1.9), stage.unit * 0.2, 0.15


def _growth(stage: Stage, random: noise.Random, near: float, haze: Lch) -> None:
    """Weed and coral at one distance, dim far off and dark at the edges of the picture."""
    foot = stage.height * (0.74 + 0.30 * near)
    hues = [Lch(0.62, 0.18, 20), Lch(0.70, 0.16, 55), Lch(0.60, 0.17, 330), Lch(0.66, 0.13, 300)]
    for _ in range(int(9 - 3 * near)):
        x = random.uniform(-0.05, 1.05)
        x = x if near < 0.9 else (x * 0.28 if random.random() < 0.5 else 1 - x * 0.28)
        size = stage.unit * (0.10 + 0.22 * near) * random.uniform(0.6, 1.2)
        plant = Stencil()
        tone = hues[int(random.integers(4))]
        if random.random() < 0.55:
            tone = Lch(0.46, 0.12, 140 + float(random.normal(0, 15)))
            for _ in range(int(random.integers(3, 7))):
                _weed(
                    plant,
                    random,
                    x * stage.width + random.normal(0, 0.12) * size,
                    foot,
                    size * random.uniform(1.0, 2.0),
                )
        else:
            plant.frame = Frame(x * stage.width, foot, size)
            for lean in (-0.5, 0, 0.5):
                grow(plant, random, (lean * 0.15, 0), math.pi / 2 + lean, 0.32, 0.11, 4)
        shown = tone.shift(-0.10 * near)
        share = 0.66 * (1 - near) ** 0.8 + 0.12
        mixed = linear(shown) * np.float32(1 - share) + linear(haze) * np.float32(share)
        mask = stage.canvas.cut(plant)
        if mask is not None:
            rows = mask.values.shape[0]
            stage.canvas.fill(mask, mixed[:, None, None] * np.linspace(1.25, 0.5, rows, dtype=np.float32)[:, None])
    stage.check()


def _weed(s: Stencil, random: noise.Random, x: float, y: float, tall: float) -> None:
    s.frame = Frame(x, y, tall)
    phase, sway = random.uniform(0, 6), random.uniform(0.05, 0.12)
    spine = smooth([(sway * math.sin(phase + t * 5) * t, t) for t in np.linspace(0, 1, 9)], closed=False)
    s.stroke(spine, 0.018, 0.03, 0.03, 0.004)
    for at in range(6, len(spine) - 4, 5):
        u, v = spine[at]
        side = 1 if at % 2 else -1
        s.curve([(u, v), (u + side * 0.06, v + 0.03), (u + side * 0.11, v + 0.09)], 0.012, 0.028, 0.004)


def _snow(stage: Stage, random: noise.Random) -> None:
    motes, bubbles = Stencil(), Stencil()
    for _ in range(int(220 * stage.width * stage.height / stage.unit**2)):
        motes.ellipse(
            random.uniform(0, stage.width),
            random.uniform(0, stage.height),
            stage.unit * random.uniform(0.0006, 0.0018),
        )
    stage.canvas.light(motes, linear(Lch(0.9, 0.04, 190)), 0.22)
    for _ in range(3):
        x, y = random.uniform(0.1, 0.9) * stage.width, random.uniform(0.4, 0.8) * stage.height
        for at in range(9):
            size = stage.unit * random.uniform(0.003, 0.009)
            u, v = x + random.normal(0, 0.01) * stage.unit, y - at * stage.unit * 0.03
            bubbles.ellipse(u, v, size).gap(u, v, size * 0.8).ellipse(u - size * 0.35, v - size * 0.35, size * 0.22)
    stage.canvas.light(bubbles, linear(Lch(0.95, 0.03, 200)), 0.6)
