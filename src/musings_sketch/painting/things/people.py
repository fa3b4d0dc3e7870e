"""People, small and seen from afar."""

from collections.abc import Mapping

from musings_sketch.painting.colour import Lch
from musings_sketch.painting.shapes import Stencil
from musings_sketch.painting.things.figure import INK, Figure, Shape


def walker(s: Stencil) -> Stencil:
    _head_and_legs(s, 0)
    s.stroke([(0.1, 0.72), (0.2, 0.52), (0.26, 0.4)], 0.07, 0.055, 0.04)
    return s.stroke([(0.27, 0.66), (0.25, 0.0)], 0.022)


def coat(s: Stencil) -> Stencil:
    return _coat(s, 0)


def couple_heads(s: Stencil) -> Stencil:
    _head_and_legs(s, -0.16)
    s.ellipse(0.14, 0.84, 0.068, 0.078).stroke([(0.1, 0.3), (0.1, 0)], 0.06).stroke([(0.19, 0.3), (0.19, 0)], 0.06)
    return s.blob([(0.2, 0.9), (0.25, 0.7), (0.18, 0.62), (0.08, 0.8), (0.1, 0.93)])


def couple_coats(s: Stencil) -> Stencil:
    _coat(s, -0.16)
    return s.blob([(0.07, 0.75), (0.2, 0.75), (0.21, 0.5), (0.32, 0.22), (-0.02, 0.22), (0.07, 0.5)]).stroke(
        [(0.08, 0.68), (-0.02, 0.46)], 0.05
    )


def dancer_dress(s: Stencil) -> Stencil:
    return s.blob(
        [
            (-0.05, 0.72),
            (0.05, 0.72),
            (0.07, 0.52),
            (0.36, 0.36),
            (0.44, 0.22),
            (0.1, 0.26),
            (-0.24, 0.2),
            (-0.38, 0.34),
            (-0.07, 0.52),
        ]
    )


def dancer_body(s: Stencil) -> Stencil:
    s.ellipse(0.01, 0.84, 0.055, 0.065).ellipse(-0.04, 0.9, 0.035).bar(-0.02, 0.7, 0.03, 0.8)
    s.curve([(0.04, 0.71), (0.2, 0.8), (0.24, 0.96), (0.16, 1.04)], 0.045, 0.035, 0.025)
    s.curve([(-0.04, 0.71), (-0.22, 0.7), (-0.34, 0.8)], 0.045, 0.035, 0.025)
    return s.stroke([(0.0, 0.4), (0.0, 0.2), (0.02, 0)], 0.07, 0.05, 0.025).curve(
        [(0.06, 0.4), (0.22, 0.28), (0.36, 0.12)], 0.07, 0.05, 0.02
    )


def _head_and_legs(s: Stencil, x: float) -> None:
    s.ellipse(x + 0.01, 0.92, 0.068, 0.08).bar(x - 0.03, 0.8, x + 0.03, 0.9)
    s.stroke([(x - 0.04, 0.44), (x - 0.06, 0.2), (x - 0.1, 0.02)], 0.1, 0.07, 0.055).stroke(
        [(x + 0.04, 0.44), (x + 0.08, 0.22), (x + 0.08, 0.02)], 0.1, 0.07, 0.055
    )


def _coat(s: Stencil, x: float) -> Stencil:
    s.blob(
        [
            (x - 0.09, 0.82),
            (x + 0.09, 0.82),
            (x + 0.13, 0.7),
            (x + 0.11, 0.52),
            (x + 0.17, 0.3),
            (x - 0.17, 0.28),
            (x - 0.11, 0.52),
            (x - 0.13, 0.7),
        ]
    )
    return s.stroke([(x - 0.1, 0.75), (x - 0.15, 0.58), (x - 0.13, 0.44)], 0.07, 0.055, 0.045)


PEOPLE: Mapping[str, Figure] = {
    "person": Figure((Shape(walker, INK), Shape(coat, Lch(0.42, 0.10, 30), own=True)), 0.62, 0.6),
    "couple": Figure(
        (Shape(couple_heads, INK), Shape(couple_coats, Lch(0.40, 0.10, 340), own=True)), 0.62, 0.8, many=1
    ),
    "dancer": Figure((Shape(dancer_dress, Lch(0.60, 0.19, 10), own=True), Shape(dancer_body, INK)), 0.75, 0.9),
}
