"""The sketch engine as the fake's artist: pictures and music that follow the words, at any size and length."""

import numpy as np
from PIL import Image

from fake_comfyui.artist import Samples
from musings_sketch import music, painting

FADE_SECONDS = 0.5


class SketchArtist:
    """What the engine cannot make at the size asked for is made at the nearest, then stretched, cut or repeated."""

    def picture(self, text: str, seed: int, width: int, height: int) -> Image.Image:
        sides = (min(painting.LARGEST, max(painting.SMALLEST, side)) for side in (width, height))
        return painting.paint(text, seed, *sides).resize((width, height))

    def sound(self, text: str, seed: int, seconds: float, rate: int) -> Samples:
        length = min(music.LONGEST, max(music.SHORTEST, seconds))
        played = music.render(music.compose(text, seed, length), sample_rate=rate)
        frames = round(seconds * rate)
        fitted = np.resize(played, (frames, 2)).astype(np.float32)  # repeats what is too short
        if seconds < length:
            fade = min(frames, round(FADE_SECONDS * rate))
            fitted[frames - fade :] *= np.linspace(1.0, 0.0, fade, dtype=np.float32)[:, None]
        return np.ascontiguousarray(fitted.T)
