"""A tune: one motif of two bars, repeated, moved with the harmony, answered and varied. Pure.

Steps of the scale are counted from the tonic (7 is its octave). Notes on strong beats belong to the chord;
between them the tune goes by step, and a leap is followed by a step back (J. J. Fux, "Gradus ad Parnassum").
"""

from dataclasses import dataclass
from random import Random

from musings_sketch.music.theory import Chord, Key, scale_pitch

# fmt: off
_RHYTHMS: dict[tuple[int, int], tuple[tuple[float, ...], ...]] = {
    (4, 0): ((4,), (3, 1), (2, 2), (-1, 3), (2, 1, 1)),
    (4, 1): ((1, 1, 1, 1), (1.5, 0.5, 1, 1), (1, 0.5, 0.5, 2), (0.5, 0.5, 1, 2), (1.5, 0.5, 2), (2, 1, 1),
             (1, 1, 0.5, 0.5, 1), (-0.5, 0.5, 1, 2), (1.5, 1.5, 1)),
    (4, 2): ((0.5, 0.5, 0.5, 0.5, 1, 1), (0.5, 1, 0.5, 1, 1), (-0.5, 0.5, 0.5, 0.5, 1, 1), (1.5, 0.5, 0.5,
        0.5, 1),
             (0.5, 0.5, 1, 0.5, 0.5, 1), (1, 0.5, 0.5, 0.5, 1.5), (1.5, 1, 1.5)),
    (3, 0): ((3,), (2, 1), (1, 2)),
    (3, 1): ((2, 1), (1, 1, 1), (1.5, 0.5, 1), (2, 0.5, 0.5), (1, 2), (1, 0.5, 0.5, 1)),
    (3, 2): ((0.5, 0.5, 0.5, 0.5, 1), (1, 0.5, 0.5, 0.5, 0.5), (1.5, 0.5, 0.5, 0.5), (0.5, 0.5, 1, 1)),
    (6, 0): ((3,), (1.5, 1.5)),
    (6, 1): ((1, 0.5, 1, 0.5), (1.5, 1, 0.5), (1, 0.5, 1.5), (1.5, 1.5)),
    (6, 2): ((0.5, 0.5, 0.5, 1, 0.5), (0.5, 0.5, 0.5, 0.5, 0.5, 0.5), (1, 0.5, 0.5, 0.5, 0.5)),
}
# fmt: on
_STEPS = (-2, -2, -1, -1, -1, 0, 1, 1, 1, 2, 2, 3, -3, 4)
_FIRST_STEPS = (-2, -1, -1, 1, 1, 2, 2, 4)


@dataclass(frozen=True)
class Motif:
    """Two bars of rhythm (beats, negative for rests) and the steps between their notes."""

    rhythms: tuple[tuple[float, ...], tuple[float, ...]]
    steps: tuple[tuple[int, ...], tuple[int, ...]]


@dataclass(frozen=True)
class Tone:
    """A note of the tune; ``beat`` and ``length`` in beats from the start of its phrase, ``weight`` 0..1."""

    beat: float
    length: float
    pitch: int
    weight: float


def motif(metre: str, density: int, random: Random) -> Motif:
    """Invent a motif of ``density`` 0 (long notes) to 2 (busy)."""
    family = {"4/4": 4, "3/4": 3, "6/8": 6}[metre]
    first = random.choice(_RHYTHMS[family, density])
    second = random.choice([*_RHYTHMS[family, density], first])
    return Motif((first, second), (_contour(len(first), random), _contour(len(second), random)))


def developed(idea: Motif, random: Random) -> Motif:
    """The same rhythm the other way round and upside down: another thought that belongs to the first."""
    turned = tuple(tuple(-step for step in steps) for steps in reversed(idea.steps))
    rhythms = idea.rhythms[1], idea.rhythms[0]
    if random.random() < 0.5:
        rhythms = tuple(reversed(idea.rhythms[0])), rhythms[1]
    return Motif(rhythms, (turned[0], turned[1]))


@dataclass(frozen=True)
class Ground:
    """What a tune stands on: ``beats`` are the quarters in a bar, ``register`` the scale step it is near.

    ``ornament`` 0..1 is how much is varied.
    """

    key: Key
    beats: int
    register: int
    ornament: float


