"""Water: a rippled mirror of what stands above it, and a running sea."""

import numpy as np

from musings_sketch.painting import noise, terrain
from musings_sketch.painting.canvas import step
from musings_sketch.painting.colour import Array, Lch, linear, mix
from musings_sketch.painting.stage import Stage


def mirror(stage: Stage, top: float, bottom: float, rough: float, deep: Lch | None = None) -> None:
    """Fill the rows from ``top`` to ``bottom`` with the picture above them, upside down and rippled.

    ``rough`` 0 is glass, 1 is a sea in a fresh wind. Sets the stage's water.
    """
    random, canvas = stage.random("mirror"), stage.canvas
    first, last = max(1, int(top)), min(stage.height, int(bottom) + 1)
    if last <= first:
        return
    down = (canvas.down[first:last] - np.float32(top)) / np.float32(max(stage.height - top, 1))
    wave = ripples(stage, random, down)
    canvas.check()
    reach = np.float32(stage.unit * (0.02 + 0.16 * rough)) * (0.15 + down)
    row = first - 1 - (canvas.down[first:last] - first) * np.float32(1 - 0.25 * rough) + wave * reach
    column = canvas.across + wave * reach * np.float32(0.25)
    row = np.clip(row, 0, first - 1).astype(np.int32)
    column = np.clip(column, 0, stage.width - 1).astype(np.int32)
    mirrored = canvas.pixels[:, row, column]
    body = linear(deep or _deep(stage))
    sink = np.clip((0.12 + 0.5 * down) * (1 - 0.10 * wave * (0.4 + rough)), 0, 0.9)
    mirrored += (body[:, None, None] - mirrored) * sink
    mirrored *= (1 - np.float32(0.16 * (0.3 + rough)) * np.clip(wave, -1.5, 1.5) * step(0, 0.2, down))[None]
    canvas.pixels[:, first:last] = mirrored
    _glitter(stage, first, last, down, wave, rough)
    stage.water = (float(first), float(last))


def ripples(stage: Stage, random: noise.Random, down: Array) -> Array:
    """The slope of the water at rows ``down`` (0 far, 1 near), mean 0, about −2..2; crests lie across the view."""
    tile = noise.texture(random, 1024, cell=64, octaves=5)
    far = 1 / (down + np.float32(0.035))
    u = (stage.canvas.across - np.float32(stage.width / 2)) * far * np.float32(42 / stage.unit)
    v = far * np.float32(150)
    return noise.sample(tile, u + 300, v) * 0.75 + noise.sample(tile, u * 2.7, v * 2.3 + 77) * 0.45


def _glitter(stage: Stage, first: int, last: int, down: Array, wave: Array, rough: float) -> None:
    """The lamp's path: glints where the ripples lean the right way, the wider the nearer."""
    x, y = stage.light
    if y > first or not {"sun", "moon"} & set(stage.shown):
        return
    canvas = stage.canvas
    wide = np.float32(stage.unit * (0.05 + 0.10 * rough)) * (0.5 + 1.4 * down)
    path = np.exp(-(((canvas.across - np.float32(x)) / wide) ** 2))
    glint = step(0.15, 1.1, wave + 0.9 * path - 0.35)
    strength = 0.55 if stage.palette.night else 0.85
    canvas.pixels[:, first:last] += stage.light_colour[:, None, None] * (path * glint * np.float32(strength))


