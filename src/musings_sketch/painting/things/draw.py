"""Putting figures into a picture: their place, their light, their shadow and their mirror image."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from musings_sketch.painting.canvas import blur
from musings_sketch.painting.colour import Array, Lch, linear, mix
from musings_sketch.painting.shapes import Frame, Mask, Stencil
from musings_sketch.painting.stage import Stage
from musings_sketch.painting.things.animals import ANIMALS
from musings_sketch.painting.things.buildings import BUILDINGS
from musings_sketch.painting.things.craft import CRAFT
from musings_sketch.painting.things.figure import Figure, Shape
from musings_sketch.painting.things.people import PEOPLE
from musings_sketch.painting.things.plants import PLANTS
from musings_sketch.painting.things.wings_and_fins import WINGS_AND_FINS
from musings_sketch.words import Thing

FIGURES: Mapping[str, Figure] = {**ANIMALS, **WINGS_AND_FINS, **BUILDINGS, **CRAFT, **PEOPLE, **PLANTS}


def draw_things(stage: Stage, *homes: str) -> None:
    """Draw every named figure that lives in one of these homes and was not shown yet, far ones first."""
    for thing in sorted(stage.reading.things, key=lambda thing: thing.name == "umbrella"):
        figure = FIGURES.get(thing.name)
        if thing.name == "village":
            _village(stage, thing)
        if figure is not None and figure.home in homes and thing.name not in stage.shown:
            stage.shown.append(thing.name)
            stage.check()
            bearers = stage.standing if thing.name == "umbrella" else []
            placed = [_held(frame) for frame in bearers] or frames(stage, thing, figure)
            for frame in placed:
                draw(stage, figure, frame, thing)
            if thing.name in PEOPLE:
                stage.standing += placed


def _held(bearer: Frame) -> Frame:
    """An umbrella over a head."""
    side = -1 if bearer.flip else 1
    return replace(
        bearer,
        x=bearer.x + side * bearer.size * 0.1,
        y=bearer.y - bearer.size * 0.44,
        size=bearer.size * 0.82,
    )


def _village(stage: Stage, thing: Thing) -> None:
    """Houses close together, smaller than one alone would be."""
    random = stage.random("village")
    middle, gap = stage.spot(), stage.size * 0.95
    order = [
        (float(x), FIGURES["church" if at == 2 else "house"])
        for at, x in enumerate(random.permutation(np.linspace(-2.6, 2.6, 7)))
    ]
    for x, figure in order:
        frame = stage.stand(
            middle + x * gap * 0.72, figure.size * random.uniform(0.55, 0.8), flip=bool(random.random() < 0.5)
        )
        draw(
            stage,
            figure,
            replace(frame, y=frame.y + random.uniform(-0.1, 0.12) * stage.size),
            Thing("house", thing.word, 1, thing.colour),
        )
    stage.shown.append("village")


def frames(stage: Stage, thing: Thing, figure: Figure) -> list[Frame]:
    """Where each of them goes."""
    random = stage.random("frames", thing.name)
    count = min(thing.count or figure.many, 12)
    if thing.name == "couple":
        count = (count + 1) // 2
    shrink = 1 / (1 + 0.10 * (count - 1)) if figure.home != "sky" else 1 / (1 + 0.03 * (count - 1))
    if figure.home == "sky":
        return _aloft(stage, random, figure, count, shrink)
    if figure.home in ("water", "deep", "span") and stage.water is not None:
        return _afloat(stage, random, figure, count, shrink)
    result = []
    middle = stage.spot()
    gap = stage.stand(middle, figure.size * figure.wide * shrink * random.uniform(0.75, 1.05)).size
    for at in range(count):
        step = (at + 1) // 2 * (1 if at % 2 else -1)
        x = middle + step * gap + random.normal(0, 0.08) * gap
        size = figure.size * shrink * random.uniform(0.85, 1.15)
        result.append(stage.stand(x, size, flip=bool(random.random() < 0.5)))
    return sorted(result, key=lambda frame: frame.size)


def _aloft(stage: Stage, random: np.random.Generator, figure: Figure, count: int, shrink: float) -> list[Frame]:
    top, bottom = stage.horizon * 0.10, stage.horizon * 0.78
    size = min(stage.unit * 0.12 * figure.size, (bottom - top) * 0.6) * shrink
    side = 1 if stage.light[0] > stage.width / 2 else 0
    x, y = (
        stage.width * (random.uniform(0.14, 0.44) + 0.42 * (1 - side)),
        random.uniform(top + size * 0.8, max(top + size, bottom)),
    )
    flip = bool(random.random() < 0.5)
    result = []
    for at in range(count):
        row = (at + 1) // 2 * (1 if at % 2 else -1)
        near = size * random.uniform(0.6, 1.15)
        across = row * size * figure.wide * random.uniform(0.55, 0.85)
        rise = abs(row) * size * random.uniform(0.1, 0.75) * (1 if count > 3 else random.choice([-1, 1]))
        result.append(
            Frame(
                x + across,
                min(max(y + rise, near), stage.horizon * 0.95),
                near,
                flip,
                float(random.normal(0, 0.10)),
            )
        )
    return result


def _afloat(stage: Stage, random: np.random.Generator, figure: Figure, count: int, shrink: float) -> list[Frame]:
    if stage.submerged:
        return _swimming(stage, random, figure, count, shrink)
    assert stage.water is not None  # noqa: S101 (told by the caller; for the type checker)
    top, bottom = stage.water
    if figure.home == "span":
        size = stage.unit * 0.26
        return [Frame(stage.width / 2, top + size * 0.12, max(size, stage.width / 3.6))]
    result = []
    for at in range(count):
        x = stage.spot(afloat=True)
        y = top + (bottom - top) * (random.uniform(0.10, 0.24) if at else random.uniform(0.2, 0.36))
        near = 0.35 + 2.2 * (y - top) / max(stage.height - top, 1)
        size = stage.unit * 0.13 * figure.size * near * shrink
        result.append(Frame(x, y, size, bool(random.random() < 0.5)))
    return sorted(result, key=lambda frame: frame.y)


def _swimming(stage: Stage, random: np.random.Generator, figure: Figure, count: int, shrink: float) -> list[Frame]:
    size = stage.unit * 0.20 * figure.size * shrink
    x, y = stage.spot(afloat=True), stage.height * random.uniform(0.26, 0.5)
    flip = bool(random.random() < 0.5)
    result = []
    for at in range(count):
        row = (at + 1) // 2 * (1 if at % 2 else -1)
        near = size * random.uniform(0.7, 1.2)
        place = (
            x + row * size * figure.wide * random.uniform(0.5, 0.75),
            y + random.normal(0, 0.08 if count > 1 else 0) * stage.unit,
        )
        result.append(Frame(place[0], place[1] + near * 0.5, near, flip, float(random.normal(0, 0.08))))
    return sorted(result, key=lambda frame: frame.size)


def draw(stage: Stage, figure: Figure, frame: Frame, thing: Thing | None = None, depth: float | None = None) -> None:
    """One figure, with its light, its shadow or its mirror image."""
    depth = stage.depth if depth is None else depth
    if figure.home in ("sky",):
        depth = min(0.5, depth + 0.08)
    floats = figure.home in ("water", "deep", "span") and stage.water is not None and not stage.submerged
    if floats:
        frame = replace(frame, y=frame.y)
    elif figure.home == "ground" and not (figure is FIGURES["umbrella"] and stage.standing):
        _shadow(stage, frame, figure)
    for part in figure.parts:
        mask = stage.canvas.cut(part.draw(Stencil(frame)))
        if mask is None:
            continue
        if floats:
            mask = _above(mask, frame.y)
        _part(stage, part, mask, frame, thing, depth)
    if floats:
        _mirrored(stage, figure, frame, thing, depth)


def _part(stage: Stage, part: Shape, mask: Mask, frame: Frame, thing: Thing | None, depth: float) -> None:
    palette = stage.palette
    named = thing.colour if thing is not None and part.own else None
    if part.glows and (palette.gloom > 0.28 or palette.night):
        tone = palette.named(named, part.colour) if named else linear(part.colour)
        stage.canvas.fill(mask, tone * 1.25)
        rows, columns = mask.values.shape
        stage.canvas.light(mask.blurred(max(1.5, rows * 0.12)), tone, 0.55)
        stage.canvas.glow(mask.left + columns / 2, mask.top + rows / 2, max(rows, columns) * 1.6, tone, 0.30)
        return
    if part.glows and part.colour.chroma > 0.1 and part.colour.light > 0.8:
        stage.canvas.fill(mask, linear(palette.local(Lch(0.36, 0.03, 250), depth)), part.veil)
        return
    tone = palette.named(named, part.colour, depth)
    stage.canvas.fill(mask, _modelled(stage, mask, frame, tone), part.veil)
    reach = max(1, round(frame.size * 0.022))
    side = 1 if stage.light[0] < frame.x else -1
    if frame.size > 12:
        stage.canvas.light(mask.edge(side * reach, reach), stage.light_colour, 0.10 + 0.16 * (1 - depth))


def _modelled(stage: Stage, mask: Mask, frame: Frame, tone: Array) -> Array:
    """The colour over the box of a mask: lighter towards the lamp, darker at the foot."""
    rows, columns = mask.values.shape
    across = (np.arange(columns, dtype=np.float32) + mask.left - frame.x) / np.float32(max(frame.size, 1))
    side = -1.0 if stage.light[0] < frame.x else 1.0
    rise = (frame.y - mask.top - np.arange(rows, dtype=np.float32)) / np.float32(max(frame.size, 1))
    shade = 0.92 + np.clip(across * side, -0.6, 0.6)[None, :] * 0.28 + np.clip(rise - 0.4, -0.4, 0.6)[:, None] * 0.22
    shaded: Array = tone[:, None, None] * shade.astype(np.float32)
    return shaded


def _shadow(stage: Stage, frame: Frame, figure: Figure) -> None:
    wide = frame.size * figure.wide * 0.42
    side = 1 if stage.light[0] < frame.x else -1
    spot = stage.canvas.cut(
        Stencil().ellipse(
            frame.x + side * wide * 0.35, frame.y + frame.size * 0.012, wide, max(1.5, frame.size * 0.045)
        )
    )
    if spot is not None:
        stage.canvas.dim(
            stage.canvas.cut(spot.blurred(max(1.0, frame.size * 0.03))),
            0.42 * (1 - stage.palette.gloom * 0.5),
        )


def _above(mask: Mask, waterline: float) -> Mask:
    rows = np.arange(mask.values.shape[0], dtype=np.float32)[:, None] + mask.top
    return replace(mask, values=mask.values * np.clip(waterline - rows + 0.5, 0, 1))


def _mirrored(stage: Stage, figure: Figure, frame: Frame, thing: Thing | None, depth: float) -> None:
    """The image in the water below: upside down, shorter, broken by ripples."""
    random = stage.random("mirror image", str(round(frame.x)))
    for part in figure.parts:
        mask = stage.canvas.cut(part.draw(Stencil(frame)))
        if mask is None:
            continue
        mask = _above(mask, frame.y)
        values = mask.values[::-1]
        rows = values.shape[0]
        sway = np.cumsum(random.normal(0, 0.25, rows)) + np.sin(np.arange(rows) * 0.5)
        shift = sway * frame.size * 0.012
        columns = np.arange(values.shape[1])[None, :] + np.round(shift)[:, None].astype(np.int32)
        values = np.take_along_axis(values, np.clip(columns, 0, values.shape[1] - 1), axis=1)
        values = blur(values, 2.0) if min(values.shape) > 8 else values
        fade = np.linspace(0.75, 0.15, rows, dtype=np.float32)[:, None]
        flipped = Mask(values * fade, mask.left, round(2 * frame.y - mask.top - rows))
        tone = stage.palette.named(thing.colour if thing and part.own else None, part.colour, depth)
        stage.canvas.fill(flipped, tone * 0.75, 0.8 * part.veil)
    line = Stencil().ellipse(frame.x, frame.y, frame.size * figure.wide * 0.42, max(1.0, frame.size * 0.012))
    stage.canvas.fill(line, linear(mix(stage.palette.sky[-1], stage.palette.light, 0.4)), 0.35)
