"""Figures as they are cut: what covers how much of a canvas."""

import numpy as np

from musings_sketch.painting.shapes import Frame, Stencil
from musings_sketch.painting.things.figure import Draw, Figure

SIZE, FOOT, SIDE = 120, (300, 360), 600
"""Of the frame that the figures of the tests stand in: height in pixels, foot, side of the canvas."""


def cut(draw: Draw, *, flip: bool = False) -> np.ndarray:
    """One part of a figure, 0..1, on a canvas of ``SIDE`` x ``SIDE``."""
    mask = draw(Stencil(Frame(*FOOT, SIZE, flip))).mask(SIDE, SIDE)
    found = np.zeros((SIDE, SIDE), np.float32)
    assert mask is not None
    found[mask.box] = mask.values
    return found


def silhouette(figure: Figure, *, flip: bool = False) -> np.ndarray:
    """All parts of a figure together."""
    found: np.ndarray = np.max([cut(part.draw, flip=flip) for part in figure.parts], axis=0)
    return found


def extent(covered: np.ndarray) -> tuple[float, float, float, float]:
    """Left, right, bottom and top of what is covered, in heights from the foot."""
    rows, columns = np.flatnonzero(covered.max(axis=1) > 0.5), np.flatnonzero(covered.max(axis=0) > 0.5)
    (x, y), top, bottom = FOOT, rows.min(), rows.max() + 1
    return (columns.min() - x) / SIZE, (columns.max() + 1 - x) / SIZE, (y - bottom) / SIZE, (y - top) / SIZE
