"""What floats, flies or lies about, made by people."""

import math
from collections.abc import Mapping

from musings_sketch.painting.colour import Lch
from musings_sketch.painting.shapes import Stencil, smooth
from musings_sketch.painting.things.buildings import LAMP
from musings_sketch.painting.things.figure import INK, Figure, Shape

_WOOD, _SAIL = Lch(0.40, 0.08, 50), Lch(0.94, 0.02, 85)


def boat_hull(s: Stencil) -> Stencil:
    return s.blob([(-0.48, 0.16), (-0.36, 0.0), (0, -0.04), (0.34, 0.0), (0.56, 0.18), (0.3, 0.13), (-0.2, 0.12)]).bar(
        -0.02, 0.1, 0.008, 1.0
    )


def boat_sail(s: Stencil) -> Stencil:
    return s.polygon([*smooth([(0.03, 0.97), (0.16, 0.66), (0.42, 0.3), (0.46, 0.22)], closed=False), (0.03, 0.2)])


def boat_jib(s: Stencil) -> Stencil:
    return s.polygon([*smooth([(-0.04, 0.9), (-0.18, 0.56), (-0.36, 0.24)], closed=False), (-0.04, 0.2)])


def ship_hull(s: Stencil) -> Stencil:
    s.polygon(
        [
            *smooth([(-0.7, 0.34), (-0.6, 0.06), (-0.5, 0.0)], closed=False),
            (0.42, 0.0),
            (0.66, 0.24),
            (0.3, 0.2),
            (-0.35, 0.2),
            (-0.4, 0.3),
        ]
    )
    s.stroke([(0.5, 0.22), (0.92, 0.38)], 0.03, 0.012)
    for x, top in ((-0.4, 0.84), (0.0, 1.0), (0.36, 0.88)):
        s.bar(x - 0.012, 0.15, x + 0.012, top)
    return s.stroke([(0.92, 0.38), (0.36, 0.86)], 0.008).stroke([(-0.7, 0.34), (-0.4, 0.8)], 0.008)


def ship_sails(s: Stencil) -> Stencil:
    for x, top, half in ((-0.4, 0.8, 0.16), (0.0, 0.96, 0.2), (0.36, 0.84, 0.16)):
        y = top
        for at in range(3):
            low, wide = y - (top - 0.26) / 3 + 0.015, half * (0.62 + 0.19 * at)
            s.polygon(
                [
                    *smooth(
                        [(x - wide, low), (x - wide * 0.62, (low + y) / 2), (x - wide * 0.86, y)],
                        closed=False,
                    ),
                    *smooth(
                        [(x + wide * 0.86, y), (x + wide * 1.12, (low + y) / 2), (x + wide, low)],
                        closed=False,
                    ),
                ]
            )
            y = low - 0.015
    return s.polygon([(0.9, 0.4), (0.42, 0.8), (0.44, 0.34)])


def balloon_bag(s: Stencil) -> Stencil:
    return s.blob(
        [
            (-0.1, 0.28),
            (-0.32, 0.52),
            (-0.36, 0.74),
            (-0.2, 0.95),
            (0, 1.0),
            (0.2, 0.95),
            (0.36, 0.74),
            (0.32, 0.52),
            (0.1, 0.28),
            (0, 0.27),
        ]
    )


def balloon_stripes(s: Stencil) -> Stencil:
    for side in (-1, 1):
        s.blob(
            [
                (0.03 * side, 0.28),
                (0.2 * side, 0.52),
                (0.23 * side, 0.75),
                (0.1 * side, 0.97),
                (0.06 * side, 0.98),
                (0.12 * side, 0.75),
                (0.1 * side, 0.52),
            ]
        )
    return s


def balloon_basket(s: Stencil) -> Stencil:
    return (
        s.bar(-0.07, 0.02, 0.07, 0.12)
        .stroke([(-0.06, 0.12), (-0.1, 0.29)], 0.008)
        .stroke([(0.06, 0.12), (0.1, 0.29)], 0.008)
    )


def kite_cloth(s: Stencil) -> Stencil:
    return s.polygon([(0, 1), (0.28, 0.72), (0, 0.3), (-0.28, 0.72)])


def kite_tail(s: Stencil) -> Stencil:
    s.curve([(0, 0.3), (0.1, 0.12), (-0.06, -0.05), (0.12, -0.24), (0, -0.4)], 0.014)
    for x, y in ((0.08, 0.14), (-0.03, -0.05), (0.09, -0.22)):
        s.polygon([(x, y), (x - 0.09, y + 0.05), (x - 0.09, y - 0.05)]).polygon(
            [(x, y), (x + 0.09, y + 0.05), (x + 0.09, y - 0.05)]
        )
    return s.stroke([(0, 0.72), (-0.9, -1.2)], 0.008)


