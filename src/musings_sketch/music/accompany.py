"""What the others play under the tune: chord figures and basses, one bar at a time. Pure.

A figure is a function of the chord's pitches and the bar's length in beats; it gives ``Stroke`` s.
"""

from collections.abc import Callable
from dataclasses import dataclass

from musings_sketch.music.theory import Chord


@dataclass(frozen=True)
class Stroke:
    """One note; ``beat`` and ``length`` in beats from the start of the bar, ``weight`` 0..1."""

    beat: float
    length: float
    pitch: int
    weight: float


Figure = Callable[[tuple[int, ...], int, int], list[Stroke]]
"""``(pitches from low to high, beats in the bar, number of the bar)``."""

Bass = Callable[[Chord, Chord, int, int], list[Stroke]]
"""``(chord, next chord, beats in the bar, number of the bar)``."""

_BASS_LOWEST = 31


def _block(pitches: tuple[int, ...], beat: float, length: float, weight: float, spread: float = 0.0) -> list[Stroke]:
    return [Stroke(beat + index * spread, length, pitch, weight) for index, pitch in enumerate(pitches)]


def _each(pitches: tuple[int, ...], times: tuple[tuple[float, float, float], ...], spread: float = 0.0) -> list[Stroke]:
    return [stroke for time in times for stroke in _block(pitches, *time, spread)]


def _run(pitches: tuple[int, ...], order: tuple[int, ...], step: float, ring: float) -> list[Stroke]:
    """Broken chords; an index past the top is the same note an octave higher."""
    strokes = []
    for place, index in enumerate(order):
        octave, which = divmod(index, len(pitches))
        weight = 0.95 if place == 0 else (0.75 if place % 2 == 0 else 0.65)
        strokes.append(Stroke(place * step, ring, pitches[which] + 12 * octave, weight))
    return strokes


def _long(pitches: tuple[int, ...], beats: int, _bar: int) -> list[Stroke]:
    return _block(pitches, 0, beats, 0.8)


def _broken(pitches: tuple[int, ...], beats: int, bar: int) -> list[Stroke]:
    if beats == 3:
        return _run(pitches, (0, 1, 2, 3, 2, 1), 0.5, 1.5)
    return _run(pitches, (0, 1, 2, 3, 4, 3, 2, 1) if bar % 2 == 0 else (0, 2, 1, 2, 3, 2, 1, 2), 0.5, 1.5)


def _waltz(pitches: tuple[int, ...], beats: int, _bar: int) -> list[Stroke]:
    return _each(pitches, tuple((beat, 0.7, 0.7) for beat in range(1, beats)))


def _offbeats(pitches: tuple[int, ...], beats: int, _bar: int) -> list[Stroke]:
    return _each(pitches, tuple((beat + 0.5, 0.35, 0.7) for beat in range(beats)))


def _sixteenths(pitches: tuple[int, ...], beats: int, bar: int) -> list[Stroke]:
    order = (0, 2, 1, 3, 2, 4, 1, 3) if bar % 2 == 0 else (0, 3, 2, 4, 1, 3, 2, 5)
    return _run(pitches, tuple(order[place % 8] for place in range(beats * 4)), 0.25, 0.3)


def _stabs(pitches: tuple[int, ...], beats: int, _bar: int) -> list[Stroke]:
    times = ((0, 0.4, 0.9), (0.75, 0.4, 0.8), (1.5, 0.4, 0.8), (2.5, 0.4, 0.75), (3.25, 0.3, 0.8))
    return _each(pitches, tuple(time for time in times if time[0] < beats))


def _comp(pitches: tuple[int, ...], beats: int, bar: int) -> list[Stroke]:
    hits: tuple[tuple[tuple[float, float, float], ...], ...] = (
        ((0, 1.2, 0.8), (1.5, 0.4, 0.7)),
        ((0.5, 0.4, 0.7), (2, 1.5, 0.75)),
        ((1.5, 0.5, 0.75), (3.5, 0.4, 0.7)),
        ((0, 0.5, 0.75), (2.5, 1.0, 0.8)),
    )
    return _each(pitches, tuple(hit for hit in hits[bar * 5 % 4] if hit[0] < beats))


