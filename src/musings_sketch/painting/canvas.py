"""The surface that a picture is painted on: linear light, three planes of float32."""

from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image

from musings_sketch.painting.colour import Array
from musings_sketch.painting.shapes import Mask, Stencil


class Canvas:
    """``pixels`` has shape (3, height, width); 1.0 is paper white, lights may be brighter."""

    def __init__(self, width: int, height: int, check: Callable[[], None] = lambda: None) -> None:
        self.width, self.height = width, height
        self.pixels: Array = np.zeros((3, height, width), np.float32)
        self.check = check
        self.across: Array = np.arange(width, dtype=np.float32)[None, :]
        self.down: Array = np.arange(height, dtype=np.float32)[:, None]

    def cover(self, colours: Array, amount: float | Array = 1.0) -> None:
        """Paint the whole canvas: ``colours`` (3, h, w) or (3,), ``amount`` 0..1 everywhere or per pixel."""
        self.check()
        self.pixels += (_planes(colours) - self.pixels) * np.float32(1) * amount

    def fill(self, shape: Stencil | Mask | None, colours: Array, amount: float | Array = 1.0) -> None:
        """Paint a shape in one colour (3,) or in colours given for its box (3, h, w)."""
        self.check()
        mask = self.cut(shape)
        if mask is not None:
            under = self.pixels[:, *mask.box]
            under += (_planes(colours) - under) * (mask.values * amount)

    def light(self, shape: Stencil | Mask | None, colour: Array, amount: float | Array = 1.0) -> None:
        """Add light to a shape."""
        self.check()
        mask = self.cut(shape)
        if mask is not None:
            self.pixels[:, *mask.box] += _planes(colour) * (mask.values * amount)

    def cover_light(self, light: Array) -> None:
        """Add light everywhere: (3, h, w)."""
        self.check()
        self.pixels += light.astype(np.float32)

    def light_field(self, amount: Array, colour: Array) -> None:
        """Add light of one colour, as much as ``amount`` (h, w) says."""
        self.cover_light(_planes(colour) * amount)

    def dim(self, shape: Stencil | Mask | None, amount: float) -> None:
        """Take this share of the light away within a shape."""
        mask = self.cut(shape)
        if mask is not None:
            self.pixels[:, *mask.box] *= 1 - mask.values * amount

    def glow(self, x: float, y: float, radius: float, colour: Array, amount: float, *, flat: float = 1.0) -> None:
        """Add a round light that fades out at ``radius`` pixels; ``flat`` above 1 makes it wider than high."""
        self.check()
        left, right = max(0, int(x - radius * flat)), min(self.width, int(x + radius * flat) + 1)
        top, bottom = max(0, int(y - radius)), min(self.height, int(y + radius) + 1)
        if right <= left or bottom <= top:
            return
        across = (self.across[:, left:right] - np.float32(x)) / np.float32(radius * flat)
        down = (self.down[top:bottom] - np.float32(y)) / np.float32(radius)
        away = np.minimum(across * across + down * down, 1)
        shape = (1 - away) ** 3 / (1 + 14 * away)
        self.pixels[:, top:bottom, left:right] += _planes(colour) * (shape * np.float32(amount))

    def cut(self, shape: Stencil | Mask | None) -> Mask | None:
        """The mask of a shape, as far as it lies on this canvas."""
        if isinstance(shape, Stencil):
            return shape.mask(self.width, self.height)
        return shape.clipped(self.width, self.height) if shape is not None else None


def pick(table: Array, where: Array) -> Array:
    """Colours of a ramp (3, n) at positions 0..1: (h, w) to (3, h, w)."""
    index = np.clip(where * (table.shape[1] - 1), 0, table.shape[1] - 1).astype(np.int32)
    return np.stack([np.take(line, index) for line in table])


def blur(values: Array, radius: float) -> Array:
    """A wide soft blur of (h, w), done small and enlarged again."""
    height, width = values.shape
    step = max(1, int(radius / 2))
    small = Image.fromarray(values).resize((max(2, width // step), max(2, height // step)), Image.Resampling.BOX)
    soft = np.asarray(small, np.float32)
    for axis in (0, 1):
        for _ in range(3):
            padded = np.pad(soft, [(1, 1) if each == axis else (0, 0) for each in (0, 1)], mode="edge")
            size = soft.shape[axis]
            left, middle, right = (np.take(padded, np.arange(size) + k, axis) for k in (0, 1, 2))
            soft = (left + middle + right) / np.float32(3)
    return np.asarray(Image.fromarray(soft).resize((width, height), Image.Resampling.BICUBIC), np.float32)


def step(low: float | np.floating[Any], high: float | np.floating[Any], values: Array) -> Array:
    """0 below ``low``, 1 above ``high``, smooth between; ``low`` may be the greater one."""
    t = np.clip((values - np.float32(low)) / np.float32(high - low), 0, 1)
    result: Array = (t * t * (3 - 2 * t)).astype(np.float32)
    return result


def _planes(colours: Array) -> Array:
    return colours[:, None, None] if colours.ndim == 1 else colours
