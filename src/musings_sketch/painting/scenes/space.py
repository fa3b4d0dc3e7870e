"""Space: stars, a nebula, planets with their shadows and rings, perhaps ground to stand on."""

import math

import numpy as np

from musings_sketch.painting import noise, terrain
from musings_sketch.painting.canvas import pick, step
from musings_sketch.painting.colour import Array, Lch, linear, mix, ramp
from musings_sketch.painting.sky import paint_comet, paint_stars
from musings_sketch.painting.stage import Stage


def paint(stage: Stage) -> None:
    random = stage.random("space")
    stage.horizon = float(stage.height)
    _nebula(stage, random)
    paint_stars(stage, 0.75, stage.height * 1.4)
    stage.shown.append("stars")
    thing = stage.wants("planet")
    count = 1 + int(random.integers(0, 3)) if thing is None or thing.count == 1 else min(thing.count or 3, 5)
    side = 1 if stage.light[0] < stage.width / 2 else -1
    for at in range(count):
        big = at == 0
        radius = stage.unit * (random.uniform(0.17, 0.27) if big else random.uniform(0.03, 0.09))
        x = stage.width * (0.5 + side * random.uniform(0.08, 0.2)) if big else stage.width * random.uniform(0.08, 0.92)
        y = stage.height * (random.uniform(0.36, 0.52) if big else random.uniform(0.1, 0.6))
        planet(
            stage,
            random,
            x,
            y,
            radius,
            rings=big and ("saturn" in stage.reading.words or random.random() < 0.5),
        )
        stage.check()
    if stage.wants("comet") or random.random() < 0.25:
        stage.horizon = stage.height * 0.8
        paint_comet(stage)
    if stage.stands or random.random() < 0.35:
        _surface(stage, random)


def _nebula(stage: Stage, random: noise.Random) -> None:
    palette = stage.palette
    base = Lch(0.11, 0.035, palette.sky[0].hue)
    stage.canvas.cover(linear(base))
    first = palette.tinted[0] if palette.tinted else Lch(0.5, 0.17, float(random.choice([290, 330, 20, 255])))
    second = (
        palette.tinted[1] if len(palette.tinted) > 1 else first.shift(0.08, 0.9, float(random.choice([-75, 60, 100])))
    )
    cloud = noise.texture(random, 1024, cell=300, octaves=7)
    scale = np.float32(760 / stage.unit)
    u, v = stage.canvas.across * scale, stage.canvas.down * scale
    one, other = noise.sample(cloud, u * 0.6, v * 0.6), noise.sample(cloud, u * 0.6 + 311, v * 0.6 + 177)
    stage.check()
    gas = noise.sample(cloud, u + one * 95, v + other * 95)
    lean = random.uniform(-0.7, 0.7)
    across = (
        (stage.canvas.across - stage.width / 2) * math.sin(lean)
        + (stage.canvas.down - stage.height * random.uniform(0.35, 0.6)) * math.cos(lean)
    ) / stage.unit
    band = np.exp(-((across / np.float32(0.36)) ** 2))
    density = step(-0.9, 2.2, gas + 0.7 * one) * band
    stage.check()
    table = ramp([base.shift(-0.02), first.at(0.28), first.at(0.48), second.at(0.68), second.at(0.92).shift(0, 0.5)])
    stage.check()
    light = pick(table, density * 1.15 + 0.10 * other * band)
    stage.canvas.cover_light(light * (density * np.float32(0.95))[None])
    dust = step(0.4, 1.6, noise.sample(cloud, u * 1.3 + 500 + other * 60, v * 1.3 + one * 60)) * band
    stage.canvas.cover(linear(base.shift(-0.05)), dust * np.float32(0.55))


def planet(stage: Stage, random: noise.Random, x: float, y: float, radius: float, rings: bool) -> None:
    """A lit ball: bands of cloud, or seas and land, its air along the rim, its rings behind and before it."""
    tinted = stage.palette.tinted
    hue = tinted[0].hue + float(random.normal(0, 15)) if tinted else float(random.uniform(0, 360))
    if rings:
        _rings(stage, x, y, radius, hue, front=False)
    size = int(radius) + 2
    left, top = int(x) - size, int(y) - size
    across = (np.arange(2 * size, dtype=np.float32)[None, :] + left - np.float32(x)) / np.float32(radius)
    down = (np.arange(2 * size, dtype=np.float32)[:, None] + top - np.float32(y)) / np.float32(radius)
    away = across * across + down * down
    toward = np.sqrt(np.maximum(1 - away, 0))
    face = _face(random, across, down, toward, hue)
    lx, ly = stage.light[0] - x, stage.light[1] - y
    length = max(math.hypot(lx, ly), 1)
    cosine = across * np.float32(lx / length * 0.82) + down * np.float32(ly / length * 0.82) + toward * np.float32(0.42)
    air = linear(Lch(0.8, 0.10, hue + 60))
    rim = (1 - toward) ** 3 * step(-0.2, 0.6, cosine) * 0.8
    colours = face * (step(-0.12, 0.75, cosine) * 1.15 + 0.02)[None] + air[:, None, None] * rim[None]
    stage.canvas.glow(x + lx / length * radius * 0.2, y + ly / length * radius * 0.2, radius * 1.35, air, 0.16)
    cover = np.clip((1 - np.sqrt(away)) * radius + 0.5, 0, 1).astype(np.float32)
    _blend(stage, cover, left, top, colours.astype(np.float32))
    if rings:
        _rings(stage, x, y, radius, hue, front=True)


