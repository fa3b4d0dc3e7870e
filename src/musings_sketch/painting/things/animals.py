"""Animals, as outlines in a frame of their own height, looking right."""

import math
from collections.abc import Mapping

from musings_sketch.painting.colour import Lch
from musings_sketch.painting.shapes import Stencil
from musings_sketch.painting.things.figure import EYE, INK, Figure, Shape


def cat(s: Stencil) -> Stencil:
    s.blob(
        [
            (-0.2, 0.02),
            (-0.26, 0.18),
            (-0.2, 0.42),
            (-0.11, 0.6),
            (0.11, 0.6),
            (0.2, 0.42),
            (0.26, 0.18),
            (0.2, 0.02),
            (0, 0),
        ]
    )
    s.ellipse(0, 0.7, 0.175, 0.145)
    s.polygon([(-0.165, 0.72), (-0.17, 0.97), (-0.03, 0.82)]).polygon([(0.165, 0.72), (0.17, 0.97), (0.03, 0.82)])
    return s.curve([(0.16, 0.05), (0.36, 0.03), (0.48, 0.14), (0.46, 0.3), (0.53, 0.4)], 0.09, 0.08, 0.07, 0.05)


def cat_eyes(s: Stencil) -> Stencil:
    return s.ellipse(-0.07, 0.72, 0.035, 0.027).ellipse(0.07, 0.72, 0.035, 0.027)


def dog(s: Stencil) -> Stencil:
    s.blob(
        [
            (-0.22, 0),
            (-0.28, 0.15),
            (-0.2, 0.36),
            (-0.02, 0.58),
            (0.12, 0.72),
            (0.22, 0.6),
            (0.2, 0.36),
            (0.2, 0.02),
        ]
    )
    s.ellipse(0.16, 0.8, 0.15, 0.135).stroke([(0.2, 0.8), (0.4, 0.74)], 0.16, 0.1)
    s.blob([(0.06, 0.9), (0.0, 0.74), (0.02, 0.6), (0.1, 0.64), (0.14, 0.84)])
    return s.curve([(-0.22, 0.06), (-0.38, 0.1), (-0.44, 0.26)], 0.09, 0.07, 0.03)


def horse(s: Stencil) -> Stencil:
    _legs(s, (-0.32, -0.24, 0.2, 0.29), 0.55, 0.1)
    s.blob(
        [
            (-0.4, 0.62),
            (-0.36, 0.74),
            (-0.1, 0.73),
            (0.18, 0.76),
            (0.32, 0.7),
            (0.34, 0.56),
            (0.1, 0.47),
            (-0.2, 0.46),
            (-0.38, 0.5),
        ]
    )
    s.curve([(0.22, 0.64), (0.36, 0.8), (0.42, 0.94)], 0.24, 0.17, 0.13)
    s.stroke([(0.41, 0.94), (0.52, 0.84), (0.58, 0.77)], 0.13, 0.1, 0.075)
    s.polygon([(0.37, 0.96), (0.4, 1.04), (0.44, 0.97)])
    s.curve([(0.36, 1.0), (0.27, 0.92), (0.2, 0.78)], 0.05, 0.1, 0.05)
    return s.curve([(-0.38, 0.68), (-0.5, 0.6), (-0.5, 0.4), (-0.54, 0.28)], 0.06, 0.1, 0.09, 0.02)


def deer(s: Stencil) -> Stencil:
    _legs(s, (-0.2, -0.15, 0.12, 0.17), 0.42, 0.06)
    s.blob([(-0.26, 0.46), (-0.24, 0.55), (0, 0.53), (0.16, 0.56), (0.2, 0.46), (0.06, 0.37), (-0.18, 0.36)])
    s.curve([(0.13, 0.49), (0.2, 0.6), (0.23, 0.7)], 0.14, 0.1, 0.075)
    s.stroke([(0.22, 0.71), (0.33, 0.66)], 0.085, 0.045).polygon([(0.2, 0.73), (0.12, 0.78), (0.2, 0.69)])
    for side in (-1, 1):
        s.curve(
            [(0.22, 0.73), (0.22 + 0.1 * side, 0.8), (0.23 + 0.14 * side, 0.9), (0.22 + 0.09 * side, 1)],
            0.022,
            0.02,
            0.012,
        )
        s.stroke([(0.22 + 0.115 * side, 0.83), (0.22 + 0.03 * side, 0.9)], 0.016, 0.008)
        s.stroke([(0.23 + 0.14 * side, 0.9), (0.22 + 0.21 * side, 0.97)], 0.016, 0.008)
    return s.stroke([(-0.25, 0.52), (-0.31, 0.46)], 0.06, 0.03)


