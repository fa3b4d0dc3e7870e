"""What a thing is made of, so that it can be drawn anywhere at any size."""

from collections.abc import Callable
from dataclasses import dataclass

from musings_sketch.painting.colour import Lch
from musings_sketch.painting.shapes import Stencil

Draw = Callable[[Stencil], Stencil]

INK, EYE = Lch(0.24, 0.03, 270), Lch(0.88, 0.16, 95)


@dataclass(frozen=True)
class Shape:
    """One outline in one colour. ``own`` parts take the colour that the prompt named; ``glows`` parts give light."""

    draw: Draw
    colour: Lch = INK
    own: bool = False
    glows: bool = False
    veil: float = 1.0


@dataclass(frozen=True)
class Figure:
    """``size`` is in houses, ``wide`` in its own heights; ``home`` is ground, sky, water or deep."""

    parts: tuple[Shape, ...]
    size: float = 1.0
    wide: float = 1.0
    home: str = "ground"
    many: int = 3
    """How many a bare plural means."""
