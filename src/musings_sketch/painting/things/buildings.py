"""What people have built, as outlines in a frame of their own height."""

from collections.abc import Mapping

from musings_sketch.painting.colour import Lch
from musings_sketch.painting.shapes import Stencil
from musings_sketch.painting.things.figure import Figure, Shape

LAMP = Lch(0.88, 0.14, 80)
_STONE, _WALL, _ROOF, _WHITE = (
    Lch(0.50, 0.02, 70),
    Lch(0.86, 0.03, 80),
    Lch(0.45, 0.12, 35),
    Lch(0.94, 0.01, 90),
)
_WOOD, _SAND, _VERMILION = Lch(0.40, 0.06, 55), Lch(0.76, 0.08, 78), Lch(0.55, 0.18, 32)


def house_wall(s: Stencil) -> Stencil:
    return s.bar(-0.5, 0, 0.5, 0.5).polygon([(-0.5, 0.5), (-0.5, 0.52), (-0.22, 0.8), (0.06, 0.52), (0.06, 0.5)])


def house_roof(s: Stencil) -> Stencil:
    s.polygon([(-0.28, 0.88), (0.36, 0.88), (0.6, 0.46), (0.02, 0.46)])
    s.polygon([(-0.28, 0.88), (-0.22, 0.88), (-0.54, 0.44), (-0.6, 0.48)]).polygon(
        [(-0.28, 0.88), (-0.2, 0.88), (0.1, 0.46), (0.02, 0.46)]
    )
    return s.bar(0.2, 0.8, 0.32, 1.0)


def house_windows(s: Stencil) -> Stencil:
    s.bar(-0.38, 0.2, -0.24, 0.38).bar(-0.14, 0.2, 0, 0.38)
    return s.bar(0.16, 0.2, 0.26, 0.36).bar(0.34, 0.2, 0.44, 0.36)


def house_door(s: Stencil) -> Stencil:
    s.bar(-0.05, 0, 0.07, 0.0)  # a step: a bar without height is drawn as a line one pixel thick
    return s.bar(-0.25, 0, -0.13, 0.17)


def church_wall(s: Stencil) -> Stencil:
    return s.bar(-0.16, 0, 0.5, 0.28).bar(-0.34, 0, -0.1, 0.56)


def church_roof(s: Stencil) -> Stencil:
    s.polygon([(-0.12, 0.28), (-0.04, 0.44), (0.42, 0.44), (0.54, 0.26)]).polygon(
        [(-0.37, 0.55), (-0.22, 0.9), (-0.07, 0.55)]
    )
    return s.bar(-0.228, 0.88, -0.212, 1.0).bar(-0.255, 0.945, -0.185, 0.96)


def church_windows(s: Stencil) -> Stencil:
    for x in (0.02, 0.17, 0.32):
        s.bar(x, 0.08, x + 0.06, 0.18).ellipse(x + 0.03, 0.18, 0.03)
    return s.ellipse(-0.22, 0.46, 0.045).bar(-0.25, 0.22, -0.19, 0.32).ellipse(-0.22, 0.32, 0.03)


def castle_wall(s: Stencil) -> Stencil:
    for left, right, top in (
        (-0.62, 0.62, 0.34),
        (-0.68, -0.46, 0.58),
        (0.46, 0.68, 0.58),
        (-0.26, -0.06, 0.66),
        (0.02, 0.26, 0.54),
        (-0.1, 0.1, 0.78),
    ):
        s.bar(left, 0, right, top)
        width = (right - left) / max(3, 2 * round((right - left) / 0.09) - 1)
        for at in range(0, round((right - left) / width), 2):
            s.bar(left + at * width, top, left + (at + 1) * width, top + 0.035)
    return s.hole([(-0.07, 0), (0.07, 0), (0.07, 0.12), (0, 0.19), (-0.07, 0.12)])


def castle_roofs(s: Stencil) -> Stencil:
    for x, foot, top, half in (
        (-0.57, 0.61, 0.86, 0.13),
        (0.57, 0.61, 0.86, 0.13),
        (0, 0.81, 1.1, 0.12),
        (-0.16, 0.69, 0.88, 0.12),
    ):
        s.polygon([(x - half, foot), (x + half, foot), (x, top)])
    return s.bar(-0.006, 1.08, 0.006, 1.2).polygon([(0.006, 1.2), (0.13, 1.165), (0.006, 1.13)])


def castle_windows(s: Stencil) -> Stencil:
    for x, y in (
        (-0.57, 0.45),
        (0.57, 0.45),
        (0, 0.62),
        (-0.16, 0.5),
        (0.14, 0.42),
        (-0.35, 0.2),
        (0.35, 0.2),
    ):
        s.bar(x - 0.018, y, x + 0.018, y + 0.06).ellipse(x, y + 0.06, 0.018)
    return s


def tower(s: Stencil) -> Stencil:
    s.polygon([(-0.15, 0), (0.15, 0), (0.12, 0.72), (-0.12, 0.72)]).bar(-0.17, 0.72, 0.17, 0.78)
    for x in (-0.17, -0.06, 0.05):
        s.bar(x, 0.78, x + 0.07, 0.83)
    return s.bar(0.1, 0.78, 0.17, 0.83)


