"""Scales and chords, held to the circle of fifths."""

from itertools import product

import pytest

from musings_sketch.music.theory import MODES, Chord, Key, chord, note_name, scale_pitch

KEYS = [Key(tonic, mode) for tonic, mode in product(range(12), MODES)]


@pytest.mark.parametrize(
    ("tonic", "mode", "names"),
    [
        (0, "major", "C D E F G A B"),
        (5, "major", "F G A Bb C D E"),
        (7, "major", "G A B C D E F#"),
        (9, "minor", "A B C D E F G"),
        (2, "minor", "D E F G A Bb C"),
        (4, "phrygian", "E F G A B C D"),
        (7, "mixolydian", "G A B C D E F"),
        (5, "lydian", "F G A B C D E"),
        (2, "dorian", "D E F G A B C"),
        (3, "major", "Eb F G Ab Bb C D"),
    ],
)
def test_keys_are_spelt_as_musicians_write_them(tonic: int, mode: str, names: str) -> None:
    key = Key(tonic, mode)
    assert " ".join(note_name(tonic + step, key) for step in key.scale) == names


def test_modes_are_the_major_scale_from_another_step() -> None:
    major = MODES["major"]
    for mode, start in (("dorian", 1), ("phrygian", 2), ("lydian", 3), ("mixolydian", 4), ("minor", 5)):
        turned = sorted((tone - major[start]) % 12 for tone in major)
        assert tuple(turned) == MODES[mode], mode


@pytest.mark.parametrize("key", KEYS)
def test_seven_steps_are_an_octave_and_the_tonic_is_near_middle_c(key: Key) -> None:
    assert 54 < scale_pitch(0, key) <= 66
    assert scale_pitch(0, key) % 12 == key.tonic
    assert [scale_pitch(step + 7, key) - scale_pitch(step, key) for step in range(-9, 9)] == [12] * 18


@pytest.mark.parametrize("key", KEYS)
def test_a_major_chord_is_major_in_every_key(key: Key) -> None:
    tonic = chord("I", key)
    assert tonic.classes == {key.tonic, (key.tonic + 4) % 12, (key.tonic + 7) % 12}
    assert tonic.symbol == key.name
    assert chord("i", key).symbol == f"{key.name}m"
    assert chord("bII", key).root == (key.tonic + key.scale[1] - 1) % 12
    assert chord("#IV", key).root == (key.tonic + key.scale[3] + 1) % 12


@pytest.mark.parametrize(
    ("numeral", "symbol"),
    [
        ("V7", "G7"),
        ("ii7", "Dm7"),
        ("viio", "Bdim"),
        ("iih7", "Dm7b5"),
        ("Isus4", "Csus4"),
        ("IVmaj9", "Fmaj9"),
        ("i5", "C5"),
    ],
)
def test_symbols_in_c(numeral: str, symbol: str) -> None:
    assert chord(numeral, Key(0, "major")).symbol == symbol


@pytest.mark.parametrize("numeral", ["", "VIII", "H", "I13", "bb", "I maj7", "iI7x"])
def test_what_is_no_numeral_is_named(numeral: str) -> None:
    with pytest.raises(ValueError, match="not a Roman numeral"):
        chord(numeral, Key(0, "major"))


def test_a_diminished_fifth_is_known_to_the_bass() -> None:
    assert chord("viio", Key(0, "major")).fifth == 6
    assert chord("I", Key(0, "major")).fifth == 7
    assert Chord(0, (0, 4), "C(no5)").fifth == 7


def test_a_tune_bends_to_the_borrowed_note_only() -> None:
    key = Key(9, "minor")
    dominant = chord("V7", key)
    leading = [pitch for step in range(7) if (pitch := scale_pitch(step, key, dominant)) != scale_pitch(step, key)]
    assert {pitch % 12 for pitch in leading} == {8}
    assert [scale_pitch(step, key, chord("i", key)) for step in range(7)] == [
        scale_pitch(step, key) for step in range(7)
    ]
