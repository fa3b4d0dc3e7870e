"""Mountains: a range in perspective with snow on it, or ridge behind ridge in the mist."""

import numpy as np

from musings_sketch.painting import noise, terrain
from musings_sketch.painting.canvas import step
from musings_sketch.painting.colour import Array, Lch, linear, mix
from musings_sketch.painting.scenes.growth import plant
from musings_sketch.painting.shapes import Frame, Mask, Stencil
from musings_sketch.painting.stage import Stage
from musings_sketch.painting.things.plants import pine


def paint(stage: Stage) -> None:
    """One of the two, by chance; mist asks for the ridges, snow for the range."""
    pick = stage.random("mountains").random()
    if "fog" in stage.reading.weather:
        pick = 0.0
    (misty_ridges if pick < 0.5 else range_in_perspective)(stage)


def range_in_perspective(stage: Stage) -> None:
    """Peaks that fill the middle of the picture, shaded by the lamp, with meadows before them."""
    random = stage.random("range")
    view = terrain.View(stage.width, stage.height, stage.horizon, stage.unit * 1.05, near=1.6, far=70)
    land = terrain.survey(view, _alps(random, stage))
    stage.check()
    right = (stage.light[0] - stage.width / 2) / stage.width * 2.4
    lit = land.lit((right, 0.75, 0.35 if stage.palette.night else -0.25))
    lit *= 0.35 + 0.65 * land.sunny(right, 0.55, 0.35)
    terrain.lay(stage.canvas, land, _alpine(stage, random, land, lit))
    plant(stage, land, random, 150, 4.5, 13.0, 0.62, "pine")
    stage.ground = land.ground(5.5)
    stage.size = view.focus / 5.5 * 0.32
    stage.depth = 0.12


def _alps(random: noise.Random, stage: Stage) -> terrain.Heights:
    tile = noise.texture(random, 512, cell=120, octaves=3)
    fine = noise.texture(random, 512, cell=60, octaves=5)
    offset = random.uniform(0, 500, 4)
    tall = random.uniform(0.85, 1.2) * stage.horizon / stage.unit * 20

    def heights(x: Array, z: Array) -> Array:
        warp = noise.sample(tile, x * 2.1 + np.float32(offset[0]), z * 2.1 + np.float32(offset[1]))
        crest = (
            1
            - np.abs(noise.sample(tile, x * 2.6 + warp * 5 + np.float32(offset[2]), z * 2.6 + np.float32(offset[3])))
            * 0.8
        )
        rough = 1 - np.abs(noise.sample(fine, x * 6 + warp * 6, z * 6)) * 0.7
        small = noise.sample(fine, x * 22, z * 22)
        rise = step(9, 34, z)
        body = np.maximum(crest, 0) ** 1.5 * (0.88 + 0.12 * rough) + 0.010 * small
        result: Array = (body * rise * np.float32(tall) + (warp * 0.10 + small * 0.012) * (1 - rise) - 0.05).astype(
            np.float32
        )
        return result

    return heights


def _alpine(stage: Stage, random: noise.Random, land: terrain.Land, lit: Array) -> Array:
    palette = stage.palette
    across, along = land.slopes()
    steep = np.hypot(across, along)
    grain = noise.sample(
        noise.texture(random, 512, 40, 6), land.x * 22, np.broadcast_to(land.z[:, None] * 22, land.x.shape)
    )
    top = float(land.heights.max())
    line = {"winter": 0.02, "summer": 0.62, "autumn": 0.5}.get(stage.reading.season or "", 0.42) * top
    snow = step(line - 0.1 * top, line + 0.12 * top, land.heights + grain * 0.06 * top) * step(3.4, 1.6, steep)
    if stage.reading.season == "winter" or "snow" in stage.reading.weather:
        snow = np.maximum(snow, step(3.0, 1.4, steep) * 0.94)
    rock, wood = (
        linear(palette.land(0.12, chroma=0.025)),
        linear(palette.land(0.0, chroma=0.075).shift(-0.03)),
    )
    meadow = linear(palette.local(Lch(0.60, 0.11, palette.hue)))
    white = linear(mix(palette.light.at(0.97), palette.sky[0], 0.10 + 0.2 * palette.gloom))
    shade = linear(mix(palette.sky[0], palette.sky[1], 0.5).shift(0.02))
    green = step(0.5 * top, 0.1 * top, land.heights + grain * 0.05 * top)[None]
    floor = step(11, 4, np.broadcast_to(land.z[:, None], land.x.shape) + grain * 1.2)[None]
    base = rock[:, None, None] * (1 + 0.22 * grain[None])
    base = base + (wood[:, None, None] * (1 + 0.3 * grain[None]) - base) * green
    base = base + (meadow[:, None, None] * (1 + 0.16 * grain[None]) - base) * floor
    base = base + (white[:, None, None] - base) * snow[None]
    lamp = linear(mix(palette.light, palette.sky[1], 0.5)) if palette.night else stage.light_colour
    glow = lamp[:, None, None] * (lit * (1.25 - 0.7 * palette.gloom))[None]
    colours = base * (glow + shade[:, None, None] * np.float32(0.75))
    haze = linear(palette.haze)[:, None, None]
    veil = (1 - np.exp(-np.float32(1.3) * land.away))[None] * np.float32(0.62)
    low = step(0.35 * top, 0.0, land.heights)[None] * step(0.12, 0.4, land.away)[None] * np.float32(0.5)
    result: Array = (colours + (haze - colours) * np.clip(veil + low, 0, 0.92)).astype(np.float32)
    return result


