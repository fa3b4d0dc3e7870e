"""Instruments that ring once they are struck or plucked: sums of decaying partials.

Each function gives a tone at full length and full ring; the player damps it where the note ends. Ratios of
bars and bells are near those in N. H. Fletcher, T. D. Rossing, "The Physics of Musical Instruments",
chapters 19 and 21.
"""

from collections.abc import Callable

import numpy as np

from musings_sketch.music.waves import Wave, fading, modes, noise

Struck = Callable[[float, float, float, np.random.Generator, int], Wave]
"""``(frequency, seconds, velocity 0..1, random, rate)``."""


def piano(frequency: float, seconds: float, velocity: float, random: np.random.Generator, rate: int) -> Wave:
    """Stiff strings in pairs, a hammer at an eighth of their length, and its thump."""
    stiff = 0.00035 * (frequency / 262) ** 1.1
    count = int(min(26, 9500 / frequency))
    k = np.arange(1, count + 1)
    tuned = frequency * k * np.sqrt(1 + stiff * k**2)
    bright = 0.34 - 0.2 * velocity
    level = np.abs(np.sin(np.pi * k / 8.2)) * np.exp(-k * bright * (frequency / 262) ** 0.35) + 0.002
    ring = 9.0 * (262 / frequency) ** 0.7
    fast, slow = ring * 0.28 / (1 + 0.12 * k), ring / (1 + 0.3 * k)
    beating = 0.35 + 0.1 * k
    wave = modes(
        [*tuned, *(tuned + beating), *tuned],
        [*(0.5 * level), *(0.22 * level), *(0.28 * level)],
        [*fast, *slow, *slow],
        seconds,
        rate,
        random.uniform(-0.6, 0.6, 3 * count).tolist(),
    )
    thump = noise(0.12, rate, random, 90, 700 + 1500 * velocity) * fading(0.12, rate, 0.07)
    wave[: len(thump)] += 0.03 * (0.4 + velocity) * thump[: len(wave)]
    return wave


def electric_piano(frequency: float, seconds: float, velocity: float, _random: np.random.Generator, rate: int) -> Wave:
    """A tine and its tone bar by frequency modulation (J. Chowning, J. AES 21, 1973)."""
    time = np.arange(round(seconds * rate)) / rate
    turn = 2 * np.pi * frequency * time
    body = np.exp(-time * 1.1 * (frequency / 262) ** 0.4)
    index = (0.35 + 1.5 * velocity**1.5) * np.exp(-time * 2.4) + 0.12
    tine = 0.22 * velocity * np.exp(-time * 9) * np.sin(14 * turn) * (frequency < 1200)
    detuned = 2 * np.pi * (frequency + 0.7) * time
    wave = np.sin(turn + index * np.sin(turn)) + 0.45 * np.sin(detuned + 0.5 * index * np.sin(detuned)) + tine
    return np.asarray(0.62 * wave * body * np.minimum(1, time / 0.002), np.float32)


def plucked(place: float, ring: float, bright: float, body: float = 0.25, metal: float = 0.0) -> Struck:
    """A string plucked at ``place`` of its length.

    ``ring`` seconds at middle C, ``bright`` 0..1, ``body`` the level of its box, ``metal`` its stiffness.
    """

    def tone(frequency: float, seconds: float, velocity: float, random: np.random.Generator, rate: int) -> Wave:
        count = int(min(32, 10_000 / frequency))
        k = np.arange(1, count + 1)
        tuned = frequency * k * np.sqrt(1 + (0.00004 + 0.0002 * metal) * k**2)
        dull = (0.28 - 0.22 * bright) * (1.25 - 0.5 * velocity)
        level = np.sin(np.pi * k * place) / k ** (1 - 0.35 * bright) * np.exp(-k * dull)
        lasts = ring * (262 / frequency) ** 0.55 / (1 + (0.35 - 0.28 * bright) * k)
        wave = modes(tuned.tolist(), level.tolist(), lasts.tolist(), seconds, rate)
        box = modes([104, 207, 398], [body, 0.7 * body, 0.35 * body], [0.12, 0.09, 0.06], seconds, rate)
        nail = noise(0.03, rate, random, 1500, 7000) * fading(0.03, rate, 0.02)
        wave += 0.5 * box * (frequency < 900)
        wave[: len(nail)] += 0.05 * (0.3 + velocity) * nail[: len(wave)]
        return wave

    return tone


def bars(
    ratios: tuple[float, ...],
    levels: tuple[float, ...],
    decays: tuple[float, ...],
    click: float = 0.02,
    tremolo: float = 0.0,
) -> Struck:
    """Bars, bells and tongues; ``decays`` in seconds at middle C, ``tremolo`` 0..1 as of fans."""

    def tone(frequency: float, seconds: float, velocity: float, random: np.random.Generator, rate: int) -> Wave:
        high = (262 / frequency) ** 0.45
        soft = [level * (0.35 + 0.65 * velocity) ** (0.9 * index) for index, level in enumerate(levels)]
        tuned = [frequency * ratio for ratio in ratios]
        wave = modes(tuned, soft, [decay * high for decay in decays], seconds, rate)
        tick = noise(0.02, rate, random, 1800, 9000) * fading(0.02, rate, 0.012)
        wave[: len(tick)] += click * velocity * tick[: len(wave)]
        if tremolo:
            time = np.arange(len(wave)) / rate
            wave *= (1 - tremolo * (0.5 - 0.5 * np.cos(2 * np.pi * 5.2 * time))).astype(np.float32)
        return wave

    return tone


def synth_pluck(frequency: float, seconds: float, _velocity: float, random: np.random.Generator, rate: int) -> Wave:
    """Two saws whose upper partials die first, as if a filter closed."""
    count = int(min(36, 12_000 / frequency))
    k = np.arange(1, count + 1)
    lasts = 1.6 / (1 + 0.22 * k)
    level = 0.45 / k
    tuned = [*(frequency * k * 1.0022), *(frequency * k * 0.9978)]
    phases = random.uniform(-1, 1, 2 * count).tolist()
    return modes(tuned, [*level, *level], [*lasts, *lasts], seconds, rate, phases)


def deep(ring: float, bright: float, growl: float) -> Struck:
    """A bass string: few partials, slow to die; ``growl`` adds the octave's edge."""

    def tone(frequency: float, seconds: float, velocity: float, random: np.random.Generator, rate: int) -> Wave:
        k = np.arange(1, 15)
        level = np.sin(np.pi * k * 0.22) / k * np.exp(-k * (0.42 - 0.36 * bright) * (1.2 - 0.4 * velocity))
        level[1:4] *= 1 + growl
        lasts = ring / (1 + (0.5 - 0.3 * bright) * k)
        wave = modes((frequency * k).tolist(), level.tolist(), lasts.tolist(), seconds, rate)
        finger = noise(0.05, rate, random, 300, 1800) * fading(0.05, rate, 0.03)
        wave[: len(finger)] += 0.03 * velocity * finger[: len(wave)]
        rise = min(len(wave), round(0.004 * rate))
        wave[:rise] *= np.linspace(0, 1, rise, dtype=np.float32)
        return wave

    return tone
