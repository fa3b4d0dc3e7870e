"""What can be heard of a wave, as a number."""

import numpy as np

from musings_sketch.music.waves import Wave


def level(wave: Wave) -> float:
    """The root of the mean square."""
    return float(np.sqrt(np.mean(np.square(wave, dtype=np.float64))))


def brightness(wave: Wave, rate: int) -> float:
    """The mean frequency in Hz, weighed by power; ``rate`` in Hz."""
    power = np.abs(np.fft.rfft(wave)) ** 2
    return float((power * np.fft.rfftfreq(len(wave), 1 / rate)).sum() / power.sum())
