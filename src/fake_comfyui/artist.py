"""Draws and composes what the fake's samplers would have made: what every artist offers, and the quick one."""

import hashlib
import random
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

Samples = NDArray[np.float32]
SCALE_HZ = (220.0, 247.5, 275.0, 330.0, 366.7, 440.0)


ARTISTS: Mapping[str, str] = {
    "sketch": "musings_sketch.artist:SketchArtist",
    "plain": "fake_comfyui.artist:PlainArtist",
}
"""Names that :func:`artist_named` knows. Nothing of the others is imported before somebody asks for them."""


class Artist(Protocol):
    """The same words, seed and size always give the same work."""

    def picture(self, text: str, seed: int, width: int, height: int) -> Image.Image:
        """An RGB picture of ``width`` × ``height`` pixels."""

    def sound(self, text: str, seed: int, seconds: float, rate: int) -> Samples:
        """Samples in -1..1, shape (2, round(seconds * rate)); ``rate`` is in Hz."""


class PlainArtist:
    """Discs on a gradient, and a slow arpeggio: plainly made by a machine without a model."""

    def picture(self, text: str, seed: int, width: int, height: int) -> Image.Image:
        dice = _dice(text, seed)
        top, bottom = (np.array([dice.randrange(256) for _ in range(3)]) for _ in range(2))
        ramp = np.linspace(0.0, 1.0, height)[:, None, None]
        rows = (top * (1 - ramp) + bottom * ramp).astype(np.uint8)
        picture = Image.fromarray(np.broadcast_to(rows, (height, width, 3)).copy())
        pencil = ImageDraw.Draw(picture)
        for _ in range(12):
            x, y = dice.randrange(width), dice.randrange(height)
            radius = dice.randint(1, max(1, min(width, height) // 5))
            colour = tuple(dice.randrange(256) for _ in range(3))
            pencil.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
        return picture

    def sound(self, text: str, seed: int, seconds: float, rate: int) -> Samples:
        dice = _dice(text, seed)
        time = np.arange(round(seconds * rate)) / rate
        notes = np.array([dice.choice(SCALE_HZ) for _ in range(max(1, round(seconds * 2) + 1))])
        beat = np.minimum((time * 2).astype(int), len(notes) - 1)
        tone = np.sin(2 * np.pi * notes[beat] * time) * np.exp(-3 * (time * 2 % 1)) * 0.4
        return np.stack([tone, np.roll(tone, rate // 100)]).astype(np.float32)


def usual(artists: Mapping[str, str] = ARTISTS) -> str:
    """The name of the artist that is taken unless another is asked for: the first that is installed."""
    return next(name for name, path in artists.items() if find_spec(path.partition(".")[0]))


def artist_named(name: str) -> Artist:
    """An artist by a name of ``ARTISTS``, or by the ``module:class`` of any other that can be made without arguments.

    Raises ``ValueError``, with a sentence, for one that cannot be had.
    """
    module, colon, member = ARTISTS.get(name, name).partition(":")
    if not colon:
        raise ValueError(f"there is no artist {name!r}: it is one of {', '.join(ARTISTS)}, or MODULE:CLASS")
    try:
        artist: Artist = getattr(import_module(module), member)()
    except (ImportError, AttributeError, TypeError) as error:
        raise ValueError(f"the artist {name!r} cannot be had: {error}") from error
    return artist


def _dice(text: str, seed: int) -> random.Random:
    digest = hashlib.sha256(f"{seed}\n{text}".encode("utf-8", "surrogatepass")).digest()
    return random.Random(digest)  # noqa: S311 (art, not secrets)
