"""Keeping peaks under a ceiling without audible distortion.

A look-ahead limiter: the gain each sample needs, its running minimum over a window, then the mean over the
same window. Every minimum that enters the mean at a sample has seen that sample, so nothing exceeds the
ceiling. After U. Zölzer (ed.), "DAFX: Digital Audio Effects", 2nd ed., section 4.2.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Block = NDArray[np.float32]
"""``(frames, channels)``, in −1..1."""

CEILING = 10 ** (-1.05 / 20)
"""A little under −1 dBFS, so that dither does not lift a peak over it."""


def limited(samples: Block, sample_rate: int, ceiling: float = CEILING, seconds: float = 0.005) -> Block:
    """Samples ``(frames, channels)`` with every peak at or under ``ceiling``; one gain for all channels."""
    levels = np.abs(samples).max(axis=1, initial=0.0)
    if levels.max(initial=0.0) <= ceiling:
        return samples
    window = max(1, round(sample_rate * seconds))
    needed = np.minimum(1.0, ceiling / np.maximum(levels, 1e-9)).astype(np.float32)
    gain = _running_mean(_running_minimum(needed, window), window)
    limited_samples: Block = samples * np.minimum(gain, needed)[:, None]
    return limited_samples


def _running_minimum(levels: NDArray[np.float32], window: int) -> NDArray[np.float32]:
    """Minimum over ``2 * window + 1`` samples centred on each, by doubling strides."""
    smallest = np.pad(levels, window, constant_values=1.0)
    width, span = 1, 2 * window + 1
    while width < span:
        step = min(width, span - width)
        smallest = np.minimum(smallest[:-step], smallest[step:])
        width += step
    return smallest


def _running_mean(levels: NDArray[np.float32], window: int) -> NDArray[np.float32]:
    padded = np.pad(levels, window, mode="edge")
    if len(padded) < 4 * window:
        return np.asarray(sliding_window_view(padded, 2 * window + 1).mean(axis=1), np.float32)
    sums = np.cumsum(np.concatenate(([0.0], padded.astype(np.float64))))
    means: NDArray[np.float32] = ((sums[2 * window + 1 :] - sums[: -2 * window - 1]) / (2 * window + 1)).astype(
        np.float32
    )
    return means
