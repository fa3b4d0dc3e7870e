"""Animals that swim or fly, as outlines in a frame of their own height, looking right."""

from collections.abc import Mapping

from musings_sketch.painting.colour import Lch
from musings_sketch.painting.shapes import Points, Stencil
from musings_sketch.painting.things.figure import EYE, INK, Figure, Shape


def swan(s: Stencil) -> Stencil:
    s.blob(
        [
            (-0.62, 0.3),
            (-0.5, 0.12),
            (-0.2, 0.0),
            (0.2, 0.0),
            (0.42, 0.12),
            (0.4, 0.3),
            (0.1, 0.36),
            (-0.2, 0.46),
            (-0.44, 0.46),
        ]
    )
    return s.curve(
        [(0.28, 0.2), (0.46, 0.38), (0.34, 0.62), (0.3, 0.82), (0.42, 0.94), (0.52, 0.88)],
        0.2,
        0.13,
        0.1,
        0.085,
        0.1,
        0.09,
    )


def swan_beak(s: Stencil) -> Stencil:
    return s.polygon([(0.5, 0.92), (0.66, 0.82), (0.5, 0.83)])


def owl(s: Stencil) -> Stencil:
    s.blob(
        [
            (-0.2, 0.02),
            (-0.3, 0.3),
            (-0.28, 0.66),
            (-0.26, 0.98),
            (-0.12, 0.9),
            (0.12, 0.9),
            (0.26, 0.98),
            (0.28, 0.66),
            (0.3, 0.3),
            (0.2, 0.02),
        ]
    )
    return s.stroke([(0.06, 0.1), (0.14, -0.16)], 0.2, 0.1)


def owl_face(s: Stencil) -> Stencil:
    for side in (-1, 1):
        s.ellipse(0.11 * side, 0.72, 0.1).gap(0.11 * side, 0.72, 0.045)
    return s.polygon([(-0.03, 0.66), (0.03, 0.66), (0, 0.58)])


def bird(s: Stencil) -> Stencil:
    """On the wing, seen from afar."""
    wing: Points = [(0, 0.3), (0.3, 0.62), (0.66, 0.74), (1.05, 0.6)]
    s.curve(wing, 0.17, 0.13, 0.09, 0.01).curve([(-x, y + 0.04) for x, y in wing], 0.17, 0.13, 0.09, 0.01)
    return s.stroke([(-0.14, 0.12), (0.04, 0.3), (0.2, 0.4)], 0.06, 0.17, 0.05)


def bat(s: Stencil) -> Stencil:
    for side in (-1, 1):
        s.polygon(
            [
                (x * side, y)
                for x, y in (
                    (0, 0.75),
                    (0.25, 0.68),
                    (0.5, 1.0),
                    (1.05, 0.72),
                    (0.9, 0.4),
                    (0.72, 0.52),
                    (0.55, 0.3),
                    (0.36, 0.5),
                    (0.16, 0.24),
                    (0, 0.3),
                )
            ]
        )
        s.polygon([(0.02 * side, 0.75), (0.09 * side, 0.95), (0.12 * side, 0.7)])
    return s.ellipse(0, 0.55, 0.11, 0.24)


def butterfly_wings(s: Stencil) -> Stencil:
    for side in (-1, 1):
        s.blob([(x * side, y) for x, y in ((0.03, 0.5), (0.2, 0.9), (0.52, 1.0), (0.6, 0.75), (0.4, 0.52))])
        s.blob([(x * side, y) for x, y in ((0.03, 0.48), (0.38, 0.48), (0.46, 0.22), (0.28, 0.05), (0.1, 0.25))])
    return s


def butterfly_body(s: Stencil) -> Stencil:
    s.stroke([(0, 0.2), (0, 0.7)], 0.03, 0.07, 0.05)
    return s.curve([(0, 0.7), (0.06, 0.86), (0.14, 0.92)], 0.018).curve([(0, 0.7), (-0.06, 0.86), (-0.14, 0.92)], 0.018)


def fish(s: Stencil) -> Stencil:
    s.blob([(0.75, 0.5), (0.4, 0.78), (-0.05, 0.82), (-0.5, 0.56), (-0.5, 0.44), (-0.05, 0.2), (0.4, 0.24)])
    s.polygon([(-0.42, 0.5), (-0.86, 0.86), (-0.74, 0.5), (-0.86, 0.14)])
    return s.blob([(-0.15, 0.76), (0.1, 1.0), (0.32, 0.9), (0.36, 0.72)]).polygon(
        [(0.1, 0.26), (-0.1, 0.02), (0.26, 0.22)]
    )


def fish_eye(s: Stencil) -> Stencil:
    return s.ellipse(0.5, 0.56, 0.045)


def whale(s: Stencil) -> Stencil:
    s.blob(
        [
            (1.3, 0.42),
            (1.15, 0.72),
            (0.7, 0.9),
            (0.1, 0.84),
            (-0.6, 0.6),
            (-1.15, 0.66),
            (-1.2, 0.54),
            (-0.6, 0.36),
            (0, 0.14),
            (0.7, 0.06),
            (1.15, 0.2),
        ]
    )
    s.blob([(-1.1, 0.6), (-1.3, 0.9), (-1.6, 1.0), (-1.46, 0.72), (-1.24, 0.54)]).blob(
        [(-1.1, 0.58), (-1.42, 0.5), (-1.62, 0.3), (-1.3, 0.36)]
    )
    return s.blob([(0.42, 0.2), (0.2, -0.16), (-0.02, -0.24), (0.08, 0.02), (0.2, 0.2)])


