"""Instruments that sound as long as they are held: blown, bowed, sung, and the organs and synthesisers.

Each function gives a tone of ``seconds`` plus its release, with vibrato and breath; some are stereo
``(n, 2)``.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from musings_sketch.music.waves import Wave, glide, harmonics, modes, noise, swell

Held = Callable[[float, float, float, np.random.Generator, int], Wave]
"""``(frequency, seconds, velocity 0..1, random, rate)``."""

_FOR_EVER = 1e4  # seconds to decay: not at all
AH = ((720, 110, 1.0), (1150, 130, 0.55), (2700, 220, 0.22), (3500, 300, 0.1))
STRING_BODY = ((280, 120, 0.7), (480, 140, 0.9), (1000, 350, 0.8), (2400, 900, 0.9))
BRASS_BODY = ((600, 500, 1.0), (1300, 700, 0.9))


def solo(
    levels: tuple[float, ...] = (),
    *,
    slope: float = 1.0,
    body: tuple[tuple[float, float, float], ...] = (),
    attack: float = 0.05,
    release: float = 0.1,
    vibrato: float = 14.0,
    speed: float = 5.4,
    breath: float = 0.0,
    blare: float = 0.0,
    odd: float = 0.0,
    count: int = 20,
) -> Held:
    """One player: ``levels`` of harmonics, or a spectrum that falls with ``slope`` through ``body``.

    ``blare`` lets the upper harmonics grow with loudness as brass does, ``odd`` weakens the even ones as in a
    clarinet, ``breath`` is the noise of the air.
    """

    def tone(frequency: float, seconds: float, velocity: float, random: np.random.Generator, rate: int) -> Wave:
        whole = seconds + release
        envelope = swell(whole, rate, attack=attack * (1.3 - 0.5 * velocity), release=release + 0.02, dip=0.15)
        phase = glide(frequency, whole, rate, vibrato=vibrato, speed=speed * random.uniform(0.95, 1.05), delay=0.18)
        number = int(max(1, min(len(levels) or count, 11_000 / frequency)))
        k = np.arange(1, number + 1)
        level = np.array(levels[:number]) if levels else k**-slope * _resonance(frequency * k, body)
        level = level * np.where(k % 2 == 0, 1 - odd, 1.0)
        level = level / np.sqrt((level**2).sum())
        opened = np.power(np.maximum(envelope, 1e-4) * (0.45 + 0.55 * velocity), blare)
        wave = harmonics(phase, _opening(level, opened) if blare else level.tolist())
        if breath:
            air = noise(whole, rate, random, frequency * 0.9, max(3000, frequency * 3.5), -3)
            puff = 1 + 2.5 * np.exp(-np.arange(len(air)) / rate / 0.04)
            wave += np.asarray(breath * air * puff, np.float32)[: len(wave)]
        return np.asarray(0.7 * wave * envelope, np.float32)

    return tone


def _opening(levels: NDArray[np.floating], opened: Wave) -> list[float | Wave]:
    """Harmonics of which each is let through once more than the one below it."""
    growing: list[float | Wave] = []
    gain = np.ones_like(opened)
    for level in levels:
        growing.append(np.asarray(level * gain, np.float32))
        gain = gain * opened
    return growing


def section(
    *,
    slope: float,
    body: tuple[tuple[float, float, float], ...] = (),
    attack: float,
    release: float,
    spread: float = 9.0,
    voices: int = 3,
    count: int = 22,
    dark: float = 0.0,
) -> Held:
    """Many players: each side of the room has ``voices`` of them, up to ``spread`` cents apart."""

    def tone(frequency: float, seconds: float, velocity: float, random: np.random.Generator, rate: int) -> Wave:
        whole = seconds + release
        number = int(max(1, min(count, 9000 / frequency)))
        k = np.arange(1, number + 1)
        fall = slope + dark * (1 - velocity)
        level = k**-fall * _resonance(frequency * k, body)
        level = level / np.sqrt((level**2).sum() * voices)

        def players(cents: NDArray[np.floating]) -> Wave:
            tuned = np.concatenate([frequency * k * 2 ** (cent / 1200) for cent in cents]).tolist()
            phases = random.uniform(0, 2 * np.pi, len(tuned)).tolist()
            return modes(tuned, np.tile(level, len(cents)).tolist(), [_FOR_EVER] * len(tuned), whole, rate, phases)

        apart = spread * (np.linspace(-1, 1, voices) + random.uniform(-0.25, 0.25, voices))
        middle = players(apart[voices // 2 : voices // 2 + 1])
        others = np.delete(apart, voices // 2)
        sides = [middle + players(others), middle + players(others[::-1] * 0.93)]
        envelope = swell(whole, rate, attack=min(attack, 0.6 * seconds + 0.03), release=release)
        return np.asarray(np.stack(sides, axis=1) * envelope[:, None], np.float32)

    return tone


def organ(drawbars: tuple[float, ...], *, shimmer: float = 0.6, attack: float = 0.02, release: float = 0.12) -> Held:
    """Pipes or drawbars: levels of the ratios 1/2, 1, 3/2, 2, 3, 4, 5, 6 and 8.

    A second rank is ``shimmer`` Hz off tune.
    """
    ratios = (0.5, 1, 1.5, 2, 3, 4, 5, 6, 8)

    def tone(frequency: float, seconds: float, _velocity: float, random: np.random.Generator, rate: int) -> Wave:
        whole = seconds + release
        tuned = [frequency * ratio for ratio in ratios[: len(drawbars)]]
        level = np.array(drawbars) / np.sqrt((np.array(drawbars) ** 2).sum())
        forever = [_FOR_EVER] * len(tuned)
        first = modes(
            tuned, (0.62 * level).tolist(), forever, whole, rate, random.uniform(0, 6.28, len(tuned)).tolist()
        )
        sides = []
        for sign in (-1, 1):
            phases = random.uniform(0, 6.28, len(tuned)).tolist()
            second = [each + sign * shimmer for each in tuned]
            sides.append(first + modes(second, (0.38 * level).tolist(), forever, whole, rate, phases))
        envelope = swell(whole, rate, attack=attack, release=release)
        return np.asarray(np.stack(sides, axis=1) * envelope[:, None], np.float32)

    return tone


def lead(*, cutoff: float, release: float = 0.12, vibrato: float = 10.0, detune: float = 7.0) -> Held:
    """A synthesiser's two saws, the second a little off tune, through a low pass that opens at the attack."""

    def tone(frequency: float, seconds: float, velocity: float, _random: np.random.Generator, rate: int) -> Wave:
        whole = seconds + release
        number = int(max(1, min(24, 11_000 / frequency)))
        k = np.arange(1, number + 1)
        opened = 1 + 1.6 * velocity * np.exp(-np.arange(round(whole * rate)) / rate / 0.18)
        bend = (frequency * k / cutoff) ** 2
        levels: list[float | Wave] = [
            np.asarray(0.5 / each / (1 + bend[each - 1] / opened**2), np.float32) for each in k.tolist()
        ]
        wave = np.zeros(round(whole * rate), np.float32)
        for cents in (-detune / 2, detune / 2):
            tuned = frequency * 2 ** (cents / 1200)
            wave += harmonics(glide(tuned, whole, rate, vibrato=vibrato, speed=5.1, delay=0.25), levels)
        return wave * swell(whole, rate, attack=0.008, release=release, dip=0.25)

    return tone


