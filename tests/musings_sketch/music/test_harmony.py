"""Progressions, cadences and voicings."""

from random import Random

import pytest

from musings_sketch.music.harmony import phrase, plagal, progression, tonic, voiced
from musings_sketch.music.styles import STYLES
from musings_sketch.music.theory import MODES, Key, chord

FAMILIES = sorted({style.harmony for style in STYLES})
WAYS = [(style.harmony, mode) for style in STYLES for mode in dict.fromkeys(style.modes)]


@pytest.mark.parametrize(("family", "mode"), sorted(set(WAYS)))
@pytest.mark.parametrize("bridge", [True, False])
def test_every_progression_has_four_chords_of_its_key(family: str, mode: str, bridge: bool) -> None:
    for seed in range(12):
        numerals = progression(family, Key(2, mode), bridge, Random(seed))
        assert len(numerals) == 4
        for numeral in numerals:
            assert chord(numeral, Key(2, mode)).symbol


@pytest.mark.parametrize(("family", "mode"), sorted(set(WAYS)))
def test_a_full_ending_comes_home(family: str, mode: str) -> None:
    key = Key(5, mode)
    numerals = progression(family, key, False, Random(1))
    for count in (1, 2, 4, 7):
        chords = phrase(family, key, numerals, count, "full")
        assert len(chords) == count
        assert chords[-1].root == key.tonic
        assert tonic(family, key).root == key.tonic


@pytest.mark.parametrize(("family", "mode"), sorted(set(WAYS)))
def test_the_chord_before_the_last_is_near_it(family: str, mode: str) -> None:
    """The subdominant; in Lydian, whose fourth step lies a tritone from home, the chord of its cadence."""
    key = Key(5, mode)
    before = plagal(family, key)
    assert (before.root - key.tonic) % 12 == (2 if mode == "lydian" else 5)
    third = 3 if mode in ("minor", "phrygian") else 4
    assert third in before.tones


def test_a_half_ending_waits_on_the_dominant_where_there_are_cadences() -> None:
    key = Key(0, "major")
    chords = phrase("classical", key, ["I", "IV", "ii", "V7"], 4, "half")
    assert (chords[-1].symbol, chords[-2].symbol) == ("G", "Dm")
    twice = phrase("classical", key, ["I", "IV", "V", "V"], 4, "half")
    assert [each.symbol for each in twice] == ["C", "F", "Dm", "G"]
    vamp = phrase("rock", key, ["I5", "IV5", "V5", "IV5"], 4, "half")
    assert [each.symbol for each in vamp] == ["C5", "F5", "G5", "F5"]


def test_a_progression_goes_round_from_its_place() -> None:
    key = Key(0, "major")
    assert [each.symbol for each in phrase("folk", key, ["I", "ii", "IV", "V"], 6, "open", 2)] == [
        "F",
        "G",
        "C",
        "Dm",
        "F",
        "G",
    ]


@pytest.mark.parametrize("family", ["jazz", "bossa", "lofi"])
def test_rich_styles_colour_their_chords(family: str) -> None:
    for mode in ("major", "minor", "dorian", "mixolydian"):
        for seed in range(6):
            numerals = progression(family, Key(0, mode), True, Random(seed))
            assert [each for each in numerals if each in ("I", "i", "ii", "IV", "V")] == []


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("centre", [48, 57, 60, 76])
def test_a_voicing_lies_near_its_centre_and_names_its_chord(mode: str, centre: int) -> None:
    key = Key(7, mode)
    before: tuple[int, ...] = ()
    for numeral in ("I", "ii7", "V9", "IVmaj7", "i5", "viio", "Isus4"):
        current = chord(numeral, key)
        pitches = voiced(current, before, centre, 4)
        assert list(pitches) == sorted(set(pitches))
        assert all(abs(pitch - centre) <= 12 for pitch in pitches)
        assert {pitch % 12 for pitch in pitches} <= current.classes
        thirds = {(current.root + tone) % 12 for tone in current.tones if tone in (3, 4)}
        assert thirds <= {pitch % 12 for pitch in pitches}
        before = pitches
