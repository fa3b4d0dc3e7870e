"""Pictures drawn by procedure: the sketch engine's painter (ADR 5).

A prompt is read for its words, a plan is made (scene, medium, light), a scene is painted back to front in linear
light at up to twice the size, the things that were named are put into it, weather falls, and the medium finishes
it. Everything comes from the text and the seed: the same two give the same bytes.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from PIL import Image

from musings_sketch.painting import palette, sky, weather
from musings_sketch.painting.abstract import flow, glass, ink, marble, tiles
from musings_sketch.painting.canvas import Canvas
from musings_sketch.painting.colour import encode
from musings_sketch.painting.media import MEDIA
from musings_sketch.painting.planning import ABSTRACTS, PicturePlan, plan
from musings_sketch.painting.scenes import (
    city,
    desert,
    forest,
    garden,
    hills,
    lake,
    mountains,
    portrait,
    sea,
    space,
    underwater,
)
from musings_sketch.painting.scenes.foreground import branch, grass
from musings_sketch.painting.stage import Stage
from musings_sketch.painting.things.draw import draw_things
from musings_sketch.words import chance

SMALLEST, LARGEST = 64, 2048

Scene = Callable[[Stage], None]

SCENES: Mapping[str, Scene] = {
    "sea": sea.paint,
    "mountains": mountains.paint,
    "lake": lake.paint,
    "forest": forest.paint,
    "city": city.paint,
    "space": space.paint,
    "garden": garden.paint,
    "desert": desert.paint,
    "hills": hills.paint,
    "underwater": underwater.paint,
    "flow": flow.paint,
    "glass": glass.paint,
    "tiles": tiles.paint,
    "ink": ink.paint,
    "marble": marble.paint,
}

_NO_SKY = frozenset({"space", "underwater", *ABSTRACTS})


def paint(
    text: str,
    seed: int,
    width: int = 1024,
    height: int = 1024,
    *,
    check: Callable[[], None] = lambda: None,
    progress: Callable[[float], None] = lambda done: None,
) -> Image.Image:
    """An RGB picture of ``width`` × ``height`` pixels (64 to 2048 each) for any text.

    ``check`` is called often and may raise to stop; ``progress`` is told the share done, 0..1.
    Raises ``ValueError`` for a size outside the limits.
    """
    if not (SMALLEST <= width <= LARGEST and SMALLEST <= height <= LARGEST):
        raise ValueError(
            f"A picture of {width}×{height} cannot be painted: each side must be {SMALLEST} to {LARGEST} pixels."
        )
    return paint_plan(plan(text, seed), text, seed, width, height, check=check, progress=progress)


def paint_plan(
    what: PicturePlan,
    text: str,
    seed: int,
    width: int,
    height: int,
    *,
    check: Callable[[], None] = lambda: None,
    progress: Callable[[float], None] = lambda done: None,
) -> Image.Image:
    """Paint a plan that was made, or changed, before."""
    check()
    stage = _stage(what, text, seed, width, height, check)
    progress(0.05)
    if what.scene not in _NO_SKY:
        sky.paint_sky(stage)
    progress(0.25)
    SCENES[what.scene](stage)
    if what.scene in _NO_SKY:
        sky.paint_named(stage)
    progress(0.55)
    draw_things(stage, "sky", "water", "span", "deep", "ground")
    _foreground(stage, what)
    weather.fall(stage)
    if what.portrait:
        portrait.paint(stage)
    progress(0.75)
    MEDIA[what.medium](stage, stage.random("medium"))
    progress(0.92)
    picture = _developed(stage, width, height)
    progress(1.0)
    return picture


def _stage(what: PicturePlan, text: str, seed: int, width: int, height: int, check: Callable[[], None]) -> Stage:
    fine = max(1.0, min(6.0, (2_600_000 / (width * height)) ** 0.5, max(2.0, 280 / min(width, height))))
    canvas = Canvas(round(width * fine), round(height * fine), check)
    reading = what.reading
    if what.scene == "space":
        reading = replace(reading, time="night")
    colours = palette.choose(reading, chance(text, seed, "palette"))
    light = (what.light[0] * canvas.width, what.light[1] * canvas.height)
    return Stage(canvas, colours, what.reading, text, seed, light, what.horizon * canvas.height, stands=what.stands)


def _foreground(stage: Stage, what: PicturePlan) -> None:
    random = stage.random("foreground")
    if what.scene in ("hills", "mountains") and random.random() < 0.8:
        grass(
            stage,
            random,
            float(random.uniform(0.10, 0.17)),
            flowers=stage.reading.season not in ("winter", "autumn"),
        )
    blossom = stage.reading.thing("cherry") is not None
    if what.scene in ("lake", "hills", "mountains") and (blossom or (random.random() < 0.12 and not what.aloft)):
        branch(stage, random, blossom)


def _developed(stage: Stage, width: int, height: int) -> Image.Image:
    """Light to eight bits, with a grain fine enough to hide the steps, at the asked size."""
    grain = stage.random("grain").random((stage.height, stage.width), dtype=np.float32)
    shown = np.empty((stage.height, stage.width, 3), np.uint8)
    for at, plane in enumerate(stage.canvas.pixels):
        stage.check()
        shown[..., at] = np.clip(encode(plane) * 255 + grain, 0, 255)
    picture = Image.fromarray(shown)
    stage.check()
    return picture if picture.size == (width, height) else picture.resize((width, height), Image.Resampling.LANCZOS)