def phrase(idea: Motif, chords: list[Chord], ground: Ground, close: str, random: Random) -> list[Tone]:
    """A phrase over one chord per bar; ``close`` is its ending (see ``harmony``)."""
    tones: list[Tone] = []
    step = ground.register
    for bar, current in enumerate(chords):
        arch = (0, 2, 3, 1)[bar * 4 // len(chords) % 4] if len(chords) > 1 else 1
        anchor = round((step + ground.register + arch) / 2)
        if bar == len(chords) - 1:
            made, step = _closing(current, ground, anchor, close, random)
        else:
            made, step = _bar(idea, bar % 2, current, ground, anchor, random)
        tones += [Tone(tone.beat + bar * ground.beats, tone.length, tone.pitch, tone.weight) for tone in made]
    return tones


def chord_step(near: int, current: Chord, key: Key, upward: bool = False) -> int:
    """The scale step closest to ``near`` whose pitch belongs to the chord."""
    reach = (0, 1, -1, 2, -2, 3, -3, 4, -4) if upward else (0, -1, 1, -2, 2, -3, 3, -4, 4)
    for distance in reach:
        if _belongs(near + distance, current, key):
            return near + distance
    return near


def _bar(
    idea: Motif, which: int, current: Chord, ground: Ground, anchor: int, random: Random
) -> tuple[list[Tone], int]:
    made: list[Tone] = []
    step, beat, turn = anchor, 0.0, 0
    for length in idea.rhythms[which % 2]:
        if length < 0:
            beat -= length
            continue
        moves = idea.steps[which % 2]
        before = step if made else None
        if made:
            step = _kept_near(step + moves[turn % len(moves)], ground.register)
            turn += 1
        if beat in (0, ground.beats / 2) or length >= 1.5:
            step = _landed(before, step, current, ground.key)
        weight = 1.0 if beat == 0 else (0.85 if beat % 1 == 0 else 0.72)
        tone = Tone(beat, length, scale_pitch(step, ground.key, current), weight)
        made += _varied(tone, step, ground, random)
        beat += length
    return made, step


def _landed(before: int | None, wanted: int, current: Chord, key: Key) -> int:
    """The chord's step nearest to ``wanted``; where the motif moves, on the same side of the note before."""
    if before is None or before == wanted:
        return chord_step(wanted, current, key)
    upward = wanted > before
    for distance in (0, 1, -1, 2, -2, 3, -3, 4):
        step = wanted + (distance if upward else -distance)
        if step != before and (step > before) == upward and _belongs(step, current, key):
            return step
    return chord_step(wanted, current, key)


def _belongs(step: int, current: Chord, key: Key) -> bool:
    return scale_pitch(step, key, current) % 12 in current.classes


def _varied(tone: Tone, step: int, ground: Ground, random: Random) -> list[Tone]:
    """Now and then a note is broken into itself and its neighbour."""
    if tone.length < 1 or random.random() >= ground.ornament:
        return [tone]
    neighbour = scale_pitch(step + random.choice((-1, 1)), ground.key)
    half = tone.length / 2
    if tone.length >= 2:
        return [
            Tone(tone.beat, tone.length - 1, tone.pitch, tone.weight),
            Tone(tone.beat + tone.length - 1, 0.5, neighbour, 0.7),
            Tone(tone.beat + tone.length - 0.5, 0.5, tone.pitch, 0.7),
        ]
    return [
        Tone(tone.beat, half, tone.pitch, tone.weight),
        Tone(tone.beat + half, half, neighbour, tone.weight * 0.8),
    ]


def _closing(current: Chord, ground: Ground, anchor: int, close: str, random: Random) -> tuple[list[Tone], int]:
    """The last bar of a phrase: a step into a long note, then a breath."""
    key = ground.key
    home = round(anchor / 7) * 7
    target = home if close == "full" and abs(home - anchor) <= 4 else chord_step(anchor, current, key)
    target = chord_step(target, current, key)
    side = 1 if anchor >= target else -1
    if ground.beats == 3:
        lengths = random.choice(((1.0, 1.5), (0.5, 2.0)))
    else:
        lengths = random.choice(((1.0, 2.0), (0.5, 2.5), (1.5, 1.5)))
    leaning = lengths[0] <= 1 and random.random() < 0.5
    approach = target + side if leaning else _landed(target, target + 2 * side, current, key)
    first = Tone(0.0, lengths[0], scale_pitch(approach, key, current), 0.8)
    return [first, Tone(lengths[0], lengths[1], scale_pitch(target, key, current), 0.9)], target


def _contour(count: int, random: Random) -> tuple[int, ...]:
    steps: list[int] = []
    for _ in range(max(1, count)):
        last = steps[-1] if steps else 0
        leapt_back = -1 if last > 0 else 1
        steps.append(leapt_back if abs(last) > 2 else random.choice(_STEPS if steps else _FIRST_STEPS))
    return tuple(steps)


def _kept_near(step: int, register: int) -> int:
    if step > register + 7:
        return step - 4
    return step + 4 if step < register - 4 else step
