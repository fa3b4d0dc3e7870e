"""Trees and other growing things. Those that vary take their chance from where they stand."""

import math
from collections.abc import Mapping

import numpy as np

from musings_sketch.painting.colour import Lch
from musings_sketch.painting.shapes import Outline, Point, Stencil
from musings_sketch.painting.things.figure import Figure, Shape

_BARK, _LEAF, _PINE, _STEM = (
    Lch(0.32, 0.05, 50),
    Lch(0.50, 0.12, 138),
    Lch(0.36, 0.08, 155),
    Lch(0.48, 0.11, 135),
)


def tree_trunk(s: Stencil) -> Stencil:
    random = _chance(s)
    s.polygon([(-0.075, 0), (0.075, 0), (0.04, 0.12), (0.035, 0.42), (-0.035, 0.42), (-0.04, 0.12)])
    grow(s, random, (0, 0.36), math.pi / 2 + random.normal(0, 0.1), 0.19, 0.055, 4)
    return s


def tree_crown(s: Stencil) -> Stencil:
    random = _chance(s)
    for _ in range(64):
        angle, away = random.uniform(0, math.tau), random.uniform(0, 1) ** 0.5
        size = random.uniform(0.07, 0.14)
        s.polygon(_leafy(random, math.cos(angle) * away * 0.34, 0.68 + math.sin(angle) * away * 0.25, size))
    return s


def tree_lights(s: Stencil) -> Stencil:
    """The sunny side of the crown."""
    random = _chance(s, 7)
    for _ in range(26):
        angle, away = random.uniform(0.1, math.pi * 0.9), random.uniform(0.1, 0.95) ** 0.5
        s.polygon(
            _leafy(
                random,
                math.cos(angle) * away * 0.3,
                0.72 + math.sin(angle) * away * 0.2,
                random.uniform(0.025, 0.06),
            )
        )
    return s


def grow(
    s: Stencil,
    random: np.random.Generator,
    foot: Point,
    angle: float,
    length: float,
    width: float,
    depth: int,
) -> None:
    """A branch and its branches."""
    bend = random.normal(0, 0.18)
    middle = (foot[0] + math.cos(angle) * length * 0.5, foot[1] + math.sin(angle) * length * 0.5)
    tip = (
        middle[0] + math.cos(angle + bend) * length * 0.5,
        middle[1] + math.sin(angle + bend) * length * 0.5,
    )
    s.stroke([foot, middle, tip], width, width * 0.62)
    if depth:
        for side in (-1, 1):
            grow(
                s,
                random,
                tip,
                angle + bend + side * random.uniform(0.25, 0.65),
                length * random.uniform(0.62, 0.85),
                width * 0.62,
                depth - 1,
            )


def pine(s: Stencil) -> Stencil:
    random = _chance(s)
    s.bar(-0.018, 0, 0.018, 0.3)
    tiers = 9
    for at in range(tiers):
        y = 0.1 + 0.82 * at / tiers
        half = 0.25 * (1 - at / tiers) ** 0.85 * random.uniform(0.85, 1.1) + 0.02
        drop, rise = 0.05 * (1 - at / tiers), 0.17
        s.polygon(
            [
                (-half, y - drop),
                (-half * 0.45, y + 0.01),
                (-half * 0.12, y - 0.012),
                (half * 0.2, y + 0.012),
                (half * 0.5, y - 0.004),
                (half, y - drop * 1.1),
                (0.012, y + rise),
                (-0.012, y + rise),
            ]
        )
    return s


def palm_trunk(s: Stencil) -> Stencil:
    return s.curve([(0, 0), (0.05, 0.3), (0.02, 0.6), (-0.04, 0.82)], 0.07, 0.045, 0.04)


def palm_leaves(s: Stencil) -> Stencil:
    for angle in (0.15, 0.75, 1.4, 2.1, 2.75, 3.3, -0.3):
        across, up = math.cos(angle), math.sin(angle)
        tip = (-0.04 + across * 0.4, 0.82 + up * 0.22 - 0.14)
        middle = (-0.04 + across * 0.22, 0.84 + up * 0.2)
        s.curve([(-0.04, 0.82), middle, tip], 0.03, 0.07, 0.005)
        for share in (0.45, 0.6, 0.75, 0.9):
            x, y = (
                middle[0] + (tip[0] - middle[0]) * (2 * share - 1),
                middle[1] + (tip[1] - middle[1]) * (2 * share - 1),
            )
            s.stroke([(x, y), (x + across * 0.02, y - 0.09)], 0.022, 0.004)
    return s