def misty_ridges(stage: Stage) -> None:
    """Silhouettes one behind the other, each paler, mist lying in the valleys."""
    random = stage.random("ridges")
    layers = int(random.integers(5, 8))
    for at in range(layers):
        far = 1 - at / (layers - 1)
        foot = stage.horizon - stage.unit * 0.02 + (1 - far) ** 1.25 * (stage.height - stage.horizon) * 0.92
        line = ridge(stage, random, far, foot, 0.10 + 0.26 * far**1.5)
        if far < 0.45:
            _pines(stage, random, line, far)
        if far < 0.3:
            stage.ground, stage.size, stage.depth = line, stage.unit * 0.10, far * 0.8
        stage.check()


def ridge(stage: Stage, random: noise.Random, far: float, foot: float, rise: float) -> Array:
    """One silhouette whose valleys lie at ``foot``; ``far`` 0..1 is its haze, ``rise`` in units. Returns its line."""
    palette = stage.palette
    crest = noise.ridges(random, stage.width, stage.unit * random.uniform(0.35, 0.8))
    crest = (crest - crest.min()) / max(float(np.ptp(crest)), 1e-6)
    line: Array = (foot - stage.unit * rise * random.uniform(0.8, 1.25) * crest**0.95).astype(np.float32)
    top = max(0, int(line.min()))
    down = stage.canvas.down[top:]
    cover = np.clip(down - line[None, :] + 0.5, 0, 1)
    below = np.clip((down - line[None, :]) / np.float32(stage.unit * 0.30), 0, 1)
    crown, valley = (
        linear(palette.land(far * 0.86, chroma=0.055)),
        linear(palette.land(min(1, far * 0.86 + 0.38), chroma=0.05)),
    )
    colours = crown[:, None, None] + (valley - crown)[:, None, None] * below
    folds = _folds(stage, random, line, top, far)
    colours = colours * (1 + folds * np.exp(-below * 4.5)[None])
    stage.canvas.fill(Mask(cover.astype(np.float32), 0, top), colours.astype(np.float32))
    if far > 0.35 and (stage.reading.season == "winter" or "snow" in stage.reading.weather):
        white = linear(palette.local(Lch(0.97, 0.01, 240), far * 0.5))
        stage.canvas.fill(
            Mask((cover * step(0.4, 0.05, below + folds[0] * 0.5)).astype(np.float32), 0, top), white, 0.8
        )
    return line


def _folds(stage: Stage, random: noise.Random, line: Array, top: int, far: float) -> Array:
    """Light and dark flanks that run down from the crest, shape (1, rows, width), about −0.3..0.3."""
    tile = noise.texture(random, 512, cell=70, octaves=5)
    below = stage.canvas.down[top:] - line[None, :]
    side = 1.0 if stage.light[0] < stage.width / 2 else -1.0
    scale = 330 / stage.unit
    here = noise.sample(
        tile,
        (stage.canvas.across + side * below * 0.55) * np.float32(scale),
        below * np.float32(scale * 0.35) + 99,
    )
    result: Array = (np.clip(here, -1.6, 1.6) * np.float32(0.10 + 0.10 * far))[None]
    return result


def _pines(stage: Stage, random: noise.Random, line: Array, far: float) -> None:
    """A fringe of conifers along a near crest."""
    wood = Stencil()
    thick = noise.line(random, stage.width, stage.unit * 0.22, octaves=3)
    gap = stage.unit * (0.018 + 0.02 * (0.45 - far))
    for x in np.arange(0, stage.width, gap):
        column = min(stage.width - 1, max(0, int(x + random.normal(0, gap * 0.4))))
        if thick[column] > -0.15:
            tall = (
                stage.unit
                * (0.045 + 0.10 * (0.45 - far))
                * (0.55 + 0.5 * float(thick[column]) + random.uniform(0, 0.45))
            )
            wood.frame = Frame(column, float(line[column]) + tall * 0.10, tall)
            pine(wood)
    stage.canvas.fill(wood, linear(stage.palette.land(far * 0.86, chroma=0.055).shift(-0.012)))