def whale_belly(s: Stencil) -> Stencil:
    return s.blob([(1.26, 0.36), (1.1, 0.2), (0.7, 0.07), (0.1, 0.13), (0.4, 0.2), (0.9, 0.26)])


def turtle(s: Stencil) -> Stencil:
    s.blob([(0.42, 0.6), (0.7, 0.95), (0.8, 0.9), (0.56, 0.4)]).blob(
        [(0.4, 0.36), (0.6, 0.0), (0.7, 0.04), (0.56, 0.42)]
    )
    s.stroke([(-0.45, 0.58), (-0.72, 0.74)], 0.14, 0.06).stroke([(-0.45, 0.4), (-0.7, 0.24)], 0.14, 0.06)
    return s.ellipse(0.78, 0.52, 0.16, 0.11)


def turtle_shell(s: Stencil) -> Stencil:
    return s.ellipse(0.05, 0.5, 0.55, 0.36)


def jellyfish(s: Stencil) -> Stencil:
    s.blob([(-0.34, 0.66), (-0.3, 0.9), (0, 1.0), (0.3, 0.9), (0.34, 0.66), (0.17, 0.7), (0, 0.65), (-0.17, 0.7)])
    for x in (-0.26, -0.15, -0.05, 0.06, 0.16, 0.26):
        s.curve(
            [(x, 0.7), (x * 1.2 + 0.05, 0.5), (x * 0.9 - 0.05, 0.28), (x * 1.3 + 0.04, 0.04)],
            0.045,
            0.03,
            0.02,
            0.008,
        )
    return s


def octopus(s: Stencil) -> Stencil:
    s.ellipse(0, 0.72, 0.26, 0.28)
    for at in range(6):
        x = -0.5 + at * 0.2
        s.curve(
            [
                (x * 0.3, 0.52),
                (x * 0.9, 0.3),
                (x * 1.5, 0.26 - 0.1 * (at % 2)),
                (x * 1.9, 0.06),
                (x * 2.2, 0.16),
            ],
            0.15,
            0.11,
            0.08,
            0.05,
            0.015,
        )
    return s


def dragon(s: Stencil) -> Stencil:
    s.curve(
        [(-1.5, 0.34), (-1.1, 0.2), (-0.6, 0.42), (-0.1, 0.42), (0.35, 0.5), (0.6, 0.78), (0.85, 0.8)],
        0.01,
        0.07,
        0.16,
        0.27,
        0.22,
        0.13,
        0.12,
    )
    s.polygon([(0.78, 0.87), (1.16, 0.74), (1.2, 0.68), (0.82, 0.7)]).polygon([(0.84, 0.84), (0.66, 1.0), (0.78, 0.78)])
    s.polygon([(-1.5, 0.34), (-1.68, 0.5), (-1.72, 0.26), (-1.46, 0.3)])
    s.polygon(
        [
            (0.2, 0.55),
            (0.1, 1.0),
            (-0.4, 1.28),
            (-0.9, 1.2),
            (-0.72, 1.0),
            (-0.86, 0.84),
            (-0.5, 0.8),
            (-0.48, 0.58),
            (-0.16, 0.6),
        ]
    )
    return s.curve([(-0.05, 0.34), (0.05, 0.2), (-0.08, 0.08)], 0.12, 0.07, 0.03).curve(
        [(0.3, 0.42), (0.42, 0.26), (0.34, 0.14)], 0.1, 0.06, 0.03
    )


WINGS_AND_FINS: Mapping[str, Figure] = {
    "owl": Figure((Shape(owl, Lch(0.36, 0.05, 60), own=True), Shape(owl_face, EYE)), 0.5, 0.7, many=2),
    "swan": Figure(
        (Shape(swan, Lch(0.96, 0.01, 90), own=True), Shape(swan_beak, Lch(0.7, 0.17, 50))),
        0.5,
        1.3,
        "water",
        many=4,
    ),
    "bird": Figure((Shape(bird, INK, own=True),), 0.32, 2.0, "sky", many=9),
    "bat": Figure((Shape(bat, INK, own=True),), 0.34, 2.0, "sky", many=7),
    "butterfly": Figure(
        (Shape(butterfly_wings, Lch(0.75, 0.16, 50), own=True), Shape(butterfly_body)), 0.42, 1.2, "sky", many=5
    ),
    "dragon": Figure((Shape(dragon, INK, own=True),), 1.3, 2.8, "sky", many=2),
    "fish": Figure((Shape(fish, Lch(0.72, 0.16, 45), own=True), Shape(fish_eye, INK)), 0.4, 1.7, "deep", many=11),
    "whale": Figure(
        (Shape(whale, Lch(0.34, 0.06, 250), own=True), Shape(whale_belly, Lch(0.7, 0.03, 240))),
        1.5,
        3.0,
        "deep",
        many=2,
    ),
    "turtle": Figure(
        (Shape(turtle, Lch(0.55, 0.09, 140)), Shape(turtle_shell, Lch(0.42, 0.08, 90), own=True)),
        0.7,
        1.6,
        "deep",
        many=3,
    ),
    "jellyfish": Figure((Shape(jellyfish, Lch(0.8, 0.13, 330), own=True, veil=0.75),), 1.1, 0.7, "deep", many=6),
    "octopus": Figure((Shape(octopus, Lch(0.5, 0.16, 20), own=True),), 1.2, 1.7, "deep", many=2),
}
