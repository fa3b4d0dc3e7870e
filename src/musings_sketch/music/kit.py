"""Drums, cymbals and weather: each piece by name, as one stroke at full force."""

from collections.abc import Callable

import numpy as np

from musings_sketch.music.waves import Wave, fading, modes, noise

Piece = Callable[[np.random.Generator, int], Wave]
"""``(random, rate)`` to one stroke, ``(n,)``."""


def _drop(start: float, end: float, fall: float, decay: float, click: float, drive: float = 1.0) -> Piece:
    """A kick: a sine that falls from ``start`` to ``end`` Hz in about ``fall`` seconds."""

    def stroke(random: np.random.Generator, rate: int) -> Wave:
        time = np.arange(round(decay * 1.1 * rate)) / rate
        frequency = end + (start - end) * np.exp(-time / fall)
        body = np.tanh(drive * np.sin(np.cumsum(2 * np.pi * frequency / rate))) / np.tanh(drive)
        wave = body * fading(decay * 1.1, rate, decay)[: len(time)] * np.minimum(1, time / 0.0015)
        tap = noise(0.012, rate, random, 1200, 6000) * fading(0.012, rate, 0.01)
        wave[: len(tap)] += click * tap
        return np.asarray(wave, np.float32)

    return stroke


def _skin(tones: tuple[float, ...], ring: float, rattle: float, low: float, high: float, decay: float) -> Piece:
    """A snare: a skin's tones and the rattle of its wires."""

    def stroke(random: np.random.Generator, rate: int) -> Wave:
        seconds = max(ring, decay) * 1.1
        wave = modes(tones, [0.5] * len(tones), [ring] * len(tones), seconds, rate)
        wires = noise(seconds, rate, random, low, high) * fading(seconds, rate, decay)
        wave += rattle * 0.35 * wires[: len(wave)]
        return np.asarray(wave, np.float32)

    return stroke


def _hiss(low: float, high: float, decay: float, attack: float = 0.001, grain: float = 0.0) -> Piece:
    """A hat or a shaker: a burst of high noise."""

    def stroke(random: np.random.Generator, rate: int) -> Wave:
        seconds = decay * 1.1 + attack
        wave = noise(seconds, rate, random, low, high)
        time = np.arange(len(wave)) / rate
        shape = np.minimum(1, time / attack) * np.exp(-np.maximum(0, time - attack) * 6.9 / decay)
        if grain:
            shape = shape * (1 + grain * np.sign(np.sin(2 * np.pi * 90 * time)) * 0.5)
        return np.asarray(0.3 * wave * shape, np.float32)

    return stroke


def _metal(decay: float, low: float, wash: float, bell: float = 0.0) -> Piece:
    """A cymbal: forty inharmonic modes and a wash of noise."""

    def stroke(random: np.random.Generator, rate: int) -> Wave:
        tuned = np.sort(random.uniform(low, 11_000, 40))
        lasts = decay * (low / tuned) ** 0.35
        seconds = min(decay, 3.0)
        wave = modes(tuned.tolist(), [0.05] * 40, lasts.tolist(), seconds, rate, random.uniform(0, 6.28, 40).tolist())
        rush = noise(seconds, rate, random, low * 2.5, 15_000) * fading(seconds, rate, decay * 0.6)
        wave += wash * rush[: len(wave)]
        if bell:
            wave += modes([880 * 2.7, 880 * 4.1], [bell, bell * 0.6], [decay * 0.4, decay * 0.3], seconds, rate)
        wave *= np.minimum(1, np.linspace(1, 0, len(wave), dtype=np.float32) * 6)
        return np.asarray(wave, np.float32)

    return stroke


def _claps(random: np.random.Generator, rate: int) -> Wave:
    wave = np.zeros(round(0.32 * rate), np.float32)
    for delay, decay in ((0.0, 0.02), (0.011, 0.02), (0.023, 0.025), (0.033, 0.24)):
        burst = noise(0.25, rate, random, 900, 4500) * fading(0.25, rate, decay)
        at = round(delay * rate)
        wave[at : at + len(burst)] += 0.3 * burst[: len(wave) - at]
    return wave


def _jingles(random: np.random.Generator, rate: int) -> Wave:
    tuned = random.uniform(4500, 12_000, 14)
    wave = modes(tuned.tolist(), [0.06] * 14, random.uniform(0.1, 0.3, 14).tolist(), 0.35, rate)
    return wave + 0.12 * (noise(0.35, rate, random, 5000, 14_000) * fading(0.35, rate, 0.12))[: len(wave)]


def _drum(frequency: float, decay: float, slap: float) -> Piece:
    """A big drum: the modes of a round skin (Fletcher and Rossing, chapter 18), falling a little in pitch."""

    def stroke(random: np.random.Generator, rate: int) -> Wave:
        ratios = (1.0, 1.59, 2.14, 2.3, 2.65, 2.92)
        levels = (0.9, 0.4, 0.25, 0.2, 0.12, 0.1)
        lasts = [decay / (1 + 0.5 * index) for index in range(6)]
        wave = modes([frequency * ratio for ratio in ratios], levels, lasts, decay * 1.1, rate)
        wave += modes([frequency * 1.25], [0.5], [decay * 0.12], decay * 1.1, rate)
        stick = noise(0.06, rate, random, 300, 2500) * fading(0.06, rate, 0.05)
        wave[: len(stick)] += slap * stick
        return wave

    return stroke