def rocket_body(s: Stencil) -> Stencil:
    return s.blob([(-0.14, 0.2), (-0.19, 0.5), (-0.12, 0.82), (0, 1.02), (0.12, 0.82), (0.19, 0.5), (0.14, 0.2)])


def rocket_fins(s: Stencil) -> Stencil:
    s.polygon([(-0.15, 0.42), (-0.36, 0.14), (-0.13, 0.2)]).polygon([(0.15, 0.42), (0.36, 0.14), (0.13, 0.2)])
    return s.polygon([(-0.11, 0.84), (0, 1.03), (0.11, 0.84)])


def rocket_window(s: Stencil) -> Stencil:
    return s.ellipse(0, 0.64, 0.07)


def rocket_fire(s: Stencil) -> Stencil:
    return s.blob([(-0.1, 0.2), (-0.12, 0.04), (-0.04, -0.12), (0, -0.34), (0.05, -0.12), (0.12, 0.04), (0.1, 0.2)])


def umbrella_cloth(s: Stencil) -> Stencil:
    dome = [(math.cos(t * math.pi / 16) * 0.62, 0.55 + math.sin(t * math.pi / 16) * 0.42) for t in range(17)]
    scallops = [
        (x, 0.55 + 0.05 * abs(math.sin((x + 0.62) / 1.24 * math.pi * 4)))
        for x in (-0.62 + 1.24 * t / 32 for t in range(33))
    ]
    return s.polygon(dome + scallops).bar(-0.012, 0.95, 0.012, 1.04)


def umbrella_stick(s: Stencil) -> Stencil:
    return s.bar(-0.014, 0.08, 0.014, 0.6).curve([(0, 0.1), (0.03, 0.0), (0.1, 0.0), (0.13, 0.08)], 0.03)


def heart(s: Stencil) -> Stencil:
    turns = [t / 48 * math.tau for t in range(48)]
    return s.polygon(
        [
            (
                0.034 * 16 * math.sin(t) ** 3 * 0.92,
                0.54 + 0.031 * (13 * math.cos(t) - 5 * math.cos(2 * t) - 2 * math.cos(3 * t) - math.cos(4 * t)),
            )
            for t in turns
        ]
    )


def heart_shine(s: Stencil) -> Stencil:
    return s.curve([(-0.38, 0.68), (-0.34, 0.8), (-0.22, 0.85)], 0.02, 0.055, 0.02)


def piano_case(s: Stencil) -> Stencil:
    s.polygon([(-0.62, 0.42), (0.62, 0.42), (0.66, 0.56), (-0.66, 0.56)])
    for x in (-0.56, 0.1, 0.54):
        s.stroke([(x, 0.44), (x, 0.02)], 0.07, 0.045)
    s.polygon(
        [
            *smooth(
                [(-0.62, 0.58), (-0.4, 1.0), (-0.05, 1.04), (0.2, 0.86), (0.5, 0.84), (0.58, 0.62)],
                closed=False,
            )
        ]
    )
    return s.bar(-0.8, 0.40, -0.6, 0.47)


def piano_keys(s: Stencil) -> Stencil:
    return s.bar(-0.8, 0.47, -0.6, 0.495)


def guitar_body(s: Stencil) -> Stencil:
    return s.blob(
        [
            (0, 0.0),
            (-0.22, 0.06),
            (-0.27, 0.2),
            (-0.17, 0.33),
            (-0.19, 0.47),
            (0, 0.55),
            (0.19, 0.47),
            (0.17, 0.33),
            (0.27, 0.2),
            (0.22, 0.06),
        ]
    )


def guitar_neck(s: Stencil) -> Stencil:
    return (
        s.bar(-0.03, 0.34, 0.03, 0.92)
        .polygon([(-0.05, 0.9), (0.05, 0.9), (0.06, 1.02), (-0.06, 1.02)])
        .ellipse(0, 0.34, 0.075)
        .bar(-0.1, 0.12, 0.1, 0.145)
    )


def violin_body(s: Stencil) -> Stencil:
    return s.blob(
        [
            (0, 0.0),
            (-0.17, 0.05),
            (-0.19, 0.17),
            (-0.11, 0.24),
            (-0.1, 0.32),
            (-0.15, 0.38),
            (-0.13, 0.52),
            (0, 0.57),
            (0.13, 0.52),
            (0.15, 0.38),
            (0.1, 0.32),
            (0.11, 0.24),
            (0.19, 0.17),
            (0.17, 0.05),
        ]
    )