def tower_windows(s: Stencil) -> Stencil:
    for y in (0.22, 0.42, 0.6):
        s.bar(-0.025, y, 0.025, y + 0.07).ellipse(0, y + 0.07, 0.025)
    return s


def lighthouse_tower(s: Stencil) -> Stencil:
    s.polygon([(-0.14, 0), (0.14, 0), (0.085, 0.76), (-0.085, 0.76)])
    return s.bar(0.1, 0, 0.38, 0.16)


def lighthouse_bands(s: Stencil) -> Stencil:
    for low, high in ((0.14, 0.3), (0.46, 0.62)):
        wide, slim = 0.14 - 0.0724 * low, 0.14 - 0.0724 * high
        s.polygon([(-wide, low), (wide, low), (slim, high), (-slim, high)])
    return s.polygon([(0.08, 0.16), (0.24, 0.26), (0.4, 0.16)])


def lighthouse_head(s: Stencil) -> Stencil:
    s.bar(-0.13, 0.76, 0.13, 0.79).polygon([(-0.085, 0.9), (0.085, 0.9), (0, 1.0)]).bar(-0.07, 0.87, 0.07, 0.9)
    return s.bar(-0.06, 0.79, -0.048, 0.9).bar(0.048, 0.79, 0.06, 0.9)


def lighthouse_lamp(s: Stencil) -> Stencil:
    return s.bar(-0.047, 0.79, 0.047, 0.87)


def bridge(s: Stencil) -> Stencil:
    s.bar(-1.7, 0.36, 1.7, 0.42)
    for x in (-0.75, 0.75):
        s.bar(x - 0.05, 0, x + 0.05, 1.0).bar(x - 0.075, 0.93, x + 0.075, 1.0)
    for left, right, sag in ((-0.75, 0.75, 0.44), (0.75, 2.2, 0.36), (-2.2, -0.75, 0.36)):
        rope = [(left + (right - left) * t / 16, 0.97 - 4 * sag * (t / 16) * (1 - t / 16) * 1.2) for t in range(17)]
        s.stroke(rope, 0.022)
        for x, y in rope[1:-1]:
            if abs(x) < 1.7:
                s.bar(x - 0.005, 0.4, x + 0.005, max(0.41, y))
    return s


def windmill_body(s: Stencil) -> Stencil:
    return s.polygon([(-0.22, 0), (0.22, 0), (0.13, 0.6), (-0.13, 0.6)])


def windmill_sails(s: Stencil) -> Stencil:
    s.polygon([(-0.16, 0.58), (0.16, 0.58), (0.1, 0.72), (-0.1, 0.72)])
    for across, up in ((0.34, 0.2), (-0.2, 0.34), (-0.34, -0.2), (0.2, -0.34)):
        s.stroke([(0, 0.64), (across, 0.64 + up)], 0.022)
        side, rise = -up * 0.22, across * 0.22
        s.polygon(
            [
                (across * 0.2, 0.64 + up * 0.2),
                (across, 0.64 + up),
                (across + side, 0.64 + up + rise),
                (across * 0.2 + side, 0.64 + up * 0.2 + rise),
            ]
        )
    return s.ellipse(0, 0.64, 0.035)


def windmill_windows(s: Stencil) -> Stencil:
    return s.bar(-0.035, 0.34, 0.035, 0.42).bar(-0.05, 0, 0.05, 0.15)


def pagoda_roofs(s: Stencil) -> Stencil:
    for at in range(4):
        y, half = 0.2 + at * 0.19, 0.5 - at * 0.085
        s.blob(
            [
                (-half, y + 0.03),
                (-half * 0.75, y),
                (half * 0.75, y),
                (half, y + 0.03),
                (half * 0.6, y + 0.06),
                (half * 0.35, y + 0.09),
                (-half * 0.35, y + 0.09),
                (-half * 0.6, y + 0.06),
            ]
        )
    return s.stroke([(0, 0.84), (0, 1.02)], 0.03, 0.008)


def pagoda_walls(s: Stencil) -> Stencil:
    for at in range(4):
        half = 0.27 - at * 0.045
        s.bar(-half, at * 0.19 + (0 if at == 0 else 0.05), half, 0.22 + at * 0.19)
    return s


def pagoda_windows(s: Stencil) -> Stencil:
    for at in range(4):
        y = 0.09 + at * 0.19
        s.bar(-0.12 + at * 0.02, y, -0.05, y + 0.07).bar(0.05, y, 0.12 - at * 0.02, y + 0.07)
    return s.bar(-0.03, 0, 0.03, 0.14)


def pyramid_light(s: Stencil) -> Stencil:
    return s.polygon([(-0.8, 0), (0.25, 0), (0, 1)])


def pyramid_shade(s: Stencil) -> Stencil:
    return s.polygon([(0.25, 0), (0.8, 0.1), (0, 1)])