def _bossa(pitches: tuple[int, ...], beats: int, bar: int) -> list[Stroke]:
    times = ((0, 0.7, 0.8), (1, 0.5, 0.65), (1.5, 0.9, 0.8), (3, 0.8, 0.75))
    late = ((0.5, 0.8, 0.75), (1.5, 0.5, 0.7), (2.5, 0.9, 0.8), (3.5, 0.4, 0.65))
    return _each(pitches, tuple(hit for hit in (late if bar % 2 else times) if hit[0] < beats), 0.01)


def _sparse(pitches: tuple[int, ...], beats: int, bar: int) -> list[Stroke]:
    top = pitches[-1]
    if bar % 2 == 0:
        return [Stroke(0, beats, pitches[0], 0.7), Stroke(1.5, beats, pitches[len(pitches) // 2], 0.6)]
    return [Stroke(0.5, beats, top, 0.6), Stroke(beats - 1, beats, top + 12, 0.45)]


def _picking(pitches: tuple[int, ...], beats: int, _bar: int) -> list[Stroke]:
    if beats == 3:
        return _run(pitches, (0, 2, 1, 3, 2, 1), 0.5, 1.2)
    return _run(pitches, (0, 2, 1, 3, 0, 2, 1, 3), 0.5, 1.2)


def _strum(pitches: tuple[int, ...], beats: int, _bar: int) -> list[Stroke]:
    down = (0.0, 1.0, 2.0) if beats == 3 else (0.0, 1.0, 2.5)
    up = (1.5, 2.5) if beats == 3 else (1.5, 2.0, 3.0, 3.5)
    strokes = _each(pitches, tuple((beat, 0.9, 0.85 if beat == 0 else 0.72) for beat in down), 0.03)
    return strokes + _each(pitches[:0:-1], tuple((beat, 0.5, 0.55) for beat in up), 0.02)


def _laidback(pitches: tuple[int, ...], beats: int, bar: int) -> list[Stroke]:
    times = ((0, 1.4, 0.8), (1.75, 1.2, 0.65)) if bar % 2 == 0 else ((0, 2.2, 0.8), (3.5, 0.5, 0.55))
    return _each(pitches, tuple(hit for hit in times if hit[0] < beats), 0.025)


def _power(pitches: tuple[int, ...], beats: int, _bar: int) -> list[Stroke]:
    chug = tuple((place / 2, 0.42, 0.9 if place % 4 == 0 else 0.68) for place in range(beats * 2))
    return _each(pitches[:1], chug) + _each(pitches[1:], ((0, 1.9, 0.85), (2, 1.9, 0.75))[: 1 + (beats > 2)])


def _chip(pitches: tuple[int, ...], beats: int, _bar: int) -> list[Stroke]:
    return _run(pitches, tuple(range(3)) * (beats * 2) if len(pitches) > 2 else (0, 1) * (beats * 2), 1 / 6, 0.16)[
        : beats * 6
    ]


def _chorale(pitches: tuple[int, ...], beats: int, _bar: int) -> list[Stroke]:
    half = beats / 2 if beats == 4 else 2.0
    return _block(pitches, 0, half, 0.8) + _block(pitches, half, beats - half, 0.75)


def _pulses(pitches: tuple[int, ...], beats: int, _bar: int) -> list[Stroke]:
    return _each(pitches, tuple((place / 2, 0.45, 0.8 if place % 2 == 0 else 0.6) for place in range(beats * 2)))


def _ostinato(pitches: tuple[int, ...], beats: int, _bar: int) -> list[Stroke]:
    order = (0, 0, 1, 0, 2, 0, 1, 0) if beats == 4 else (0, 1, 2, 0, 1, 2)
    return _run(pitches, order, 0.5, 0.4)


FIGURES: dict[str, Figure] = {
    "long": _long,
    "broken": _broken,
    "waltz": _waltz,
    "offbeats": _offbeats,
    "sixteenths": _sixteenths,
    "stabs": _stabs,
    "comp": _comp,
    "bossa": _bossa,
    "sparse": _sparse,
    "picking": _picking,
    "strum": _strum,
    "laidback": _laidback,
    "power": _power,
    "chip": _chip,
    "chorale": _chorale,
    "pulses": _pulses,
    "ostinato": _ostinato,
}


def bass_pitch(pitch_class: int) -> int:
    """The lowest pitch of a class that a bass plays comfortably."""
    return _BASS_LOWEST + (pitch_class - _BASS_LOWEST) % 12


def _root_and_fifth(current: Chord) -> tuple[int, int]:
    root = bass_pitch(current.root)
    fifth = root + current.fifth
    return root, fifth if fifth <= 47 else fifth - 12


def _bass_long(current: Chord, _after: Chord, beats: int, _bar: int) -> list[Stroke]:
    return [Stroke(0, beats * 0.97, bass_pitch(current.root), 0.85)]


def _bass_two(current: Chord, _after: Chord, beats: int, _bar: int) -> list[Stroke]:
    root, fifth = _root_and_fifth(current)
    if beats == 3:
        return [Stroke(0, 1.4, root, 0.9), Stroke(1.5, 1.3, fifth, 0.75)]
    return [Stroke(0, 1.6, root, 0.9), Stroke(2, 1.6, fifth, 0.78)]


def _bass_waltz(current: Chord, _after: Chord, _beats: int, bar: int) -> list[Stroke]:
    return [Stroke(0, 1.2, _root_and_fifth(current)[bar % 2], 0.9)]


def _bass_walk(current: Chord, after: Chord, beats: int, bar: int) -> list[Stroke]:
    root, target = bass_pitch(current.root), bass_pitch(after.root)
    third = root + next((tone for tone in current.tones if tone in (3, 4)), 5)
    fifth = root + current.fifth
    walk = (root, third, fifth) if bar % 2 == 0 else (root, fifth, third)
    approach = target + (1 if walk[2] > target else -1)
    return [
        Stroke(beat, 0.92, pitch, 0.85 if beat % 2 else 0.78) for beat, pitch in enumerate((*walk, approach)[-beats:])
    ]


def _bass_eighths(current: Chord, after: Chord, beats: int, _bar: int) -> list[Stroke]:
    root, fifth = _root_and_fifth(current)
    pitches = [root] * (beats * 2 - 1) + [root if after.root == current.root else fifth]
    return [Stroke(place / 2, 0.46, pitch, 0.74 + 0.14 * (place % 2 == 0)) for place, pitch in enumerate(pitches)]


def _bass_offbeat(current: Chord, _after: Chord, beats: int, _bar: int) -> list[Stroke]:
    root = bass_pitch(current.root)
    return [Stroke(beat + 0.5, 0.42, root, 0.9) for beat in range(beats)]


def _bass_octaves(current: Chord, _after: Chord, beats: int, _bar: int) -> list[Stroke]:
    root = bass_pitch(current.root)
    return [Stroke(place / 2, 0.4, root + 12 * (place % 2), 0.85 - 0.1 * (place % 2)) for place in range(beats * 2)]


def _bass_ballad(current: Chord, _after: Chord, beats: int, bar: int) -> list[Stroke]:
    root, fifth = _root_and_fifth(current)
    if beats == 3:
        return [Stroke(0, 1.9, root, 0.88), Stroke(2, 0.9, fifth, 0.7)]
    tail = [Stroke(3.5, 0.45, fifth, 0.68)] if bar % 2 else []
    return [Stroke(0, 1.4, root, 0.9), Stroke(1.5, 0.45, root, 0.7), Stroke(2, 1.4, root, 0.78), *tail]


def _bass_bossa(current: Chord, _after: Chord, beats: int, _bar: int) -> list[Stroke]:
    root, fifth = _root_and_fifth(current)
    times = ((0, 1.4, root, 0.9), (1.5, 0.45, fifth, 0.72), (2, 1.4, fifth, 0.8), (3.5, 0.45, root, 0.7))
    return [Stroke(*time) for time in times if time[0] < beats]


def _bass_lofi(current: Chord, _after: Chord, _beats: int, _bar: int) -> list[Stroke]:
    root, fifth = _root_and_fifth(current)
    return [Stroke(0, 1.6, root, 0.9), Stroke(1.75, 0.7, root, 0.7), Stroke(2.75, 0.9, fifth, 0.75)]


def _bass_pulse(current: Chord, _after: Chord, beats: int, _bar: int) -> list[Stroke]:
    root = bass_pitch(current.root)
    return [Stroke(beat, 0.8, root, 0.9 if beat == 0 else 0.7) for beat in range(beats)]


BASSES: dict[str, Bass] = {
    "long": _bass_long,
    "drone": _bass_long,
    "two": _bass_two,
    "waltz": _bass_waltz,
    "walk": _bass_walk,
    "eighths": _bass_eighths,
    "offbeat": _bass_offbeat,
    "octaves": _bass_octaves,
    "ballad": _bass_ballad,
    "bossa": _bass_bossa,
    "lofi": _bass_lofi,
    "pulse": _bass_pulse,
    "chorale": _bass_pulse,
}
