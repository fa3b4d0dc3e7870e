"""Outlines, and the soft-edged masks that are cut from them.

A figure is drawn in a frame of its own: the origin is its foot, x to the right, y up, 1 is its height.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter

from musings_sketch.painting.colour import Array

Point = tuple[float, float]
Outline = npt.NDArray[np.float64]
"""Points in their order, shape (n, 2)."""

Points = Sequence[Point] | Outline

FINE = 3
"""How many times finer than the canvas small masks are cut; large ones are cut at 1.5 or so of it."""


@dataclass(frozen=True)
class Mask:
    """How much of each pixel is covered, 0..1, for a box of the canvas that begins at (left, top)."""

    values: Array
    left: int
    top: int

    @property
    def box(self) -> tuple[slice, slice]:
        height, width = self.values.shape
        return slice(self.top, self.top + height), slice(self.left, self.left + width)

    def edge(self, across: int, down: int) -> "Mask":
        """The rim that faces away from (across, down): what the mask loses when it is moved by that many pixels."""
        return replace(self, values=np.maximum(self.values - _moved(self.values, across, down), 0))

    def blurred(self, radius: float) -> "Mask":
        pad = math.ceil(radius * 2.5)
        values = np.pad(self.values, pad)
        picture = Image.fromarray((np.clip(values, 0, 1) * 255).astype(np.uint8))
        soft = np.asarray(picture.filter(ImageFilter.GaussianBlur(radius)), np.float32) / 255
        return Mask(soft, self.left - pad, self.top - pad)

    def clipped(self, width: int, height: int) -> "Mask | None":
        """The part that lies on a canvas of this size, or None."""
        left, top = max(self.left, 0), max(self.top, 0)
        rows, columns = self.values.shape
        right, bottom = min(self.left + columns, width), min(self.top + rows, height)
        if right <= left or bottom <= top:
            return None
        values = self.values[top - self.top : bottom - self.top, left - self.left : right - self.left]
        return Mask(values, left, top)


@dataclass(frozen=True)
class Frame:
    """Where a figure stands: the pixel of its foot, its height in pixels, mirrored or not, leaning by radians."""

    x: float
    y: float
    size: float
    flip: bool = False
    lean: float = 0.0

    def pixels(self, points: Points) -> Outline:
        """The points of this frame as pixels of the canvas."""
        at = np.asarray(points, np.float64)
        u, v = at[:, 0], at[:, 1]
        if self.lean:
            cosine, sine = math.cos(self.lean), math.sin(self.lean)
            u, v = u * cosine + v * sine, v * cosine - u * sine
        return np.stack([self.x + (-self.size if self.flip else self.size) * u, self.y - self.size * v], 1)


class Stencil:
    """Collects outlines in a frame, then cuts them as one mask."""

    def __init__(self, frame: Frame | None = None) -> None:
        self.frame = frame or Frame(0, 0, -1, flip=True)
        self._cuts: list[tuple[Outline, int]] = []

    def polygon(self, points: Points) -> "Stencil":
        return self._add(points, 255)

    def hole(self, points: Points) -> "Stencil":
        return self._add(points, 0)

    def blob(self, points: Points) -> "Stencil":
        """A smooth closed outline through the points."""
        return self._add(smooth(points), 255)

    def ellipse(self, x: float, y: float, across: float, up: float | None = None, turn: float = 0.0) -> "Stencil":
        return self._add(oval(x, y, across, up, turn), 255)

    def gap(self, x: float, y: float, across: float, up: float | None = None, turn: float = 0.0) -> "Stencil":
        return self._add(oval(x, y, across, up, turn), 0)

    def bar(self, left: float, bottom: float, right: float, top: float) -> "Stencil":
        return self._add(((left, bottom), (right, bottom), (right, top), (left, top)), 255)

    def stroke(self, points: Points, *widths: float) -> "Stencil":
        """A line of this width, or one that changes evenly through several."""
        return self._add(ribbon(points, widths), 255)

    def curve(self, points: Points, *widths: float) -> "Stencil":
        return self.stroke(smooth(points, closed=False), *widths)

    def mask(self, width: int, height: int, fine: int = FINE) -> Mask | None:
        """Cut it for a canvas of this size; None when nothing of it lies there."""
        if not self._cuts:
            return None
        every = np.concatenate([outline for outline, ink in self._cuts if ink] or [np.zeros((1, 2))])
        left, top = (max(0, math.floor(value) - 1) for value in every.min(axis=0))
        right, bottom = np.minimum(np.ceil(every.max(axis=0)).astype(int) + 2, (width, height)).tolist()
        if right <= left or bottom <= top:
            return None
        while fine > 1 and (right - left) * (bottom - top) * fine * fine > 9_000_000:
            fine -= 1
        picture = Image.new("L", ((right - left) * fine, (bottom - top) * fine))
        pencil = ImageDraw.Draw(picture)
        for outline, ink in self._cuts:
            pencil.polygon(((outline - (left, top)) * fine - 0.5).ravel().tolist(), fill=ink)
        reduced = picture.reduce(fine) if fine > 1 else picture
        return Mask(np.asarray(reduced, np.float32) / 255, left, top)

    def _add(self, points: Points, ink: int) -> "Stencil":
        if len(points) > 2:
            self._cuts.append((self.frame.pixels(points), ink))
        return self


def smooth(points: Points, closed: bool = True, steps: int = 8) -> Outline:
    """A Catmull–Rom curve through the points."""
    knots = np.asarray(points, np.float64)
    if closed:
        around = np.concatenate([knots[-1:], knots, knots[:2]])
    else:
        around = np.concatenate([knots[:1], knots, knots[-1:]])
    t = np.linspace(0, 1, steps, endpoint=False)[:, None, None]
    a, b, c, d = around[:-3], around[1:-2], around[2:-1], around[3:]
    curve = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    result = curve.transpose(1, 0, 2).reshape(-1, 2)
    if not closed:
        result = np.concatenate([result, knots[-1:]])
    return np.asarray(result, np.float64)


def oval(x: float, y: float, across: float, up: float | None = None, turn: float = 0.0, steps: int = 40) -> Outline:
    """An ellipse around (x, y) with these half axes, turned by radians."""
    angle = np.linspace(0, 2 * np.pi, steps, endpoint=False)
    u, v = np.cos(angle) * across, np.sin(angle) * (across if up is None else up)
    cosine, sine = math.cos(turn), math.sin(turn)
    return np.stack([x + u * cosine - v * sine, y + u * sine + v * cosine], 1)


def ribbon(points: Points, widths: Sequence[float]) -> Outline:
    """The outline of a line whose width runs evenly through ``widths``, with rounded ends."""
    spine = np.asarray(points, np.float64)
    along = np.gradient(spine, axis=0) if len(spine) > 1 else np.zeros_like(spine)
    length = np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-9)
    normal = np.stack([-along[:, 1], along[:, 0]], 1) / length[:, None]
    half = np.interp(np.linspace(0, 1, len(spine)), np.linspace(0, 1, len(widths)), widths) / 2
    one, other = spine + normal * half[:, None], spine - normal * half[:, None]
    turn = np.linspace(0, np.pi, 7)[1:-1, None]
    ahead = along / length[:, None]
    last = spine[-1] + half[-1] * (normal[-1] * np.cos(turn) + ahead[-1] * np.sin(turn))
    first = spine[0] - half[0] * (normal[0] * np.cos(turn) + ahead[0] * np.sin(turn))
    return np.concatenate([one, last, other[::-1], first])


def _moved(values: Array, across: int, down: int) -> Array:
    result = np.zeros_like(values)
    height, width = values.shape
    if abs(across) < width and abs(down) < height:
        target = slice(max(down, 0), height + min(down, 0)), slice(max(across, 0), width + min(across, 0))
        source = slice(max(-down, 0), height + min(-down, 0)), slice(max(-across, 0), width + min(-across, 0))
        result[target] = values[source]
    return result
