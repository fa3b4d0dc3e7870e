"""Desert: dunes with sharp crests and cast shadows."""

import numpy as np

from musings_sketch.painting import noise, terrain
from musings_sketch.painting.canvas import step
from musings_sketch.painting.colour import Array, Lch, linear
from musings_sketch.painting.scenes.backdrop import distance
from musings_sketch.painting.scenes.hills import lit_land
from musings_sketch.painting.stage import Stage


def paint(stage: Stage) -> None:
    random = stage.random("desert")
    distance(stage)
    view = terrain.View(stage.width, stage.height, stage.horizon, stage.unit * 1.1, near=1.2, far=52)
    land = terrain.survey(view, _dunes(random))
    stage.check()
    z = np.broadcast_to(land.z[:, None], land.x.shape)
    sand = Lch(0.80, 0.095, 74) if not stage.palette.tinted else Lch(0.76, 0.10, stage.palette.tinted[-1].hue)
    base = np.broadcast_to(linear(stage.palette.local(sand))[:, None, None], (3, *land.x.shape))
    tile = noise.texture(random, 512, 90, 4)
    bend = noise.sample(tile, land.x * 14, z * 14)
    ripple = np.sin(z * 24 + land.x * 7 + bend * 5.5) * step(13, 2.5, z)
    grain = noise.sample(noise.texture(random, 512, 12, 4), land.x * 80, z * 80)
    colours = lit_land(stage, land, base * (1 + (0.055 * ripple + 0.03 * grain)[None]), 0.75)
    terrain.lay(stage.canvas, land, colours)
    stage.ground = land.ground(4.6)
    stage.size, stage.depth = view.focus / 4.6 * 0.40, 0.06


def _dunes(random: noise.Random) -> terrain.Heights:
    tile = noise.texture(random, 512, cell=150, octaves=2)
    turn, start = random.uniform(-0.7, 0.7), random.uniform(0, 9)
    side = random.choice([-1.0, 1.0])

    def heights(x: Array, z: Array) -> Array:
        drift = noise.sample(tile, x * 5 + 100, z * 5)
        swell = noise.sample(tile, x * 2.6, z * 2.6 + 250)
        phase = (
            x * np.float32(np.cos(turn) * side) * 0.17
            + z * np.float32(np.sin(turn)) * 0.17
            + drift * np.float32(0.42)
            + np.float32(start)
        )
        saw = phase - np.floor(phase)
        dune = np.where(saw < 0.7, saw / 0.7, (1 - saw) / 0.3)
        rise = step(1.2, 14, z)
        result: Array = dune**1.25 * (0.85 + 0.4 * swell) * np.float32(1.35) * rise * (
            1 + z * np.float32(0.03)
        ) - np.float32(0.25)
        return result

    return heights
