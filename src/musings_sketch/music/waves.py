"""The raw material of every sound: decaying partials, harmonics over a phase, coloured noise, envelopes.

All vectorised; times are seconds, frequencies Hz, ``rate`` samples per second, results float32 ``(n,)``.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Wave = NDArray[np.float32]

_BLOCK = 512
_INAUDIBLE = 1e-4
_TO_SILENCE = np.log(1000.0)  # a decay time is the time to fall by 60 dB


def hertz(pitch: float) -> float:
    """The frequency of a MIDI pitch in equal temperament, A4 = 440 Hz."""
    return float(440.0 * 2 ** ((pitch - 69) / 12))


def modes(
    frequencies: Sequence[float],
    amplitudes: Sequence[float],
    decays: Sequence[float],
    seconds: float,
    rate: int,
    phases: Sequence[float] | None = None,
) -> Wave:
    """A sum of decaying sines, modal synthesis; ``decays`` are times to −60 dB.

    After J.-M. Adrien, "The missing link: modal synthesis" (1991). Each sine is the outer product of a coarse
    and a fine complex exponential: two multiplications per sample in place of a sine and an exponential.
    """
    count = round(seconds * rate)
    rows = -(-count // _BLOCK)
    out = np.zeros((rows, _BLOCK), np.float32)
    fine, coarse = np.arange(_BLOCK), np.arange(rows) * _BLOCK
    for index, (frequency, amplitude, decay) in enumerate(zip(frequencies, amplitudes, decays, strict=True)):
        if not 15 < frequency < rate * 0.45 or abs(amplitude) < _INAUDIBLE:
            continue
        pole = complex(-_TO_SILENCE / (decay * rate), 2 * np.pi * frequency / rate)
        audible = decay * rate * np.log(abs(amplitude) / _INAUDIBLE) / _TO_SILENCE
        used = max(1, min(rows, int(audible / _BLOCK) + 1))
        start = amplitude * np.exp(1j * (phases[index] if phases is not None else 0.0))
        slow = (start * np.exp(pole * coarse[:used])).astype(np.complex64)
        fast = np.exp(pole * fine).astype(np.complex64)
        out[:used] += np.multiply.outer(slow.real, fast.imag)
        out[:used] += np.multiply.outer(slow.imag, fast.real)
    return out.reshape(-1)[:count]


def harmonics(phase: NDArray[np.float64], amplitudes: Sequence[float | Wave]) -> Wave:
    """Sines of 1, 2, 3 … times ``phase`` (radians); an amplitude may change with time."""
    turning = np.exp(1j * np.remainder(phase, 2 * np.pi)).astype(np.complex64)
    power = turning.copy()
    out = np.zeros(len(phase), np.float32)
    for amplitude in amplitudes:
        out += power.imag * amplitude
        power *= turning
    return out


def glide(
    frequency: float, seconds: float, rate: int, *, vibrato: float, speed: float, delay: float
) -> NDArray[np.float64]:
    """The phase of a tone; its vibrato, in cents at ``speed`` Hz, grows after ``delay`` seconds."""
    time = np.arange(round(seconds * rate)) / rate
    depth = vibrato * np.clip((time - delay) / 0.35, 0.0, 1.0)
    cents = depth * np.sin(2 * np.pi * speed * time) - 12 * np.exp(-time / 0.025)
    phase: NDArray[np.float64] = np.cumsum(2 * np.pi * frequency / rate * np.exp2(cents / 1200))
    return phase


def swell(seconds: float, rate: int, *, attack: float, release: float, dip: float = 0.0, dip_time: float = 0.2) -> Wave:
    """An envelope from 0 to 1, down by ``dip`` while held, and to 0 in the last ``release`` seconds."""
    count = round(seconds * rate)
    time = np.arange(count, dtype=np.float32) / rate
    rising = np.minimum(1.0, time / max(attack, 1e-3))
    shape = rising * rising * (3 - 2 * rising) * (1 - dip * (1 - np.exp(-np.maximum(0, time - attack) / dip_time)))
    falling = np.clip((seconds - time) / max(release, 1e-3), 0.0, 1.0)
    return np.asarray(shape * falling * falling * (3 - 2 * falling), np.float32)


def fading(seconds: float, rate: int, decay: float) -> Wave:
    """From 1 by 60 dB in ``decay`` seconds."""
    return np.asarray(np.exp(-_TO_SILENCE / decay * np.arange(round(seconds * rate)) / rate), np.float32)


def noise(seconds: float, rate: int, random: np.random.Generator, low: float, high: float, slope: float = 0.0) -> Wave:
    """Noise between two frequencies with soft edges, ``slope`` dB per octave, of unit RMS."""
    count = max(16, round(seconds * rate))
    spectrum = np.fft.rfft(random.standard_normal(count))
    weights = band(np.fft.rfftfreq(count, 1 / rate), low, high) * _sloped(count, rate, slope)
    shaped = np.fft.irfft(spectrum * weights, count)
    return np.asarray(shaped / max(1e-9, float(np.sqrt(np.mean(shaped**2)))), np.float32)


def band(frequencies: NDArray[np.floating], low: float, high: float) -> NDArray[np.float64]:
    """The gains of a second-order band pass, for filtering in the frequency domain."""
    safe = np.maximum(frequencies, 1e-3)
    return np.asarray(1 / np.sqrt(1 + (low / safe) ** 4) / np.sqrt(1 + (safe / high) ** 4), np.float64)


def _sloped(count: int, rate: int, slope: float) -> NDArray[np.float64]:
    octaves = np.log2(np.maximum(np.fft.rfftfreq(count, 1 / rate), 20.0) / 1000)
    gains: NDArray[np.float64] = 10 ** (slope * octaves / 20)
    return gains
