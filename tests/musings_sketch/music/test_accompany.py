"""Chord figures and basses: what is played is in the chord, in the bar, and within reach."""

from itertools import product

import pytest

from musings_sketch.music.accompany import BASSES, FIGURES, Stroke, bass_pitch
from musings_sketch.music.theory import Key, chord

KEY = Key(2, "minor")
FOUR, THREE = (50, 57, 62, 65), (50, 57, 62)


@pytest.mark.parametrize(("name", "beats", "bar"), list(product(FIGURES, (3, 4), range(4))))
def test_a_figure_plays_the_notes_it_was_given_or_their_octaves(name: str, beats: int, bar: int) -> None:
    for pitches in (FOUR, THREE):
        strokes = FIGURES[name](pitches, beats, bar)
        assert {stroke.pitch % 12 for stroke in strokes} <= {pitch % 12 for pitch in pitches}
        assert all(50 <= stroke.pitch <= 62 + 24 for stroke in strokes)
        assert all(0 <= stroke.beat < beats for stroke in strokes)
        assert all(0 < stroke.weight <= 1 and stroke.length > 0 for stroke in strokes)


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("beats", [3, 4])
def test_every_bar_or_the_next_has_something(name: str, beats: int) -> None:
    assert all(FIGURES[name](FOUR, beats, bar) for bar in range(4)) or name == "comp"
    assert any(FIGURES[name](FOUR, beats, bar) for bar in (0, 1))


@pytest.mark.parametrize(("name", "beats", "bar"), list(product(BASSES, (3, 4), (0, 1))))
def test_a_bass_begins_on_the_root_and_stays_low(name: str, beats: int, bar: int) -> None:
    for numeral, after in (("i", "iv"), ("V7", "i"), ("iih7", "V7"), ("VI", "VI")):
        current = chord(numeral, KEY)
        strokes = BASSES[name](current, chord(after, KEY), beats, bar)
        first = min(strokes, key=lambda stroke: stroke.beat)
        if name not in ("waltz", "walk"):
            assert first.pitch % 12 == current.root
        assert all(29 <= stroke.pitch <= 55 for stroke in strokes)
        assert all(0 <= stroke.beat < beats for stroke in strokes)


def test_a_walking_bass_leads_into_the_next_chord() -> None:
    for after in ("iv", "V7", "VI", "i"):
        target = bass_pitch(chord(after, KEY).root)
        last = max(BASSES["walk"](chord("i", KEY), chord(after, KEY), 4, 0), key=lambda stroke: stroke.beat)
        assert abs(last.pitch - target) == 1


def test_a_waltz_leaves_its_first_beat_to_the_bass() -> None:
    chords = {stroke.beat for stroke in FIGURES["waltz"](FOUR, 3, 0)}
    assert chords == {1, 2}
    roots = [BASSES["waltz"](chord("i", KEY), chord("i", KEY), 3, bar) for bar in (0, 1)]
    assert [len(each) for each in roots] == [1, 1]
    assert roots[0][0].pitch != roots[1][0].pitch


@pytest.mark.parametrize("pitch_class", range(12))
def test_the_lowest_pitch_of_a_class(pitch_class: int) -> None:
    assert bass_pitch(pitch_class) % 12 == pitch_class
    assert 31 <= bass_pitch(pitch_class) < 43


def test_broken_chords_go_on_in_the_next_octave() -> None:
    strokes: list[Stroke] = FIGURES["broken"](THREE, 4, 0)
    assert [stroke.pitch for stroke in strokes] == [50, 57, 62, 62, 69, 62, 62, 57]