# fmt: off
PIECES: dict[str, tuple[Piece, float, float]] = {
    "kick": (_drop(150, 52, 0.035, 0.32, 0.12, 1.6), 1.0, 0.0),
    "soft kick": (_drop(105, 50, 0.03, 0.26, 0.03), 0.75, 0.0),
    "chip kick": (_drop(320, 50, 0.03, 0.16, 0.0, 3.0), 0.8, 0.0),
    "bass drum": (_drum(58, 0.9, 0.02), 0.9, 0.0),
    "taiko": (_drum(82, 0.7, 0.14), 0.85, -0.1),
    "snare": (_skin((186, 331), 0.14, 1.0, 900, 9000, 0.2), 0.8, 0.05),
    "march snare": (_skin((240, 410), 0.07, 1.1, 1800, 11_000, 0.12), 0.55, 0.15),
    "chip snare": (_hiss(600, 9000, 0.14), 1.2, 0.1),
    "clap": (_claps, 0.9, -0.05),
    "rim": (_skin((820, 1730), 0.05, 0.25, 2500, 8000, 0.03), 0.45, -0.25),
    "brush": (_hiss(900, 7000, 0.22, 0.02), 0.55, 0.1),
    "hat": (_hiss(7500, 16_000, 0.07), 0.42, 0.32),
    "open hat": (_hiss(6500, 15_000, 0.32), 0.42, 0.32),
    "pedal hat": (_hiss(6000, 14_000, 0.05), 0.4, 0.3),
    "chip hat": (_hiss(8000, 18_000, 0.04), 0.6, 0.2),
    "ride": (_metal(1.4, 2600, 0.05, 0.12), 0.4, 0.35),
    "crash": (_metal(2.6, 1500, 0.25), 0.5, -0.3),
    "cymbal": (_metal(1.6, 1800, 0.2), 0.4, 0.3),
    "shaker": (_hiss(4500, 12_000, 0.09, 0.018, 0.6), 0.3, -0.4),
    "tambourine": (_jingles, 0.5, 0.45),
}
# fmt: on
"""Each piece: its sound, its level in the kit, and its place from left (−1) to right (1)."""


def texture(name: str, seconds: float, random: np.random.Generator, rate: int) -> Wave:
    """Weather and places for a whole piece, stereo ``(n, 2)``: rain, waves, wind, crickets, vinyl."""
    time = np.arange(round(seconds * rate)) / rate
    sides = [_BEDS[name](time, random, rate) for _ in range(2)]
    return np.asarray(np.stack(sides, axis=1), np.float32)


def _rain(time: np.ndarray, random: np.random.Generator, rate: int) -> np.ndarray:
    bed = 0.35 * noise(len(time) / rate, rate, random, 900, 9000, -2)
    drops = np.zeros(len(time), np.float32)
    splash = [noise(0.02, rate, random, 1500 + 700 * size, 11_000) * fading(0.02, rate, 0.012) for size in range(6)]
    for at in random.integers(0, len(time) - 2000, int(len(time) / rate * 26)):
        drop = splash[int(random.integers(0, 6))]
        drops[at : at + len(drop)] += random.uniform(0.3, 1.6) ** 2 * drop
    return bed[: len(time)] + drops


def _waves(time: np.ndarray, random: np.random.Generator, rate: int) -> np.ndarray:
    shift = random.uniform(0, 1.0)
    rolling = 0.5 - 0.5 * np.cos(2 * np.pi * (time / 7.5) + shift)
    return noise(len(time) / rate, rate, random, 250, 3500, -4)[: len(time)] * (0.15 + rolling**2.5)


def _wind(time: np.ndarray, random: np.random.Generator, rate: int) -> np.ndarray:
    gust = 0.5 + 0.3 * np.sin(2 * np.pi * time / 6.1 + random.uniform(0, 3)) + 0.2 * np.sin(2 * np.pi * time / 2.7)
    return noise(len(time) / rate, rate, random, 180, 900, -5)[: len(time)] * gust


def _crickets(time: np.ndarray, random: np.random.Generator, rate: int) -> np.ndarray:
    pitch = random.uniform(4100, 4600)
    chirping = (np.sin(2 * np.pi * 0.9 * time + random.uniform(0, 6)) > 0.1) * (
        0.5 + 0.5 * np.sin(2 * np.pi * 28 * time)
    )
    return (
        np.sin(2 * np.pi * pitch * time) * chirping**2
        + 0.2 * noise(len(time) / rate, rate, random, 300, 1500)[: len(time)]
    )


def _vinyl(time: np.ndarray, random: np.random.Generator, rate: int) -> np.ndarray:
    bed = 0.2 * noise(len(time) / rate, rate, random, 600, 6000, -3)
    crackle = np.zeros(len(time))
    places = random.integers(0, len(time), int(len(time) / rate * 9))
    crackle[places] = random.uniform(-1, 1, len(places)) ** 3 * 14
    soft = np.convolve(crackle, np.hanning(9), "same")
    return bed[: len(time)] + soft


_BEDS: dict[str, Callable[[np.ndarray, np.random.Generator, int], np.ndarray]] = {
    "rain": _rain,
    "waves": _waves,
    "wind": _wind,
    "crickets": _crickets,
    "vinyl": _vinyl,
}