def pulse(width: float, vibrato: float = 8.0) -> Held:
    """A pulse wave of a game console, ``width`` of its period high (0.5 is a square)."""

    def tone(frequency: float, seconds: float, _velocity: float, _random: np.random.Generator, rate: int) -> Wave:
        k = np.arange(1, int(max(2, min(40, 14_000 / frequency))))
        levels = (np.sin(np.pi * k * width) / k * 0.6).tolist()
        wave = harmonics(glide(frequency, seconds, rate, vibrato=vibrato, speed=6, delay=0.2), levels)
        return wave * swell(seconds, rate, attack=0.002, release=0.012, dip=0.35, dip_time=0.15)

    return tone


def triangle(frequency: float, seconds: float, _velocity: float, _random: np.random.Generator, rate: int) -> Wave:
    """A triangle wave: odd harmonics with the squares of their numbers under them."""
    k = np.arange(1, 20)
    levels = np.where(k % 2 == 1, (-1.0) ** ((k - 1) // 2) / k**2, 0.0)
    wave = harmonics(glide(frequency, seconds, rate, vibrato=0, speed=1, delay=9), levels.tolist())
    return wave * swell(seconds, rate, attack=0.003, release=0.015)


def synth_bass(frequency: float, seconds: float, _velocity: float, _random: np.random.Generator, rate: int) -> Wave:
    """A saw with a sine an octave below, its edge closing quickly."""
    k = np.arange(1, 25)
    wave = modes((frequency * k).tolist(), (0.5 / k).tolist(), (1.4 / (1 + 0.35 * k)).tolist(), seconds, rate)
    wave += modes([frequency], [0.5], [_FOR_EVER], seconds, rate)
    return wave * swell(seconds, rate, attack=0.004, release=0.03, dip=0.2)


def sub(frequency: float, seconds: float, _velocity: float, _random: np.random.Generator, rate: int) -> Wave:
    """A soft sine with a little of its octave, slow to come and to go."""
    whole = seconds + 1.2
    wave = modes([frequency, 2 * frequency, 3 * frequency], [0.8, 0.25, 0.08], [_FOR_EVER] * 3, whole, rate)
    return wave * swell(whole, rate, attack=min(1.2, seconds / 2), release=1.4)


def distorted(frequency: float, seconds: float, _velocity: float, _random: np.random.Generator, rate: int) -> Wave:
    """A plucked string driven into a valve's curve; what is left of the pluck is its sustain."""
    whole = seconds + 0.06
    k = np.arange(1, int(max(2, min(18, 6000 / frequency))))
    level = np.sin(np.pi * k * 0.14) / k
    string = modes((frequency * k).tolist(), level.tolist(), (4.0 / (1 + 0.1 * k)).tolist(), whole, rate)
    driven = np.tanh(9 * string) + 0.15 * np.tanh(9 * string) ** 2
    spectrum = np.fft.rfft(driven)
    at = np.fft.rfftfreq(len(driven), 1 / rate)
    cabinet = (
        1
        / (1 + (at / 4200) ** 6)
        / (1 + (70 / np.maximum(at, 1)) ** 4)
        * (1 + 0.6 * np.exp(-(((at - 2300) / 900) ** 2)))
    )
    wave = np.fft.irfft(spectrum * cabinet, len(driven))
    return np.asarray(0.5 * wave * swell(whole, rate, attack=0.003, release=0.07), np.float32)


def _resonance(frequencies: NDArray[np.floating], body: tuple[tuple[float, float, float], ...]) -> NDArray[np.float64]:
    if not body:
        return np.ones_like(frequencies)
    peaks = [level * np.exp(-(((frequencies - centre) / width) ** 2)) for centre, width, level in body]
    return np.asarray(0.18 + np.sum(peaks, axis=0))