def fox(s: Stencil) -> Stencil:
    s.blob([(-0.18, 0.01), (-0.24, 0.16), (-0.16, 0.4), (0, 0.58), (0.14, 0.6), (0.2, 0.42), (0.17, 0.01)])
    s.blob([(0, 0.66), (0.05, 0.8), (0.18, 0.82), (0.26, 0.72), (0.44, 0.62), (0.26, 0.58), (0.1, 0.56)])
    s.polygon([(0.03, 0.76), (0.02, 1.0), (0.14, 0.82)]).polygon([(0.14, 0.8), (0.2, 0.99), (0.25, 0.76)])
    return s.curve([(-0.18, 0.08), (-0.42, 0.07), (-0.6, 0.2), (-0.62, 0.42)], 0.1, 0.2, 0.19, 0.02)


def fox_tip(s: Stencil) -> Stencil:
    s.curve([(-0.585, 0.24), (-0.615, 0.33), (-0.62, 0.42)], 0.14, 0.12, 0.02)
    return s.blob([(0.1, 0.56), (0.2, 0.46), (0.16, 0.3), (0.1, 0.42)])


def wolf(s: Stencil) -> Stencil:
    """Howling."""
    _legs(s, (-0.3, -0.22, 0.12, 0.18), 0.36, 0.085)
    s.blob(
        [
            (-0.38, 0.42),
            (-0.3, 0.54),
            (0, 0.54),
            (0.2, 0.64),
            (0.26, 0.5),
            (0.18, 0.3),
            (-0.1, 0.3),
            (-0.34, 0.3),
        ]
    )
    s.curve([(0.15, 0.5), (0.24, 0.68), (0.28, 0.8)], 0.26, 0.2, 0.13)
    s.stroke([(0.26, 0.78), (0.36, 0.9), (0.43, 1.0)], 0.15, 0.1, 0.045)
    s.polygon([(0.24, 0.84), (0.1, 0.86), (0.2, 0.74)]).stroke([(0.33, 0.78), (0.42, 0.87)], 0.07, 0.03)
    return s.curve([(-0.36, 0.46), (-0.48, 0.34), (-0.52, 0.16)], 0.09, 0.13, 0.03)


def bear(s: Stencil) -> Stencil:
    for x in (-0.42, -0.2, 0.2, 0.42):
        s.bar(x - 0.1, 0, x + 0.1, 0.5)
    s.blob(
        [
            (-0.56, 0.42),
            (-0.52, 0.78),
            (-0.2, 0.92),
            (0.16, 1.0),
            (0.5, 0.84),
            (0.54, 0.44),
            (0.2, 0.3),
            (-0.3, 0.28),
        ]
    )
    s.ellipse(0.62, 0.74, 0.2, 0.17).stroke([(0.66, 0.7), (0.86, 0.62)], 0.2, 0.12)
    return s.ellipse(0.52, 0.9, 0.07).ellipse(0.68, 0.9, 0.06)


def rabbit(s: Stencil) -> Stencil:
    s.ellipse(-0.08, 0.26, 0.3, 0.26).ellipse(0.1, 0.16, 0.22, 0.16).ellipse(0.2, 0.52, 0.17, 0.14).ellipse(
        -0.38, 0.2, 0.09
    )
    s.curve([(0.14, 0.6), (0.04, 0.82), (0.06, 1.0)], 0.07, 0.11, 0.03)
    return s.curve([(0.2, 0.62), (0.18, 0.84), (0.24, 1.0)], 0.07, 0.11, 0.03)


def sheep_legs(s: Stencil) -> Stencil:
    for x in (-0.3, -0.18, 0.16, 0.28):
        s.bar(x - 0.045, 0, x + 0.045, 0.4)
    return s.ellipse(0.5, 0.68, 0.17, 0.12, -0.5).ellipse(0.36, 0.78, 0.1, 0.04, 0.4)


