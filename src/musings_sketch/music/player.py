"""Playing one part: notes into samples."""

from collections.abc import Callable

import numpy as np

from musings_sketch.music.instruments import INSTRUMENTS, Instrument, Ringing
from musings_sketch.music.kit import PIECES, texture
from musings_sketch.music.score import Note, ScorePart
from musings_sketch.music.waves import Wave, hertz, swell

_LAYERS = 4  # how many loudnesses of an instrument are really different sounds
_STEP = 0.03  # seconds: held tones of nearly the same length are the same tone


def played(part: ScorePart, frames: int, rate: int, seed: int, check: Callable[[], None]) -> Wave:
    """The part alone, dry, ``(frames, 2)``; ``check`` is called before every note."""
    random = np.random.default_rng(seed)
    if part.role == "texture":
        return _fitted(texture(part.instrument, frames / rate, random, rate), frames)
    out = np.zeros((frames, 2), np.float32)
    if part.role == "drums":
        _drum(part, out, rate, random, check)
        return out
    instrument = INSTRUMENTS[part.instrument]
    tones: dict[tuple[float, int, int], Wave] = {}
    for note in part.notes:
        check()
        layer = max(1, round(note.velocity * _LAYERS))
        held = 0 if isinstance(instrument, Ringing) else max(2, round(note.length / _STEP))
        name = (note.pitch, layer, held)
        if name not in tones:
            tones[name] = _tone(instrument, note.pitch, layer / _LAYERS, held * _STEP, random, rate)
        wave = _let_go(tones[name], instrument, note, rate)
        _add(out, wave * np.float32(note.velocity**1.4), round(note.start * rate), _seat(part, note))
    return out


def _tone(
    instrument: Instrument,
    pitch: float,
    velocity: float,
    seconds: float,
    random: np.random.Generator,
    rate: int,
) -> Wave:
    if isinstance(instrument, Ringing):
        return instrument.sound(hertz(pitch), instrument.ring, velocity, random, rate)
    return instrument.sound(hertz(pitch), seconds, velocity, random, rate)


def _let_go(wave: Wave, instrument: Instrument, note: Note, rate: int) -> Wave:
    """Damp a ringing tone where its note ends."""
    if not isinstance(instrument, Ringing):
        return wave
    tail = 0.05
    if instrument.damping is None:
        seconds = instrument.ring
    else:
        seconds = min(instrument.ring, note.length + instrument.damping)
        tail = instrument.damping
    count = min(len(wave), round(seconds * rate))
    return wave[:count] * swell(count / rate, rate, attack=0.0, release=min(tail, count / rate))[:count]


def _drum(part: ScorePart, out: Wave, rate: int, random: np.random.Generator, check: Callable[[], None]) -> None:
    sound, level, pan = PIECES[part.instrument]
    takes = [sound(random, rate) for _ in range(3)]
    for number, note in enumerate(part.notes):
        check()
        wave = takes[number % len(takes)] * np.float32(level * note.velocity**1.3)
        _add(out, wave, round(note.start * rate), pan)


def _seat(part: ScorePart, note: Note) -> float:
    """Keyboards and harps spread from left to right with their pitch."""
    spread = 0.35 * (note.pitch - 62) / 30 if part.role in ("chords", "lead") else 0.0
    return max(-0.8, min(0.8, part.pan + spread))


def _add(out: Wave, wave: Wave, at: int, pan: float) -> None:
    end = min(len(out), at + len(wave))
    if end <= at:
        return
    angle = (pan + 1) * np.pi / 4
    left, right = np.float32(np.cos(angle) * 1.414), np.float32(np.sin(angle) * 1.414)
    wave = wave[: end - at]
    if wave.ndim == 1:
        out[at:end, 0] += left * wave
        out[at:end, 1] += right * wave
    else:
        out[at:end, 0] += left * wave[:, 0]
        out[at:end, 1] += right * wave[:, 1]


def _fitted(wave: Wave, frames: int) -> Wave:
    missing = frames - len(wave)
    return np.pad(wave, ((0, missing), (0, 0))) if missing > 0 else wave[:frames]
