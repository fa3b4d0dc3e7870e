"""The engine as an artist for programs that ask for any size and length, such as a fake of a model server.

``fake-comfyui --artist musings_sketch.artist:SketchArtist`` is one of them; nothing of it is needed here.
"""

import numpy as np
from PIL import Image

from musings_sketch import music, painting
from musings_sketch.limiter import Block

FADE_SECONDS = 0.5


class SketchArtist:
    """What the engine cannot make at the size asked for is made at the nearest, then stretched, cut or repeated."""

    def picture(self, text: str, seed: int, width: int, height: int) -> Image.Image:
        """An RGB picture of ``width`` × ``height`` pixels."""
        sides = (min(painting.LARGEST, max(painting.SMALLEST, side)) for side in (width, height))
        return painting.paint(text, seed, *sides).resize((width, height))

    def sound(self, text: str, seed: int, seconds: float, rate: int) -> Block:
        """Float32 samples in −1..1 of shape ``(2, round(seconds * rate))``; ``rate`` is in Hz."""
        length = min(music.LONGEST, max(music.SHORTEST, seconds))
        played = music.render(music.compose(text, seed, length), sample_rate=rate)
        frames = round(seconds * rate)
        fitted = np.resize(played, (frames, 2)).astype(np.float32)  # repeats what is too short
        if seconds < length:
            fade = min(frames, round(FADE_SECONDS * rate))
            fitted[frames - fade :] *= np.linspace(1.0, 0.0, fade, dtype=np.float32)[:, None]
        return np.ascontiguousarray(fitted.T)
