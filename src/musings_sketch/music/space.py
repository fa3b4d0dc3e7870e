"""Rooms: a convolution with early reflections and a seeded, decaying noise, darker the longer it lasts.

After J. A. Moorer, "About This Reverberation Business", Computer Music Journal 3 (1979).
"""

from dataclasses import dataclass

import numpy as np

from musings_sketch.music.waves import Wave

_SEED = 1979
_DIRECT_CUT = 220.0  # Hz; the deep notes stay dry, or the room booms


@dataclass(frozen=True)
class ReverbRoom:
    """``seconds`` to −60 dB in the middle register, ``delay`` before the first echo, ``level`` of it all."""

    seconds: float
    delay: float
    level: float
    bright: float


ROOMS = {
    "dry": ReverbRoom(0.25, 0.004, 0.25, 0.9),
    "club": ReverbRoom(0.7, 0.008, 0.6, 0.6),
    "chamber": ReverbRoom(1.0, 0.012, 0.7, 0.7),
    "plate": ReverbRoom(1.6, 0.006, 0.7, 1.0),
    "hall": ReverbRoom(2.2, 0.022, 0.9, 0.7),
    "cathedral": ReverbRoom(3.6, 0.035, 1.1, 0.55),
}
_REFLECTIONS = (
    (7.1, 0.75),
    (11.3, -0.6),
    (17.9, 0.5),
    (23.7, -0.42),
    (31.1, 0.34),
    (41.3, -0.26),
    (53.9, 0.2),
)


def reverberated(send: Wave, room: ReverbRoom, rate: int) -> Wave:
    """What the room answers to ``send`` ``(n, 2)``: as many samples, the tail past the end cut off."""
    echo = _response(room, rate)
    size = _fast_size(len(send) + len(echo))
    at = np.fft.rfftfreq(size, 1 / rate)
    passing = (1 / np.sqrt(1 + (_DIRECT_CUT / np.maximum(at, 1e-3)) ** 4)).astype(np.float32)
    out = np.empty_like(send)
    for side in range(2):
        spectrum = np.fft.rfft(send[:, side], size) * np.fft.rfft(echo[:, side], size) * passing
        out[:, side] = np.fft.irfft(spectrum, size)[: len(send)]
    return out


def _response(room: ReverbRoom, rate: int) -> Wave:
    random = np.random.default_rng(_SEED)
    count = round((room.seconds * 1.05 + room.delay) * rate)
    late = np.maximum(0.0, np.arange(count) / rate - room.delay)
    build = 1 - np.exp(-late / 0.012)
    at = np.fft.rfftfreq(count, 1 / rate)
    out = np.zeros((count, 2), np.float32)
    for side in range(2):
        spectrum = np.fft.rfft(random.standard_normal(count))
        for low, high, lasting in (
            (0, 500, 1.15),
            (500, 3000, 1.0),
            (3000, 20_000, 0.45 * room.bright + 0.1),
        ):
            part = np.fft.irfft(spectrum * ((at >= low) & (at < high)), count)
            out[:, side] += part * np.exp(-6.91 * late / (room.seconds * lasting)) * build
        for place, gain in _REFLECTIONS:
            milliseconds = place * (0.6 + 0.25 * room.seconds) * (1 + 0.07 * side)
            index = round((room.delay * 0.4 + milliseconds / 1000) * rate)
            if index < count:
                out[index, side] += gain * 6
        out[:, side] /= np.sqrt((out[:, side] ** 2).sum())
    return out * np.float32(room.level)


def _fast_size(least: int) -> int:
    """The next length without a prime factor above 5: FFTs of other lengths can take ten times as long."""
    best = 1 << (least - 1).bit_length()
    fives = 1
    while fives < best:
        threes = fives
        while threes < best:
            size = threes << max(0, (-(-least // threes) - 1).bit_length())
            best = min(best, size) if size >= least else best
            threes *= 3
        fives *= 5
    return best


def tilted(mix: Wave, rate: int) -> Wave:
    """The whole piece through a last filter: nothing under 28 Hz, 3 dB more air above 5 kHz."""
    size = _fast_size(len(mix) + rate // 4)
    at = np.fft.rfftfreq(size, 1 / rate)
    gains = (1 / np.sqrt(1 + (28 / np.maximum(at, 1e-3)) ** 6)) * (1 + 0.4 * at**2 / (at**2 + 5000.0**2))
    out = np.empty_like(mix)
    for side in range(2):
        out[:, side] = np.fft.irfft(np.fft.rfft(mix[:, side], size) * gains, size)[: len(mix)]
    return out