def tent_cloth(s: Stencil) -> Stencil:
    return s.polygon([(-0.75, 0), (0.0, 1), (0.5, 0)]).polygon([(0, 1), (0.06, 0.98), (0.85, 0.1), (0.5, 0)])


def tent_door(s: Stencil) -> Stencil:
    return s.polygon([(-0.38, 0), (-0.06, 0.75), (0.2, 0)])


def fence(s: Stencil) -> Stencil:
    for at in range(-5, 6):
        s.bar(at * 0.42 - 0.05, 0, at * 0.42 + 0.05, 0.86).polygon(
            [(at * 0.42 - 0.05, 0.86), (at * 0.42 + 0.05, 0.86), (at * 0.42, 1)]
        )
    return s.bar(-2.3, 0.28, 2.3, 0.37).bar(-2.3, 0.62, 2.3, 0.71)


def lantern_post(s: Stencil) -> Stencil:
    return (
        s.bar(-0.018, 0, 0.018, 0.78)
        .bar(-0.06, 0, 0.06, 0.04)
        .polygon([(-0.11, 0.95), (0.11, 0.95), (0, 1.02)])
        .bar(-0.085, 0.76, 0.085, 0.785)
    )


def lantern_light(s: Stencil) -> Stencil:
    return s.polygon([(-0.06, 0.785), (0.06, 0.785), (0.09, 0.95), (-0.09, 0.95)])


def flames(s: Stencil) -> Stencil:
    return s.blob(
        [
            (-0.2, 0.1),
            (-0.26, 0.34),
            (-0.1, 0.56),
            (-0.08, 0.74),
            (0.02, 1.0),
            (0.1, 0.68),
            (0.2, 0.58),
            (0.26, 0.3),
            (0.18, 0.1),
        ]
    )


def flame_heart(s: Stencil) -> Stencil:
    return s.blob([(-0.1, 0.1), (-0.12, 0.28), (0.0, 0.62), (0.1, 0.34), (0.1, 0.1)])


def logs(s: Stencil) -> Stencil:
    return s.stroke([(-0.42, 0.02), (0.4, 0.18)], 0.11).stroke([(0.42, 0.02), (-0.4, 0.18)], 0.11)


BUILDINGS: Mapping[str, Figure] = {
    "house": Figure(
        (
            Shape(house_wall, _WALL, own=True),
            Shape(house_roof, _ROOF),
            Shape(house_windows, LAMP, glows=True),
            Shape(house_door, _WOOD),
        ),
        1.0,
        1.2,
    ),
    "church": Figure(
        (
            Shape(church_wall, _WHITE, own=True),
            Shape(church_roof, Lch(0.38, 0.04, 260)),
            Shape(church_windows, LAMP, glows=True),
        ),
        2.2,
        0.9,
        many=2,
    ),
    "castle": Figure(
        (
            Shape(castle_wall, _STONE, own=True),
            Shape(castle_roofs, Lch(0.42, 0.09, 265)),
            Shape(castle_windows, LAMP, glows=True),
        ),
        3.0,
        1.4,
        many=2,
    ),
    "tower": Figure((Shape(tower, _STONE, own=True), Shape(tower_windows, LAMP, glows=True)), 2.4, 0.4),
    "lighthouse": Figure(
        (
            Shape(lighthouse_tower, _WHITE),
            Shape(lighthouse_bands, Lch(0.54, 0.19, 27), own=True),
            Shape(lighthouse_head),
            Shape(lighthouse_lamp, LAMP, glows=True),
        ),
        2.6,
        0.5,
        many=2,
    ),
    "bridge": Figure((Shape(bridge, Lch(0.45, 0.12, 32), own=True),), 1.9, 3.4, "span", many=1),
    "windmill": Figure(
        (
            Shape(windmill_body, _WALL, own=True),
            Shape(windmill_windows, LAMP, glows=True),
            Shape(windmill_sails, _WOOD),
        ),
        1.9,
        0.8,
    ),
    "pagoda": Figure(
        (
            Shape(pagoda_walls, _VERMILION, own=True),
            Shape(pagoda_windows, LAMP, glows=True),
            Shape(pagoda_roofs, Lch(0.30, 0.04, 265)),
        ),
        2.5,
        1.0,
        many=2,
    ),
    "pyramid": Figure((Shape(pyramid_light, _SAND, own=True), Shape(pyramid_shade, Lch(0.52, 0.07, 68))), 2.6, 1.6),
    "tent": Figure((Shape(tent_cloth, Lch(0.66, 0.15, 55), own=True), Shape(tent_door, LAMP, glows=True)), 0.7, 1.6),
    "fence": Figure((Shape(fence, Lch(0.9, 0.02, 85), own=True),), 0.36, 4.6, many=1),
    "lantern": Figure((Shape(lantern_post), Shape(lantern_light, LAMP, own=True, glows=True)), 1.0, 0.3, many=5),
    "fire": Figure(
        (
            Shape(logs, _WOOD),
            Shape(flames, Lch(0.70, 0.20, 45), own=True, glows=True),
            Shape(flame_heart, Lch(0.92, 0.14, 95), glows=True),
        ),
        0.5,
        0.8,
    ),
}
