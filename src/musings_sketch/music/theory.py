"""Scales and chords. Pure.

Chords are written as Roman numerals over the degrees of the mode itself: upper case major, lower case minor,
with the suffixes of ``_SUFFIXES`` (S. Kostka, D. Payne, "Tonal Harmony", chapter 3).
"""

import re
from dataclasses import dataclass

MODES: dict[str, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
}
"""Semitones above the tonic."""

_SHARPS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_FLATS = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
_FLAT_MAJORS = frozenset({5, 10, 3, 8, 1})
_RELATIVE = {"major": 0, "minor": 3, "dorian": 10, "phrygian": 8, "lydian": 7, "mixolydian": 5}
_NUMERALS = ("i", "ii", "iii", "iv", "v", "vi", "vii")
_NUMERAL = re.compile(r"([b#]?)(vii|iii|vi|iv|ii|v|i)(.*)", re.IGNORECASE)
_SUFFIXES: dict[str, tuple[tuple[int, ...] | None, tuple[int, ...], str]] = {
    "": (None, (), ""),
    "7": (None, (10,), "7"),
    "9": (None, (10, 14), "9"),
    "maj7": (None, (11,), "maj7"),
    "maj9": (None, (11, 14), "maj9"),
    "6": (None, (9,), "6"),
    "add9": (None, (14,), "add9"),
    "sus2": ((0, 2, 7), (), "sus2"),
    "sus4": ((0, 5, 7), (), "sus4"),
    "5": ((0, 7), (), "5"),
    "o": ((0, 3, 6), (), "dim"),
    "h7": ((0, 3, 6, 10), (), "m7b5"),
}


@dataclass(frozen=True)
class Chord:
    """``root`` is a pitch class (0 is C); ``tones`` are semitones above it."""

    root: int
    tones: tuple[int, ...]
    symbol: str

    @property
    def classes(self) -> frozenset[int]:
        return frozenset((self.root + tone) % 12 for tone in self.tones)

    @property
    def fifth(self) -> int:
        """Semitones from the root to the fifth, diminished where the chord says so."""
        return next((tone for tone in self.tones if tone in (6, 7, 8)), 7)


@dataclass(frozen=True)
class Key:
    """``tonic`` is a pitch class."""

    tonic: int
    mode: str

    @property
    def scale(self) -> tuple[int, ...]:
        return MODES[self.mode]

    @property
    def name(self) -> str:
        return note_name(self.tonic, self)

    @property
    def dark(self) -> bool:
        """Whether the third is minor."""
        return 3 in self.scale


def note_name(pitch_class: int, key: Key) -> str:
    """Spelled with flats in keys that have them, else with sharps."""
    flat = (key.tonic + _RELATIVE[key.mode]) % 12 in _FLAT_MAJORS
    return (_FLATS if flat else _SHARPS)[pitch_class % 12]


def chord(numeral: str, key: Key) -> Chord:
    """The chord that a Roman numeral names in a key. Raises ``ValueError`` for what is no numeral."""
    match = _NUMERAL.fullmatch(numeral)
    if match is None or match.group(3) not in _SUFFIXES:
        raise ValueError(f"{numeral!r} is not a Roman numeral that we know")
    sign, degree, suffix = match.groups()
    root = key.tonic + key.scale[_NUMERALS.index(degree.lower())] + {"b": -1, "#": 1, "": 0}[sign]
    base, added, written = _SUFFIXES[suffix]
    minor = degree.islower()
    tones = base or ((0, 3, 7) if minor else (0, 4, 7))
    third = "m" if minor and base is None else ""
    return Chord(root % 12, tones + added, note_name(root, key) + third + written)


def scale_pitch(index: int, key: Key, current: Chord | None = None) -> int:
    """The pitch of a scale step, counted from the tonic nearest to middle C.

    It is bent by a semitone where the chord borrows a note: the leading tone of a minor key, a minor
    subdominant.
    """
    octave, step = divmod(index, len(key.scale))
    pitch = 60 + (key.tonic if key.tonic <= 6 else key.tonic - 12) + 12 * octave + key.scale[step]
    if current is None or pitch % 12 in current.classes:
        return pitch
    borrowed = current.classes - {(key.tonic + tone) % 12 for tone in key.scale}
    return next((pitch + bend for bend in (1, -1) if (pitch + bend) % 12 in borrowed), pitch)