def running_sea(stage: Stage, height: float) -> None:
    """Waves in perspective, from the horizon to our feet; ``height`` 0..1 goes from a breeze to a storm."""
    random = stage.random("running sea")
    view = terrain.View(stage.width, stage.height, stage.horizon, stage.unit * 1.0, near=0.9, far=90, slices=620)
    land = terrain.survey(view, _waves(random, height))
    stage.check()
    across, along = land.slopes()
    palette = stage.palette
    deep, shallow = linear(_deep(stage)), linear(mix(_deep(stage), Lch(0.72, 0.10, 190), 0.5))
    mirrored = linear(mix(palette.sky[-2], palette.sky[-1], 0.6))
    tilt = np.clip(0.5 + along * 1.1, 0, 1)
    grazing = np.clip(0.25 + 0.75 * land.away**0.35, 0, 1)
    sky = np.clip((1 - tilt * 0.85) * (0.35 + 0.65 * grazing), 0, 1)
    colours = deep[:, None, None] + (mirrored - deep)[:, None, None] * sky[None]
    crest = step(0.55, 1.0, land.heights / max(float(np.percentile(land.heights, 99.5)), 1e-6))
    colours = colours + (shallow - deep)[:, None, None] * (crest * 0.55)[None]
    foam = _foam(random, land, crest, height)
    white = linear(mix(palette.light.at(0.95), palette.sky[1], 0.25))
    colours = colours + (white[:, None, None] - colours) * (foam * np.float32(0.9))[None]
    if {"sun", "moon"} & set(stage.shown):
        colours = colours + stage.light_colour[:, None, None] * _sun_road(stage, land, across, along)[None]
    haze = linear(mix(palette.sky[-1], palette.sky[-2], 0.3))[:, None, None]
    colours = colours + (haze - colours) * (step(0.45, 1.0, land.away**0.6) * 0.7)[None]
    terrain.lay(stage.canvas, land, colours.astype(np.float32))
    stage.water = (stage.horizon, float(stage.height))


def _waves(random: noise.Random, height: float) -> terrain.Heights:
    tile = noise.texture(random, 512, cell=70, octaves=5)
    trains = [
        (random.uniform(-0.55, 0.55), random.uniform(0.8, 1.3) * 2.2 * k, random.uniform(0, 6), 0.6**at)
        for at, k in enumerate((0.5, 0.9, 1.7, 3.1))
    ]

    def heights(x: Array, z: Array) -> Array:
        total = np.zeros_like(x)
        drift = noise.sample(tile, x * 2.4, z * 2.4) * np.float32(0.9)
        for turn, often, start, weight in trains:
            phase = (
                (x * np.float32(np.sin(turn)) + z * np.float32(np.cos(turn))) * np.float32(often)
                + drift
                + np.float32(start)
            )
            total += (1 - np.abs(np.sin(phase * 0.5))) ** 1.5 * np.float32(weight) - np.float32(0.35 * weight)
        gusts = 0.75 + 0.35 * noise.sample(tile, x * 0.9 + 200, z * 0.9)
        chop = noise.sample(tile, x * 16, z * 22) * np.float32(0.035)
        fade = np.float32(1) / (1 + z / 34)
        result: Array = (total * gusts * np.float32(0.10 + 0.24 * height) + chop * np.float32(0.5 + height)) * fade
        return result

    return heights


def _foam(random: noise.Random, land: terrain.Land, crest: Array, height: float) -> Array:
    tile = noise.texture(random, 512, cell=30, octaves=5)
    torn = noise.sample(tile, land.x * 30, np.broadcast_to(land.z[:, None] * 42, land.x.shape))
    return crest * step(0.9 - 1.3 * height, 1.6 - 1.0 * height, torn) * np.float32(0.4 + 0.6 * height)


def _sun_road(stage: Stage, land: terrain.Land, across: Array, along: Array) -> Array:
    x = (stage.canvas.across - np.float32(stage.light[0])) / np.float32(stage.unit)
    wide = np.float32(0.10) + 0.22 * (1 - land.away**0.3)
    lean = np.exp(-((x + across * 0.35) ** 2) / (wide * wide))
    glint = step(0.05, -0.35, along) * 0.8 + 0.15
    road: Array = lean * glint * np.float32(0.35 if stage.palette.night else 0.75)
    return road


def _deep(stage: Stage) -> Lch:
    palette = stage.palette
    body = mix(palette.sky[0], palette.dark, 0.35)
    hue = 235.0 if not palette.tinted else palette.tinted[-1].hue
    return mix(body, Lch(0.34 - 0.14 * palette.gloom, 0.075, hue), 0.5)
