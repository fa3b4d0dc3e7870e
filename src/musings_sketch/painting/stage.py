"""What the painters of one picture share: the canvas, the palette, the words, and where things stand."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from musings_sketch.painting import noise
from musings_sketch.painting.canvas import Canvas
from musings_sketch.painting.colour import Array, Lch, linear
from musings_sketch.painting.palette import Palette
from musings_sketch.painting.shapes import Frame
from musings_sketch.words import Reading, Thing, chance


@dataclass
class Stage:
    """Lengths are pixels of the canvas.

    A scene sets ``horizon``, ``ground`` (the line on which things stand, one height per column, or None),
    ``size`` (the height of a small house there), ``depth`` (its haze, 0..1) and ``water`` (its upper and lower
    edge, or None); ``stretch`` is the part of the width (0..1) on which things may stand and
    ``offing`` the part where they may float; ``stands`` says whether anything named has to, ``submerged`` whether all
    of it is under water. ``light`` is where the light comes from, drawn or not.
    """

    canvas: Canvas
    palette: Palette
    reading: Reading
    text: str
    seed: int
    light: tuple[float, float]
    horizon: float
    ground: Array | None = None
    size: float = 0.0
    depth: float = 0.1
    water: tuple[float, float] | None = None
    stretch: tuple[float, float] = (0.05, 0.95)
    offing: tuple[float, float] = (0.08, 0.92)
    stands: bool = False
    submerged: bool = False
    standing: list[Frame] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    _spots: list[float] = field(default_factory=list)

    @property
    def width(self) -> int:
        return self.canvas.width

    @property
    def height(self) -> int:
        return self.canvas.height

    @property
    def unit(self) -> float:
        """The measure of the picture: between its shorter side and the side of a square of its area."""
        return min(self.width, self.height) * 0.6 + math.sqrt(self.width * self.height) * 0.4

    @property
    def crowded(self) -> bool:
        """Whether many things want a place on the ground."""
        return len(self.reading.things) > 3

    @property
    def check(self) -> Callable[[], None]:
        return self.canvas.check

    @property
    def light_colour(self) -> Array:
        return linear(self.palette.light)

    def random(self, *purpose: str) -> np.random.Generator:
        return chance(self.text, self.seed, *purpose)

    def noise(
        self,
        random: np.random.Generator,
        cell: float,
        *,
        octaves: int = 5,
        gain: float = 0.5,
        stretch: float = 1.0,
    ) -> Array:
        """Fractal noise over the whole canvas; ``cell`` is in units."""
        size = self.unit * cell
        return noise.field(
            random,
            self.width,
            self.height,
            size,
            octaves=octaves,
            gain=gain,
            stretch=stretch,
            check=self.check,
        )

    def wants(self, *names: str) -> Thing | None:
        """The first of these things that was named; remembered as shown."""
        for name in names:
            thing = self.reading.thing(name)
            if thing is not None:
                self.shown.append(name)
                return thing
        return None

    def spot(self, afloat: bool = False) -> float:
        """The next good place across the ground (or the water), away from the places already taken."""
        if not self._spots:
            order = [0.30, 0.68, 0.50, 0.86, 0.13, 0.40, 0.77, 0.22, 0.60, 0.94, 0.06]
            if self.random("spots").random() < 0.5:
                order = [1 - place for place in order]
            self._spots = order
        low, high = self.offing if afloat else self.stretch
        place = self._spots.pop(0) + float(self.random("spot", str(len(self._spots))).uniform(-0.03, 0.03))
        return (low + (high - low) * place) * self.width

    def stand(self, x: float, size: float, *, flip: bool = False) -> Frame:
        """A frame on the ground at column ``x``; ``size`` is in houses."""
        column = min(self.width - 1, max(0, round(x)))
        if self.ground is None:
            return Frame(x, self.height * 0.76, size * self.unit * 0.36, flip)
        return Frame(x, float(self.ground[column]), size * self.size, flip)

    def ink(self, share: float = 0.0) -> Array:
        """The colour of a silhouette on the ground; ``share`` of it is haze on top of the ground's own."""
        return linear(self.palette.land(min(1.0, self.depth + share), chroma=0.04).shift(-0.06))

    def tint(self, thing: Thing | None, otherwise: Lch, depth: float | None = None) -> Array:
        """The colour of a thing on the ground."""
        named = thing.colour if thing is not None else None
        return self.palette.named(named, otherwise, self.depth if depth is None else depth)
