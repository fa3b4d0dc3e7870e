"""The tune: motifs that fill two bars, and phrases that stand on their chords."""

from itertools import pairwise, product
from random import Random

import pytest

from musings_sketch.music.harmony import phrase as chords_of
from musings_sketch.music.melody import Ground, Motif, chord_step, developed, motif, phrase
from musings_sketch.music.theory import MODES, Key, chord, scale_pitch

BEATS = {"4/4": 4.0, "3/4": 3.0, "6/8": 3.0}
MOTIFS = [(metre, motif(metre, density, Random(seed))) for metre, density, seed in product(BEATS, (0, 1, 2), range(5))]


def length(rhythm: tuple[float, ...]) -> float:
    return sum(map(abs, rhythm))


@pytest.mark.parametrize(("metre", "idea"), MOTIFS)
def test_a_motif_and_its_answer_fill_their_bars(metre: str, idea: Motif) -> None:
    for each in (idea, developed(idea, Random(1)), developed(idea, Random(2))):
        assert [length(rhythm) for rhythm in each.rhythms] == [BEATS[metre]] * 2


@pytest.mark.parametrize(("metre", "idea"), MOTIFS)
def test_a_leap_is_followed_by_a_step_back(metre: str, idea: Motif) -> None:
    for steps in idea.steps:
        for leap, after in pairwise(steps):
            if abs(leap) > 2:
                assert after == (-1 if leap > 0 else 1)


def test_busier_means_more_notes() -> None:
    def notes(density: int) -> int:
        ideas = [motif("4/4", density, Random(seed)) for seed in range(30)]
        return sum(beat > 0 for idea in ideas for rhythm in idea.rhythms for beat in rhythm)

    assert notes(0) < notes(1) < notes(2)


@pytest.mark.parametrize(("mode", "metre", "close"), list(product(MODES, BEATS, ("open", "half", "full"))))
def test_a_phrase_breathes_at_its_end_and_never_talks_over_itself(mode: str, metre: str, close: str) -> None:
    key, beats = Key(2, mode), int(BEATS[metre])
    home = "i" if key.dark else "I"
    chords = chords_of("folk", key, [home, "ii", home, home], 4, "open")
    for seed in range(4):
        tones = phrase(motif(metre, 1, Random(seed)), chords, Ground(key, beats, 3, 0.5), close, Random(seed))
        ends = [tone.beat + tone.length for tone in tones]
        assert all(end <= after.beat + 1e-9 for end, after in zip(ends, tones[1:], strict=False))
        assert ends[-1] < 4 * beats
        assert tones[-1].pitch % 12 in chords[-1].classes
        assert all(0 < tone.weight <= 1 for tone in tones)
        steps = [abs(after.pitch - before.pitch) for before, after in pairwise(tones)]
        assert max(steps) <= 16


def test_without_ornament_the_motif_is_kept() -> None:
    key = Key(0, "major")
    idea = Motif(((1, 1, 2), (-1, 3)), ((1, 1, 1), (1,)))
    tones = phrase(idea, [chord("I", key)] * 3, Ground(key, 4, 0, 0.0), "full", Random(1))
    assert [(tone.beat, tone.length) for tone in tones[:4]] == [(0, 1), (1, 1), (2, 2), (5, 3)]
    varied = [phrase(idea, [chord("I", key)] * 3, Ground(key, 4, 0, 1.0), "full", Random(seed)) for seed in range(3)]
    assert all(len(each) > len(tones) for each in varied)


@pytest.mark.parametrize("key", [Key(0, "major"), Key(9, "minor"), Key(4, "phrygian")])
def test_the_nearest_step_of_the_chord(key: Key) -> None:
    for numeral, near in product(("I", "iv", "V7", "ii"), range(-8, 9)):
        current = chord(numeral, key)
        found = chord_step(near, current, key)
        assert scale_pitch(found, key, current) % 12 in current.classes
        between = [
            step for step in range(near - 4, near + 5) if scale_pitch(step, key, current) % 12 in current.classes
        ]
        assert abs(found - near) == min(abs(step - near) for step in between)


def test_of_two_as_near_the_side_is_chosen() -> None:
    key = Key(0, "major")
    fifth = chord("I5", key)
    assert (chord_step(2, fifth, key), chord_step(2, fifth, key, upward=True)) == (0, 4)
