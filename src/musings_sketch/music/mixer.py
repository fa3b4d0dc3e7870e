"""From a score to sound: plays the parts, balances them by measured loudness, adds the room, and finishes."""

import zlib
from collections.abc import Callable, Iterator

import numpy as np

from musings_sketch import loudness
from musings_sketch.limiter import CEILING, limited
from musings_sketch.music.player import played
from musings_sketch.music.score import Score, ScorePart
from musings_sketch.music.space import ROOMS, reverberated, tilted
from musings_sketch.music.waves import Wave

TARGET_LUFS = -16.0

_LEVELS = {
    "lead": -19.0,
    "counter": -25.0,
    "chords": -23.5,
    "pad": -25.5,
    "bass": -23.5,
    "drums": -21.5,
    "texture": -37.0,
}
"""LUFS of each role before the whole is brought to its loudness."""

_QUIETER_DRUMS = {
    "ballad": -5.0,
    "folk": -3.0,
    "waltz": -5.0,
    "bossa": -2.5,
    "jazz": -3.0,
    "dance": 2.0,
    "epic": 0.5,
}
_FADE_IN, _FADE_OUT = 0.02, 1.4
_PUMPED = ("chords", "pad", "bass")
_BLOCK = 65_536


def render(
    score: Score,
    *,
    sample_rate: int = 44_100,
    check: Callable[[], None] = lambda: None,
    progress: Callable[[float], None] = lambda _: None,
) -> Wave:
    """Play a score: float32 ``(frames, 2)`` in −1..1, −16 LUFS or a little less, peaks under −1 dBFS.

    The length is ``score.duration``; both ends are faded. The same score gives the same samples on the same
    machine. ``check`` is called many times a second; ``progress`` receives 0..1.
    """
    frames = round(score.duration * sample_rate)
    mix = np.zeros((frames, 2), np.float32)
    send = np.zeros((frames, 2), np.float32)
    groups = list(_groups(score))
    pump = _pump(score, frames, sample_rate)
    for number, (role, parts) in enumerate(groups):
        bus = np.zeros((frames, 2), np.float32)
        for part in parts:
            bus += played(part, frames, sample_rate, _seed(score, part), check)
        if pump is not None and role in _PUMPED:
            bus *= pump[:, None]
        bus *= _balance(bus, role, score, sample_rate)
        mix += bus
        send += bus * np.float32(parts[0].send)
        progress(0.75 * (number + 1) / len(groups))
    check()
    mix += reverberated(send, ROOMS[score.room], sample_rate)
    progress(0.85)
    check()
    finished = _finished(tilted(mix, sample_rate), sample_rate, check)
    progress(1.0)
    return finished


def _groups(score: Score) -> Iterator[tuple[str, list[ScorePart]]]:
    """Parts that are balanced together: the kit is one, everybody else stands alone."""
    kit = [part for part in score.parts if part.role == "drums"]
    if kit:
        yield "drums", kit
    for part in score.parts:
        if part.role != "drums":
            yield part.role, [part]


def _balance(bus: Wave, role: str, score: Score, rate: int) -> np.float32:
    measured = loudness.integrated(_blocks(bus), rate, 2)
    if measured is None:
        return np.float32(1.0)
    wanted = _LEVELS[role] + (_QUIETER_DRUMS.get(score.style, 0.0) if role == "drums" else 0.0)
    return np.float32(10 ** ((wanted - measured) / 20))


def _pump(score: Score, frames: int, rate: int) -> Wave | None:
    """In dance music everything ducks under the kick, and comes back within the beat."""
    if score.style != "dance":
        return None
    gain = np.ones(frames, np.float32)
    dip = (1 - 0.65 * np.exp(-np.arange(round(0.3 * rate)) / rate / 0.09)).astype(np.float32)
    dip[: round(0.004 * rate)] = np.linspace(1, dip[round(0.004 * rate)], round(0.004 * rate))
    for part in score.parts:
        if part.role != "drums" or part.instrument != "kick":
            continue
        for note in part.notes:
            at = round(note.start * rate)
            piece = gain[at : at + len(dip)]
            np.minimum(piece, dip[: len(piece)], out=piece)
    return gain


def _finished(mix: Wave, rate: int, check: Callable[[], None]) -> Wave:
    """Brought to its loudness, limited, faded at both ends."""
    fade_in, fade_out = round(_FADE_IN * rate), round(_FADE_OUT * rate)
    mix[:fade_in] *= np.linspace(0, 1, fade_in, dtype=np.float32)[:, None]
    mix[-fade_out:] *= (0.5 + 0.5 * np.cos(np.linspace(0, np.pi, fade_out))).astype(np.float32)[:, None]
    measured = loudness.integrated(_blocks(mix), rate, 2)
    check()
    gain = 1.0 if measured is None else 10 ** ((TARGET_LUFS - measured) / 20)
    return np.ascontiguousarray(limited(mix * np.float32(gain), rate, CEILING, 0.004))


def _blocks(samples: Wave) -> Iterator[Wave]:
    for start in range(0, len(samples), _BLOCK):
        yield samples[start : start + _BLOCK]


def _seed(score: Score, part: ScorePart) -> int:
    return zlib.crc32(f"{score.seed}/{part.role}/{part.instrument}".encode())
