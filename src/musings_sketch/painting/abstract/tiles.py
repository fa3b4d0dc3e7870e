"""Geometry in the manner of the nineteen-twenties: a grid of tiles, each a quarter disc, arc, stripe or dot."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from musings_sketch.painting import noise
from musings_sketch.painting.colour import Array, Lch, linear
from musings_sketch.painting.shapes import Point, Stencil
from musings_sketch.painting.stage import Stage


def paint(stage: Stage) -> None:
    random, palette = stage.random("tiles"), stage.palette
    paper = Lch(0.94, 0.022, palette.light.hue)
    tones = _tones(stage)
    stage.canvas.cover(linear(paper))
    count = int(random.integers(4, 8))
    side = min(stage.width, stage.height) / (count + 0.7)
    columns, rows = int((stage.width - side * 0.5) / side), int((stage.height - side * 0.5) / side)
    left, top = (stage.width - columns * side) / 2, (stage.height - rows * side) / 2
    taken = np.zeros((rows, columns), bool)
    for row in range(rows):
        for column in range(columns):
            if taken[row, column]:
                continue
            span = (
                2
                if random.random() < 0.16
                and row + 1 < rows
                and column + 1 < columns
                and not taken[row : row + 2, column : column + 2].any()
                else 1
            )
            taken[row : row + span, column : column + span] = True
            _tile(stage, random, tones, left + column * side, top + row * side, side * span)
        stage.check()
    _wear(stage, random)


def _tones(stage: Stage) -> list[Lch]:
    palette = stage.palette
    ink = Lch(0.25, 0.04, palette.sky[0].hue)
    base = [
        palette.accents[0],
        palette.accents[-1],
        palette.sky[0].at(0.42),
        palette.sky[2],
        palette.light.at(0.85),
    ]
    if palette.tinted:
        base = [*palette.tinted, *(tint.shift(0.12, 0.8, 25) for tint in palette.tinted), *base[:2]][:5]
    return [
        ink,
        *(Lch(tone.light, max(tone.chroma, 0.06), tone.hue) for tone in base),
        Lch(0.94, 0.022, palette.light.hue),
    ]


def _tile(stage: Stage, random: noise.Random, tones: list[Lch], x: float, y: float, side: float) -> None:
    ground, figure, third = (linear(tones[int(at)]) for at in random.choice(len(tones), 3, replace=False))
    stage.canvas.fill(Stencil().bar(x, y, x + side + 1, y + side + 1), ground)
    turn = int(random.integers(4))
    place = _Place(x, y, side, turn)
    kind = str(random.choice(list(_FIGURES), p=[0.2, 0.16, 0.14, 0.14, 0.12, 0.1, 0.08, 0.06]))
    for at, stencil in enumerate(_FIGURES[kind](place)):
        stage.canvas.fill(stencil, (figure, ground if kind == "rainbow" else third)[at % 2])


@dataclass(frozen=True)
class _Place:
    """A tile: its upper left, its side, and the corner (0..3, clockwise) from which its figure is drawn."""

    x: float
    y: float
    side: float
    turn: int

    def corner(self, more: int = 0) -> Point:
        right, low = ((0, 0), (1, 0), (1, 1), (0, 1))[(self.turn + more) % 4]
        return self.x + right * self.side, self.y + low * self.side

    @property
    def middle(self) -> Point:
        return self.x + self.side / 2, self.y + self.side / 2


def _quarter(place: _Place) -> list[Stencil]:
    return [Stencil().polygon(_wedge(place.corner(), place.side * share, place.turn)) for share in (1.0, 0.5)]


def _rainbow(place: _Place) -> list[Stencil]:
    shares = (1.0, 0.8, 0.6, 0.4, 0.2)
    return [Stencil().polygon(_wedge(place.corner(), place.side * share, place.turn)) for share in shares]


def _eye(place: _Place) -> list[Stencil]:
    return [Stencil().ellipse(*place.middle, place.side * share) for share in (0.38, 0.16)]


def _leaf(place: _Place) -> list[Stencil]:
    """Two quarters that meet."""
    both = Stencil().polygon(_wedge(place.corner(), place.side * 0.5, place.turn))
    return [both.polygon(_wedge(place.corner(2), place.side * 0.5, (place.turn + 2) % 4))]


def _triangle(place: _Place) -> list[Stencil]:
    return [Stencil().polygon([place.corner(), place.corner(1), place.corner(2)])]


def _stripes(place: _Place) -> list[Stencil]:
    bars, band = Stencil(), place.side / 6
    for at in (0, 2, 4):
        if place.turn % 2:
            bars.bar(place.x, place.y + at * band, place.x + place.side, place.y + (at + 1) * band)
        else:
            bars.bar(place.x + at * band, place.y, place.x + (at + 1) * band, place.y + place.side)
    return [bars]


def _dots(place: _Place) -> list[Stencil]:
    dots, third = Stencil(), place.side / 3
    for at in range(9):
        dots.ellipse(place.x + (at % 3 + 0.5) * third, place.y + (at // 3 + 0.5) * third, place.side * 0.09)
    return [dots]


def _half(place: _Place) -> list[Stencil]:
    (x, y), radius, start = place.middle, place.side / 2, place.turn * math.pi / 2
    foot = x - math.cos(start + math.pi / 2) * radius, y - math.sin(start + math.pi / 2) * radius
    turns = (start + t * math.pi / 40 for t in range(41))
    return [Stencil().polygon([(foot[0] + math.cos(t) * radius, foot[1] + math.sin(t) * radius) for t in turns])]


_FIGURES: Mapping[str, Callable[[_Place], list[Stencil]]] = {
    "quarter": _quarter,
    "rainbow": _rainbow,
    "eye": _eye,
    "leaf": _leaf,
    "triangle": _triangle,
    "stripes": _stripes,
    "dots": _dots,
    "half": _half,
}


def _wedge(corner: Point, radius: float, turn: int) -> list[Point]:
    start = turn * math.pi / 2
    return [
        corner,
        *(
            (
                corner[0] + math.cos(start + t * math.pi / 48) * radius,
                corner[1] + math.sin(start + t * math.pi / 48) * radius,
            )
            for t in range(25)
        ),
    ]


def _wear(stage: Stage, random: noise.Random) -> None:
    """Ink that did not take evenly."""
    grain: Array = stage.noise(random, 0.012, octaves=3, gain=0.8)
    broad = stage.noise(random, 0.3, octaves=4)
    stage.canvas.pixels *= (0.90 + 0.13 * grain + 0.10 * broad)[None]