def cherry_crown(s: Stencil) -> Stencil:
    random = _chance(s, 3)
    for _ in range(58):
        angle, away = random.uniform(-0.35, math.pi + 0.35), random.uniform(0.2, 1) ** 0.6
        s.polygon(
            _leafy(
                random,
                math.cos(angle) * away * 0.42,
                0.62 + math.sin(angle) * away * 0.3,
                random.uniform(0.04, 0.09),
            )
        )
    return s


def cactus(s: Stencil) -> Stencil:
    s.stroke([(0, 0), (0, 0.92)], 0.17).curve([(0, 0.34), (0.2, 0.36), (0.25, 0.46), (0.25, 0.68)], 0.11)
    return s.curve([(0, 0.48), (-0.2, 0.5), (-0.25, 0.6), (-0.25, 0.8)], 0.11)


def cactus_ribs(s: Stencil) -> Stencil:
    return (
        s.stroke([(-0.035, 0.02), (-0.035, 0.9)], 0.014)
        .stroke([(0.035, 0.02), (0.035, 0.9)], 0.014)
        .stroke([(0.25, 0.46), (0.25, 0.66)], 0.012)
    )


def mushroom_stem(s: Stencil) -> Stencil:
    return s.blob([(-0.14, 0), (-0.1, 0.3), (-0.12, 0.6), (0.12, 0.6), (0.1, 0.3), (0.14, 0)])


def mushroom_cap(s: Stencil) -> Stencil:
    return s.blob([(-0.55, 0.5), (-0.44, 0.8), (0, 1.0), (0.44, 0.8), (0.55, 0.5), (0.3, 0.54), (0, 0.5), (-0.3, 0.54)])


def mushroom_spots(s: Stencil) -> Stencil:
    return (
        s.ellipse(-0.24, 0.72, 0.08, 0.065)
        .ellipse(0.08, 0.86, 0.08, 0.05)
        .ellipse(0.3, 0.66, 0.06, 0.055)
        .ellipse(-0.02, 0.64, 0.05, 0.04)
    )


def reeds(s: Stencil) -> Stencil:
    random = _chance(s)
    for x in np.linspace(-0.6, 0.6, 13):
        lean, tall = random.normal(0, 0.1), random.uniform(0.6, 1.0)
        s.curve([(float(x), 0), (x + lean * 0.4, tall * 0.5), (x + lean, tall)], 0.025, 0.02, 0.006)
        if random.random() < 0.45:
            s.stroke([(x + lean * 0.85, tall * 0.82), (x + lean, tall)], 0.055)
    return s


def flower_stem(s: Stencil) -> Stencil:
    return (
        s.curve([(0, 0), (0.03, 0.4), (0, 0.78)], 0.028, 0.022)
        .blob([(0.02, 0.3), (0.14, 0.46), (0.24, 0.5), (0.15, 0.36)])
        .blob([(0.0, 0.22), (-0.14, 0.36), (-0.22, 0.38), (-0.12, 0.26)])
    )


def daisy_petals(s: Stencil) -> Stencil:
    for at in range(13):
        angle = at / 13 * math.tau
        s.ellipse(math.cos(angle) * 0.14, 0.8 + math.sin(angle) * 0.14, 0.085, 0.03, angle)
    return s


def daisy_heart(s: Stencil) -> Stencil:
    return s.ellipse(0, 0.8, 0.07)


def sun_petals(s: Stencil) -> Stencil:
    for ring, count in ((0.19, 17), (0.15, 15)):
        for at in range(count):
            angle = at / count * math.tau + ring
            s.ellipse(math.cos(angle) * ring, 0.78 + math.sin(angle) * ring, 0.09, 0.032, angle)
    return s


def sun_heart(s: Stencil) -> Stencil:
    return s.ellipse(0, 0.78, 0.13)


def tulip_cup(s: Stencil) -> Stencil:
    return s.blob(
        [
            (-0.02, 0.7),
            (-0.14, 0.78),
            (-0.15, 0.98),
            (-0.07, 0.9),
            (0, 1.0),
            (0.07, 0.9),
            (0.15, 0.98),
            (0.14, 0.78),
            (0.02, 0.7),
        ]
    )


def poppy_petals(s: Stencil) -> Stencil:
    return (
        s.ellipse(-0.1, 0.82, 0.12, 0.1, 0.3)
        .ellipse(0.1, 0.82, 0.12, 0.1, -0.3)
        .ellipse(0, 0.88, 0.14, 0.1)
        .ellipse(0, 0.78, 0.12, 0.08)
    )