def violin_neck(s: Stencil) -> Stencil:
    s.polygon([(-0.03, 0.12), (0.03, 0.12), (0.02, 0.92), (-0.02, 0.92)]).ellipse(0, 0.96, 0.045).curve(
        [(-0.1, 0.22), (-0.075, 0.3), (-0.1, 0.36)], 0.014
    ).curve([(0.1, 0.22), (0.075, 0.3), (0.1, 0.36)], 0.014)
    return s.stroke([(0.3, 0.02), (0.44, 0.98)], 0.012)


def book_pages(s: Stencil) -> Stencil:
    for side in (-1, 1):
        s.polygon(
            [
                (0, 0.18),
                *[(x * side, y) for x, y in smooth([(0.02, 0.2), (0.3, 0.34), (0.78, 0.24)], closed=False)],
                *[(x * side, y) for x, y in smooth([(0.86, 0.86), (0.36, 1.0), (0.02, 0.84)], closed=False)],
            ]
        )
    return s


def book_cover(s: Stencil) -> Stencil:
    s.polygon([(-0.86, 0.16), (0, 0.1), (0.86, 0.16), (0.93, 0.86), (0, 0.78), (-0.93, 0.86)])
    return s


def book_lines(s: Stencil) -> Stencil:
    for at in range(6):
        y = 0.4 + at * 0.075
        s.curve([(0.12, y), (0.4, y + 0.09), (0.72, y + 0.02)], 0.014).curve(
            [(-0.12, y), (-0.4, y + 0.09), (-0.72, y + 0.02)], 0.014
        )
    return s


CRAFT: Mapping[str, Figure] = {
    "boat": Figure(
        (
            Shape(boat_hull, _WOOD, own=True),
            Shape(boat_sail, _SAIL, own=True),
            Shape(boat_jib, Lch(0.84, 0.04, 80)),
        ),
        1.3,
        1.0,
        "water",
    ),
    "ship": Figure(
        (Shape(ship_sails, _SAIL, own=True), Shape(ship_hull, Lch(0.30, 0.05, 45))), 2.2, 1.5, "water", many=2
    ),
    "balloon": Figure(
        (
            Shape(balloon_bag, Lch(0.60, 0.20, 28), own=True),
            Shape(balloon_stripes, Lch(0.92, 0.06, 85)),
            Shape(balloon_basket, Lch(0.38, 0.07, 55)),
        ),
        1.7,
        0.7,
        "sky",
        many=5,
    ),
    "kite": Figure((Shape(kite_tail, INK), Shape(kite_cloth, Lch(0.64, 0.20, 30), own=True)), 0.7, 0.6, "sky", many=3),
    "rocket": Figure(
        (
            Shape(rocket_fire, Lch(0.82, 0.17, 70), glows=True),
            Shape(rocket_body, Lch(0.93, 0.01, 250), own=True),
            Shape(rocket_fins, Lch(0.56, 0.20, 27)),
            Shape(rocket_window, Lch(0.55, 0.1, 240)),
        ),
        2.4,
        0.7,
        "sky",
        many=2,
    ),
    "umbrella": Figure((Shape(umbrella_stick, INK), Shape(umbrella_cloth, Lch(0.56, 0.21, 22), own=True)), 0.8, 1.2),
    "heart": Figure(
        (Shape(heart, Lch(0.56, 0.22, 20), own=True), Shape(heart_shine, Lch(0.9, 0.06, 20), veil=0.8)),
        1.2,
        1.1,
        "sky",
        many=5,
    ),
    "piano": Figure((Shape(piano_case, Lch(0.2, 0.01, 270), own=True), Shape(piano_keys, LAMP)), 1.0, 1.4, many=1),
    "guitar": Figure(
        (Shape(guitar_body, Lch(0.58, 0.13, 55), own=True), Shape(guitar_neck, Lch(0.28, 0.04, 45))),
        1.3,
        0.6,
        many=2,
    ),
    "violin": Figure(
        (Shape(violin_body, Lch(0.48, 0.13, 45), own=True), Shape(violin_neck, Lch(0.22, 0.03, 45))),
        1.2,
        0.6,
        many=2,
    ),
    "book": Figure(
        (
            Shape(book_cover, Lch(0.42, 0.12, 25), own=True),
            Shape(book_pages, Lch(0.95, 0.03, 85)),
            Shape(book_lines, Lch(0.6, 0.02, 70)),
        ),
        0.8,
        1.9,
        many=2,
    ),
}