_GAS = ((0.55, 0.10, 0), (0.82, 0.07, 25), (0.62, 0.12, -20), (0.9, 0.05, 40), (0.5, 0.11, 0))
_ROCK = ((0.34, 0.09, 150), (0.48, 0.10, 145), (0.62, 0.10, 0), (0.75, 0.08, 20), (0.95, 0.02, 0))


def _face(random: noise.Random, across: Array, down: Array, toward: Array, hue: float) -> Array:
    """The colours of a ball as we see it: gas in bands, or rock and sea."""
    tile = noise.texture(random, 512, cell=150, octaves=7)
    tilt = random.uniform(-0.5, 0.5)
    u, v = across * math.cos(tilt) + down * math.sin(tilt), down * math.cos(tilt) - across * math.sin(tilt)
    long = np.arctan2(u, np.maximum(toward, 1e-3)) * np.float32(90)
    swirl = noise.sample(tile, long + 200, v * 120 + 90)
    gas = random.random() < 0.55
    table = ramp([Lch(light, chroma, hue + turn) for light, chroma, turn in (_GAS if gas else _ROCK)])
    if gas:
        return pick(table, np.sin(v * 9 + swirl * 0.5) * 0.25 + v * 0.35 + 0.5 + swirl * 0.03)
    return pick(table, 0.5 + swirl * 0.22)


def _blend(stage: Stage, cover: Array, left: int, top: int, colours: Array) -> None:
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + cover.shape[1], stage.width), min(top + cover.shape[0], stage.height)
    if x1 > x0 and y1 > y0:
        inside = slice(y0 - top, y1 - top), slice(x0 - left, x1 - left)
        under = stage.canvas.pixels[:, y0:y1, x0:x1]
        under += (colours[:, *inside] - under) * cover[inside]


def _rings(stage: Stage, x: float, y: float, radius: float, hue: float, front: bool) -> None:
    chance = stage.random("rings", str(round(x)))
    tilt, flat = chance.uniform(-0.45, 0.45), chance.uniform(0.16, 0.34)
    across, down = stage.canvas.across - np.float32(x), stage.canvas.down - np.float32(y)
    u = across * math.cos(tilt) + down * math.sin(tilt)
    v = (down * math.cos(tilt) - across * math.sin(tilt)) / np.float32(flat)
    away = np.hypot(u, v) / np.float32(radius)
    grooves = noise.line(chance, 512, 16, octaves=5, gain=0.8)
    index = np.clip((away - 1.3) / 1.0 * 511, 0, 511).astype(np.int32)
    band = (
        step(1.3, 1.36, away)
        * step(2.25, 2.1, away)
        * np.clip(0.55 + 0.5 * grooves[index], 0, 1)
        * (1 - 0.85 * (np.abs(away - 1.86) < 0.035))
    )
    half = (v > 0) if front else (v <= 0)
    stage.canvas.cover(linear(Lch(0.82, 0.05, hue + 30)), (band * half * 0.75).astype(np.float32))


def _surface(stage: Stage, random: noise.Random) -> None:
    """Cratered ground along the lower edge."""
    horizon = stage.height * 0.80
    view = terrain.View(stage.width, stage.height, horizon, stage.unit, near=1.0, far=40, slices=360)
    tile, fine = noise.texture(random, 512, 110, 3), noise.texture(random, 512, 40, 5)
    pits = random.uniform([-14, 2, 0.5], [14, 26, 2.2], (26, 3))

    def heights(x: Array, z: Array) -> Array:
        total = noise.sample(tile, x * 9, z * 9) * np.float32(0.22) * step(2, 12, z) + noise.sample(
            fine, x * 30, z * 30
        ) * np.float32(0.014)
        for px, pz, size in pits:
            away = np.hypot(x - np.float32(px), z - np.float32(pz)) / np.float32(size)
            total += np.float32(size * 0.16) * (np.exp(-((away - 1) ** 2) * 14) - 0.9 * np.exp(-((away * 1.25) ** 4)))
        result: Array = total - np.float32(0.1)
        return result

    land = terrain.survey(view, heights)
    right = (stage.light[0] - stage.width / 2) / stage.width * 2.4
    lit = land.lit((right, 0.35, 0.25)) * (0.35 + 0.65 * land.sunny(right, 0.25, 0.06))
    soil = linear(
        mix(
            Lch(0.62, 0.03, 60),
            Lch(0.55, 0.09, stage.palette.tinted[-1].hue if stage.palette.tinted else 45),
            0.5,
        )
    )
    grain = noise.sample(fine, land.x * 60, np.broadcast_to(land.z[:, None] * 60, land.x.shape))
    colours = soil[:, None, None] * ((0.10 + 1.1 * lit) * (1 + 0.08 * grain))[None]
    terrain.lay(stage.canvas, land, colours.astype(np.float32))
    stage.ground = land.ground(3.2)
    stage.size, stage.depth = view.focus / 3.2 * 0.40, 0.0