def poppy_heart(s: Stencil) -> Stencil:
    return s.ellipse(0, 0.81, 0.045)


def rose_bloom(s: Stencil) -> Stencil:
    return s.ellipse(0, 0.82, 0.16, 0.14).ellipse(-0.09, 0.78, 0.1).ellipse(0.09, 0.78, 0.1).ellipse(0, 0.9, 0.1, 0.08)


def rose_folds(s: Stencil) -> Stencil:
    for turn, away in ((0.0, 0.02), (2.2, 0.06), (4.2, 0.085), (5.6, 0.12)):
        arc = [(math.cos(turn + t * 0.35) * away, 0.83 + math.sin(turn + t * 0.35) * away * 0.85) for t in range(9)]
        s.stroke(arc, 0.004, 0.016, 0.004)
    return s


def lavender_spike(s: Stencil) -> Stencil:
    for at in range(9):
        y, half = 0.5 + at * 0.055, 0.055 * (1 - at / 12)
        s.ellipse(-half, y, half * 0.8, 0.028).ellipse(half, y + 0.02, half * 0.8, 0.028)
    return s.ellipse(0, 0.98, 0.02, 0.03)


def _chance(s: Stencil, more: int = 0) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64([int(abs(s.frame.x) * 8), int(abs(s.frame.size) * 8), more]))


def _leafy(random: np.random.Generator, x: float, y: float, size: float) -> Outline:
    """A ragged tuft."""
    turns = np.linspace(0, math.tau, 12, endpoint=False)
    radii = size * random.uniform(0.7, 1.12, 12)
    return np.stack([x + np.cos(turns) * radii, y + np.sin(turns) * radii * 0.85], 1)


def _flower(head: Shape, *more: Shape) -> Figure:
    return Figure((Shape(flower_stem, _STEM), head, *more), 0.75, 0.5, many=9)


PLANTS: Mapping[str, Figure] = {
    "tree": Figure(
        (
            Shape(tree_trunk, _BARK),
            Shape(tree_crown, _LEAF, own=True),
            Shape(tree_lights, Lch(0.66, 0.13, 125), veil=0.55),
        ),
        1.9,
        0.8,
        many=5,
    ),
    "pine": Figure((Shape(pine, _PINE, own=True),), 2.0, 0.5, many=7),
    "palm": Figure((Shape(palm_trunk, _BARK), Shape(palm_leaves, Lch(0.44, 0.11, 140), own=True)), 1.9, 0.9),
    "cherry": Figure(
        (
            Shape(tree_trunk, Lch(0.28, 0.03, 30)),
            Shape(cherry_crown, Lch(0.84, 0.10, 355), own=True, veil=0.92),
            Shape(tree_lights, Lch(0.94, 0.05, 10), veil=0.7),
        ),
        1.9,
        0.9,
    ),
    "cactus": Figure(
        (Shape(cactus, Lch(0.45, 0.09, 150), own=True), Shape(cactus_ribs, Lch(0.36, 0.08, 155))),
        1.1,
        0.6,
        many=4,
    ),
    "mushroom": Figure(
        (
            Shape(mushroom_stem, Lch(0.92, 0.03, 85)),
            Shape(mushroom_cap, Lch(0.55, 0.19, 28), own=True),
            Shape(mushroom_spots, Lch(0.96, 0.01, 90)),
        ),
        0.42,
        1.1,
        many=6,
    ),
    "reed": Figure((Shape(reeds, Lch(0.42, 0.08, 115), own=True),), 0.8, 1.3, many=3),
    "flower": _flower(Shape(daisy_petals, Lch(0.95, 0.02, 90), own=True), Shape(daisy_heart, Lch(0.82, 0.16, 85))),
    "sunflower": _flower(Shape(sun_petals, Lch(0.84, 0.17, 88), own=True), Shape(sun_heart, Lch(0.32, 0.06, 50))),
    "tulip": _flower(Shape(tulip_cup, Lch(0.60, 0.20, 15), own=True)),
    "poppy": _flower(Shape(poppy_petals, Lch(0.60, 0.22, 30), own=True), Shape(poppy_heart, Lch(0.2, 0.02, 300))),
    "rose": _flower(Shape(rose_bloom, Lch(0.55, 0.20, 15), own=True), Shape(rose_folds, Lch(0.38, 0.14, 15))),
    "lavender": _flower(Shape(lavender_spike, Lch(0.58, 0.15, 300), own=True)),
}
