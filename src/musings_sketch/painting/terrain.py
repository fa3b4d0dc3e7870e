"""Land in perspective: a height map seen by an eye above it, column by column, front to back.

Each column of the picture meets each distance once; a running minimum of the projected heights tells which
distance a pixel shows. This is the "wave surfing" renderer of the games of the early nineties (Comanche, 1992),
done for all columns at once.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from musings_sketch.painting.canvas import Canvas
from musings_sketch.painting.colour import Array

Heights = Callable[[Array, Array], Array]
"""Heights at places (x, z), in eye heights; x and z are in eye heights too."""


@dataclass(frozen=True)
class View:
    """An eye at height 1 that looks level: ``horizon`` and ``focus`` (focal length) in pixels."""

    width: int
    height: int
    horizon: float
    focus: float
    near: float = 1.0
    far: float = 60.0
    slices: int = 560


@dataclass(frozen=True)
class Land:
    """What the eye sees. All fields are (slices, width) except ``z`` (slices,); ``top`` is the running skyline."""

    view: View
    x: Array
    z: Array
    heights: Array
    top: Array

    @property
    def away(self) -> Array:
        """How far each slice is, 0 near to 1 far, (slices, 1)."""
        view = self.view
        return ((self.z - view.near) / (view.far - view.near)).astype(np.float32)[:, None]

    def slopes(self) -> tuple[Array, Array]:
        """How steeply the land rises to the right, and away from the eye."""
        across = np.gradient(self.heights, axis=1) * (self.view.focus / self.z)[:, None]
        along = np.gradient(self.heights, axis=0) / np.gradient(self.z)[:, None]
        return across.astype(np.float32), along.astype(np.float32)

    def lit(self, light: tuple[float, float, float]) -> Array:
        """Lambert's cosine for a light from (right, up, away), 0..1."""
        right, up, away = (value / float(np.linalg.norm(light)) for value in light)
        across, along = self.slopes()
        shine = (up - across * right - along * away) / np.sqrt(1 + across * across + along * along)
        result: Array = np.clip(shine, 0, 1).astype(np.float32)
        return result

    def sunny(self, right: float, slope: float, soft: float = 0.02) -> Array:
        """1 where a light from the side (``right`` is its sign) at this slope reaches the land, 0 in cast shadow."""
        order = slice(None, None, -1) if right > 0 else slice(None)
        lifted = (self.heights + np.float32(slope) * np.abs(self.x - self.x[:, order][:, :1]))[:, order]
        gap = np.maximum.accumulate(lifted, axis=1) - lifted
        shade = np.exp(-np.maximum(gap - 0.004, 0) / np.float32(soft))
        return np.ascontiguousarray(shade[:, order]).astype(np.float32)

    def ground(self, distance: float) -> Array:
        """The skyline of all land up to this distance, per column, in pixels."""
        index = min(len(self.z) - 1, int(np.searchsorted(self.z, distance)))
        result: Array = self.top[index]
        return result


def places(
    land: Land, random: np.random.Generator, count: int, near: float, far: float
) -> list[tuple[float, float, float]]:
    """Visible places on the land between two distances, far ones first: (x, y, pixels per eye height)."""
    slices = np.searchsorted(land.z, far * (near / far) ** np.sqrt(random.random(count))).clip(1, len(land.z) - 1)
    columns = random.integers(0, land.view.width, count)
    rows = land.view.horizon + land.view.focus * (1 - land.heights[slices, columns]) / land.z[slices]
    seen = rows <= land.top[slices - 1, columns] + 1.5
    # stable, since many places are equally far, and processors differ in how they order equals
    order = [at for at in np.argsort(-land.z[slices], kind="stable") if seen[at]]
    return [(float(columns[at]), float(rows[at]), float(land.view.focus / land.z[slices[at]])) for at in order]


def survey(view: View, heights: Heights) -> Land:
    """Walk away from the eye and note what is seen."""
    z = np.geomspace(view.near, view.far, view.slices).astype(np.float32)
    middle = np.float32(view.width / 2)
    x = (np.arange(view.width, dtype=np.float32)[None, :] - middle) * (z / np.float32(view.focus))[:, None]
    found = heights(x, np.broadcast_to(z[:, None], x.shape))
    rows = np.float32(view.horizon) + np.float32(view.focus) * (1 - found) / z[:, None]
    return Land(view, x, z, found.astype(np.float32), np.minimum.accumulate(rows, axis=0).astype(np.float32))


def lay(canvas: Canvas, land: Land, colours: Array) -> None:
    """Paint the land; ``colours`` has shape (3, slices, width)."""
    height, width = canvas.height, canvas.width
    slices = land.top.shape[0]
    rows = np.clip(np.ceil(land.top), 0, height).astype(np.int32)
    columns = np.broadcast_to(np.arange(width, dtype=np.int32), rows.shape)
    count = np.bincount((rows * width + columns).ravel(), minlength=(height + 1) * width)
    hidden = count.reshape(height + 1, width)[::-1].cumsum(axis=0, dtype=np.int32)[::-1][1:]
    canvas.check()
    first = max(0, int(rows[-1].min()))
    index = np.minimum(hidden[first:], slices - 1)
    before = np.maximum(index - 1, 0)
    column = np.arange(width, dtype=np.int32)[None, :]
    near, far = land.top[before, column], land.top[index, column]
    share = np.clip((near - canvas.down[first:]) / np.maximum(near - far, 1e-3), 0, 1)
    seen = (hidden[first:] < slices).astype(np.float32)
    for plane, colour in zip(canvas.pixels[:, first:], colours, strict=True):
        canvas.check()
        tone = colour[before, column]
        tone += (colour[index, column] - tone) * share
        plane += (tone - plane) * seen
