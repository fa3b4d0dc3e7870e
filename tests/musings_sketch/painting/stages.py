"""Small stages for tests: a canvas, a palette and the words of a prompt."""

from collections.abc import Callable

import numpy as np

from musings_sketch.painting import palette
from musings_sketch.painting.canvas import Canvas
from musings_sketch.painting.stage import Stage
from musings_sketch.words import chance, read


def stage_for(text: str, seed: int = 1, *, width: int = 160, height: int = 120, horizon: float = 0.5) -> Stage:
    """An empty stage, grey all over, with its light at the upper left."""
    reading = read(text)
    colours = palette.choose(reading, chance(text, seed, "palette"))
    stage = Stage(Canvas(width, height), colours, reading, text, seed, (width * 0.3, height * 0.2), height * horizon)
    stage.canvas.pixels += np.float32(0.3)
    return stage


def changed(before: Stage, after: Stage) -> np.ndarray:
    """Which pixels differ, (h, w)."""
    found: np.ndarray = np.abs(before.canvas.pixels - after.canvas.pixels).max(axis=0) > 1e-4
    return found


def at(paint: Callable[[Stage], None], text: str, seed: int = 1, **shape: int) -> tuple[Stage, Stage]:
    """The stage before and after a scene was painted on it."""
    before, after = stage_for(text, seed, **shape), stage_for(text, seed, **shape)
    paint(after)
    return before, after


def brightness(stage: Stage) -> np.ndarray:
    """The mean of the three planes, (h, w)."""
    found: np.ndarray = stage.canvas.pixels.mean(axis=0)
    return found


def warmth(stage: Stage) -> float:
    """How much more red than blue there is."""
    return float(stage.canvas.pixels[0].mean() - stage.canvas.pixels[2].mean())
