"""A sound file as one channel of 16-bit samples at a rate of our choice."""

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from musings.media.decoding import broken, cut_off, opened


def rate_of(path: Path) -> int:
    """The sample rate of a file, in Hz. Raises ``AttemptError`` for what cannot be read as sound."""
    with opened(path) as (_, stream):
        return int(stream.rate)


def mono(path: Path, rate: int) -> Iterator[NDArray[np.int16]]:
    """All samples, mixed to one channel and resampled to ``rate`` Hz, in stretches of shape ``(frames,)``.

    Raises ``AttemptError`` for a file that is broken or ends before it says so.
    """
    if cut_off(path):
        raise broken(path, ValueError("it is cut off"))
    with opened(path) as (container, stream):
        resampler = av.AudioResampler(format="s16", layout="mono", rate=rate)
        for frame in container.decode(stream):
            for piece in resampler.resample(frame):
                yield piece.to_ndarray().reshape(-1).astype(np.int16)
        for piece in resampler.resample(None):
            yield piece.to_ndarray().reshape(-1).astype(np.int16)
