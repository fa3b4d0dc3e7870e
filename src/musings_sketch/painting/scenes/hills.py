"""Countryside: rolling fields in perspective with a road, hedges and trees."""

import numpy as np

from musings_sketch.painting import noise, terrain
from musings_sketch.painting.canvas import step
from musings_sketch.painting.colour import Array, Lch, linear, mix
from musings_sketch.painting.scenes.backdrop import distance, far_range
from musings_sketch.painting.scenes.growth import plant
from musings_sketch.painting.stage import Stage


def paint(stage: Stage) -> None:
    random = stage.random("hills")
    distance(stage)
    if random.random() < 0.5 and "mountain" not in stage.shown:
        far_range(stage, 0.72, float(random.uniform(0.06, 0.12)))
    view = terrain.View(stage.width, stage.height, stage.horizon, stage.unit * 1.05, near=1.15, far=46)
    swing, start = random.uniform(0.5, 1.4), random.uniform(0, 6)
    path = _Path(float(swing), float(start)) if stage.wants("road", "river") or random.random() < 0.45 else None
    land = terrain.survey(view, _rolling(random))
    stage.check()
    terrain.lay(stage.canvas, land, _fields(stage, random, land, path))
    distance_of_things = 4.2
    stage.ground = land.ground(distance_of_things)
    stage.size, stage.depth = view.focus / distance_of_things * 0.42, 0.06
    plant(stage, land, random, int(random.integers(24, 60)), 5.0, 30.0, 0.55)


class _Path:
    """A way that winds towards the horizon."""

    def __init__(self, swing: float, start: float) -> None:
        self.swing, self.start = swing, start

    def away(self, x: Array, z: Array) -> Array:
        middle = np.float32(self.swing) * np.sin(z * np.float32(0.55) + np.float32(self.start)) * step(
            0.5, 9, z
        ) * 2.2 - np.float32(0.15)
        result: Array = np.abs(x - middle)
        return result


def _rolling(random: noise.Random) -> terrain.Heights:
    tile, fine = (
        noise.texture(random, 512, cell=130, octaves=2),
        noise.texture(random, 512, cell=60, octaves=5),
    )
    offset = random.uniform(0, 500, 2)

    def heights(x: Array, z: Array) -> Array:
        swell = noise.sample(tile, x * 7 + np.float32(offset[0]), z * 7 + np.float32(offset[1]))
        result: Array = (
            swell * np.float32(0.36) * step(1, 9, z) * (1 + z * np.float32(0.035))
            + noise.sample(fine, x * 40, z * 40) * 0.008
            - np.float32(0.15)
        )
        return result

    return heights


def _fields(stage: Stage, random: noise.Random, land: terrain.Land, path: _Path | None) -> Array:
    palette = stage.palette
    z = np.broadcast_to(land.z[:, None], land.x.shape)
    lean = random.uniform(-0.5, 0.5)
    u, v = land.x * np.cos(lean) + z * np.sin(lean), z * np.cos(lean) - land.x * np.sin(lean)
    wobble = noise.sample(noise.texture(random, 512, 120, 3), land.x * 12, z * 12)
    column, row = np.floor(u / 2.6 + wobble * 0.16), np.floor(v / 3.4 + wobble * 0.14)
    which = (np.abs(column * 7349 + row * 9151 + column * row * 31) % 5).astype(np.int32)
    hues = {"autumn": (75, 55, 95, 40, 110), "winter": (230, 240, 220, 250, 235)}.get(
        stage.reading.season or "", (palette.hue, 128, 100, 145, 88)
    )
    tones = [
        linear(
            palette.local(
                Lch(
                    0.58 + 0.07 * ((at * 2) % 5 - 2) / 2,
                    0.10 if stage.reading.season != "winter" else 0.02,
                    hue,
                )
            )
        )
        for at, hue in enumerate(hues)
    ]
    if stage.reading.season == "winter" or "snow" in stage.reading.weather:
        tones = [linear(palette.local(Lch(0.93, 0.012, 240))) * np.float32(1 - 0.03 * at) for at in range(5)]
    base = np.stack(tones, 1)[:, which]
    stage.check()
    furrow = np.sin(u * np.where(which % 2 == 0, 16, 9)) * np.sin(v * 0.0 + 1) * np.where(which < 3, 1, 0.25)
    fade = step(16, 4, z)
    grain = noise.sample(noise.texture(random, 512, 30, 5), land.x * 46, z * 46)
    base = base * (1 + (0.10 * furrow * fade + 0.10 * grain)[None])
    hedge = np.minimum(np.abs((u / 2.6 + wobble * 0.16) % 1 - 0.5), np.abs((v / 3.4 + wobble * 0.14) % 1 - 0.5))
    dark = linear(palette.land(0.0, chroma=0.07).shift(-0.04))
    base = base + (dark[:, None, None] - base) * (step(0.478, 0.497, hedge) * 0.75)[None]
    if path is not None:
        wet = "river" in stage.shown
        tone = linear(mix(palette.sky[-1], palette.sky[1], 0.4)) if wet else linear(palette.local(Lch(0.82, 0.05, 80)))
        on = step(0.27, 0.22, path.away(land.x, z) + wobble * 0.03)
        base = base + (tone[:, None, None] * (1 if wet else (1 + 0.08 * grain[None])) - base) * on[None]
    return lit_land(stage, land, base, 0.8)


def lit_land(stage: Stage, land: terrain.Land, base: Array, veil: float) -> Array:
    """Land colours under this stage's light, with the air between."""
    palette = stage.palette
    right = (stage.light[0] - stage.width / 2) / stage.width * 2.4
    lit = land.lit((right, 0.62, 0.3)) * (0.45 + 0.55 * land.sunny(right, 0.22, 0.12))
    shade = linear(mix(palette.sky[0], palette.sky[1], 0.6).shift(0.08))
    lamp = stage.light_colour * np.float32(1.45 - 1.05 * palette.gloom)
    if palette.night:
        lamp, shade = (
            linear(mix(palette.light, palette.sky[1], 0.45)) * np.float32(0.75),
            shade * np.float32(1.3),
        )
    colours = base * (lamp[:, None, None] * lit[None] + shade[:, None, None] * np.float32(0.8))
    haze = linear(palette.haze)[:, None, None]
    result: Array = (colours + (haze - colours) * (1 - np.exp(-1.9 * land.away**1.1))[None] * veil).astype(np.float32)
    return result
