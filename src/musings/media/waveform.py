"""The picture of a sound: rounded bars on a transparent ground, in colours that read on light and on dark."""

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

_PITCH = 8
"""Pixels from bar to bar; the bar takes five of them."""

_BAR = 5
_FINER = 4
_LEFT = (124, 92, 255)
_RIGHT = (20, 170, 190)


def write_waveform(peaks: Sequence[float], target: Path, width: int = 1024, height: int = 256) -> None:
    """:func:`drawn`, in a file."""
    target.write_bytes(drawn(peaks, width, height))


def drawn(peaks: Sequence[float], width: int = 1024, height: int = 256) -> bytes:
    """``peaks`` (0..1, in time order) as a WebP of ``width`` × ``height`` pixels.

    The loudest bar fills the height, so that a quiet sound has a shape too; silence is a row of dots.
    """
    mask = _bars(_heights(peaks, max(1, width // _PITCH)), width, height)
    along = np.linspace(0.0, 1.0, width)[:, None]
    colours = np.array(_LEFT) * (1 - along) + np.array(_RIGHT) * along
    pixels = np.empty((height, width, 4), np.uint8)
    pixels[..., :3] = np.rint(colours).astype(np.uint8)
    pixels[..., 3] = np.asarray(mask)
    out = io.BytesIO()
    Image.fromarray(pixels, "RGBA").save(out, "WEBP", lossless=True, quality=60)
    return out.getvalue()


def _heights(peaks: Sequence[float], count: int) -> NDArray[np.float64]:
    """One height per bar, 0..1: the largest of the peaks that fall under it."""
    levels = np.clip(np.nan_to_num(np.asarray(peaks, np.float64)), 0.0, 1.0)
    if len(levels) == 0 or levels.max() <= 0.0:
        return np.zeros(count)
    starts = (np.arange(count) * len(levels) / count).astype(np.intp)
    ends = np.maximum(starts + 1, ((np.arange(count) + 1) * len(levels) / count).astype(np.intp))
    bars = np.array([levels[start:end].max() for start, end in zip(starts, ends, strict=True)])
    shaped: NDArray[np.float64] = (bars / levels.max()) ** 0.8
    return shaped


def _bars(heights: NDArray[np.float64], width: int, height: int) -> Image.Image:
    """Drawn four times too large and reduced, for smooth round ends."""
    canvas = Image.new("L", (width * _FINER, height * _FINER), 0)
    draw = ImageDraw.Draw(canvas)
    bar, middle = _BAR * _FINER, height * _FINER / 2
    margin = (width - len(heights) * _PITCH + _PITCH - _BAR) / 2 * _FINER
    for index, level in enumerate(heights):
        half = max(bar / 2, level * (middle - 2 * _FINER))
        left = margin + index * _PITCH * _FINER
        draw.rounded_rectangle((left, middle - half, left + bar - 1, middle + half - 1), bar / 2, fill=255)
    return canvas.resize((width, height), Image.Resampling.LANCZOS)