def sheep_wool(s: Stencil) -> Stencil:
    for turn in range(11):
        angle = turn / 11 * math.tau
        s.ellipse(math.cos(angle) * 0.34, 0.6 + math.sin(angle) * 0.22, 0.17)
    return s.ellipse(0, 0.6, 0.36, 0.26)


def camel(s: Stencil) -> Stencil:
    _legs(s, (-0.3, -0.22, 0.14, 0.2), 0.5, 0.075)
    s.blob(
        [
            (-0.36, 0.52),
            (-0.3, 0.66),
            (-0.14, 0.7),
            (-0.04, 0.88),
            (0.06, 0.7),
            (0.22, 0.66),
            (0.28, 0.52),
            (0.1, 0.42),
            (-0.24, 0.42),
        ]
    )
    s.curve([(0.22, 0.58), (0.38, 0.54), (0.44, 0.72), (0.45, 0.9)], 0.15, 0.12, 0.09, 0.08)
    s.stroke([(0.44, 0.92), (0.58, 0.88)], 0.1, 0.065)
    return s.curve([(-0.35, 0.56), (-0.42, 0.44), (-0.4, 0.34)], 0.03, 0.025, 0.04)


def elephant(s: Stencil) -> Stencil:
    for x in (-0.44, -0.24, 0.14, 0.32):
        s.stroke([(x, 0.5), (x, 0.02)], 0.22, 0.17)
    s.blob(
        [
            (-0.58, 0.5),
            (-0.54, 0.8),
            (-0.2, 0.95),
            (0.2, 0.92),
            (0.44, 0.8),
            (0.42, 0.4),
            (0, 0.3),
            (-0.5, 0.32),
        ]
    )
    s.ellipse(0.5, 0.78, 0.24, 0.22)
    s.curve([(0.62, 0.78), (0.76, 0.55), (0.74, 0.28), (0.84, 0.16)], 0.22, 0.14, 0.09, 0.06)
    s.curve([(0.6, 0.6), (0.72, 0.5), (0.84, 0.52)], 0.05, 0.04, 0.015)
    return s.curve([(-0.57, 0.7), (-0.64, 0.5), (-0.62, 0.36)], 0.035, 0.025, 0.05)


def elephant_ear(s: Stencil) -> Stencil:
    return s.blob([(0.4, 0.92), (0.2, 0.9), (0.16, 0.66), (0.28, 0.48), (0.4, 0.6), (0.44, 0.8)])


def _legs(s: Stencil, places: tuple[float, ...], hip: float, width: float) -> None:
    for at, x in enumerate(places):
        bend = 0.035 if at < len(places) / 2 else -0.015
        s.stroke(
            [(x, hip + 0.06), (x - bend, hip * 0.5), (x + bend * 0.3, 0)],
            width * 1.5,
            width * 0.75,
            width * 0.6,
        )


ANIMALS: Mapping[str, Figure] = {
    "cat": Figure((Shape(cat, INK, own=True), Shape(cat_eyes, EYE, glows=True)), 0.62),
    "dog": Figure((Shape(dog, Lch(0.38, 0.06, 55), own=True),), 0.62),
    "horse": Figure((Shape(horse, Lch(0.33, 0.06, 45), own=True),), 0.95, 1.2, many=3),
    "deer": Figure((Shape(deer, Lch(0.36, 0.06, 55), own=True),), 1.1, 0.8),
    "fox": Figure((Shape(fox, Lch(0.6, 0.16, 48), own=True), Shape(fox_tip, Lch(0.93, 0.03, 80))), 0.55, 1.2),
    "wolf": Figure((Shape(wolf, INK, own=True),), 0.75, 1.1, many=4),
    "bear": Figure((Shape(bear, Lch(0.32, 0.05, 50), own=True),), 0.8, 1.5, many=2),
    "rabbit": Figure((Shape(rabbit, Lch(0.62, 0.04, 65), own=True),), 0.36),
    "sheep": Figure((Shape(sheep_wool, Lch(0.92, 0.02, 90), own=True), Shape(sheep_legs, INK)), 0.4, 1.2, many=6),
    "camel": Figure((Shape(camel, Lch(0.42, 0.07, 62), own=True),), 1.0, 1.1, many=4),
    "elephant": Figure(
        (Shape(elephant, Lch(0.45, 0.015, 270), own=True), Shape(elephant_ear, Lch(0.38, 0.015, 270))), 1.3, 1.5
    ),
}
