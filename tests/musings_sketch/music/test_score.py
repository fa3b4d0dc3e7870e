"""Properties that make a score music: harmony, tune, form and time."""

import re
from itertools import pairwise, product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from musings_sketch.errors import SketchError
from musings_sketch.music import compose
from musings_sketch.music.accompany import BASSES, FIGURES
from musings_sketch.music.groove import bar as drum_bar
from musings_sketch.music.harmony import voiced
from musings_sketch.music.melody import developed, motif
from musings_sketch.music.score import Note, Score
from musings_sketch.music.styles import STYLES
from musings_sketch.music.theory import MODES, Chord, Key, chord, scale_pitch

TEXTS = [style.words[0] for style in STYLES] + ["", "hello", "solo piano in D minor", "jig in 6/8", "🎉"]
SCORES = [compose(text, seed) for text, seed in product(TEXTS, (1, 2))]


def notes(score: Score, *roles: str) -> list[Note]:
    return sorted((note for part in score.parts if part.role in roles for note in part.notes), key=lambda it: it.start)


def _ends(note: Note) -> float:
    return note.start + note.length


def identity(score: Score) -> str:
    return f"{score.style}-{score.key}-{score.mode}-{score.seed}"


@pytest.fixture(params=SCORES, ids=identity)
def score(request: pytest.FixtureRequest) -> Score:
    assert isinstance(request.param, Score)
    return request.param


def test_the_same_words_and_seed_give_the_same_score() -> None:
    assert compose("a waltz for two", 7) == compose("a waltz for two", 7)
    assert compose("a waltz for two", 7) != compose("a waltz for two", 8)
    assert compose("a waltz for two", 7).parts != compose("a waltz for three", 7).parts


def test_every_note_lies_within_the_piece(score: Score) -> None:
    for part in score.parts:
        for note in part.notes:
            assert 0 <= note.start < score.duration - 1
            assert note.length > 0
            assert 0 < note.velocity <= 1
            assert 24 <= note.pitch <= 105


def test_sections_and_chords_follow_each_other_without_gaps(score: Score) -> None:
    for before, after in pairwise(score.sections):
        assert after.start == pytest.approx(before.start + before.length)
    for one, next_one in pairwise(score.chords):
        assert next_one.start == pytest.approx(one.start + one.length)
    assert score.form == tuple(section.name for section in score.sections)
    assert score.form[-1] == "outro"
    assert "A" in score.form


def test_it_comes_home(score: Score) -> None:
    """The last chord is the tonic, and the chord before the outro's as well: a cadence."""
    assert score.chords[-1].chord.startswith(score.key)
    outro = score.sections[-1].start
    before = max((span for span in score.chords if span.start < outro - 0.01), key=lambda span: span.start)
    assert re.fullmatch(rf"{re.escape(score.key)}m?(maj)?\d?", before.chord)


def test_the_tune_fits_the_chords(score: Score) -> None:
    """Its notes are those of the scale, with the leading tone and now and then a borrowed one; it sings."""
    tonic = {
        name: number for number, name in enumerate(["C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B"])
    }
    tonic |= {
        name: number for number, name in enumerate(["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"])
    }
    key = Key(tonic[score.key], score.mode)
    scale = {(key.tonic + tone) % 12 for tone in (*MODES[score.mode], 11)}
    lead = notes(score, "lead")
    assert sum(note.pitch % 12 in scale for note in lead) / len(lead) > 0.88
    assert 4 <= len({note.pitch for note in lead}) <= 24
    leaps = [abs(after.pitch - before.pitch) for before, after in pairwise(lead)]
    assert sum(leap <= 4 for leap in leaps) / len(leaps) > 0.5
    assert max(leaps) <= 19


def test_the_tune_leans_on_the_chords(score: Score) -> None:
    """On the first beat of a bar the tune mostly has a note that the accompaniment has too."""
    agreed = []
    for span in score.chords:
        under = notes(score, "chords", "bass", "pad")
        middle = span.start + span.length / 2
        sounding = [
            note for note in under if note.start < middle + span.length * 0.3 and _ends(note) > span.start + 0.1
        ]
        classes = {note.pitch % 12 for note in sounding}
        lead = [note for note in notes(score, "lead") if abs(note.start - span.start) < 0.05]
        agreed += [note.pitch % 12 in classes for note in lead]
    assert sum(agreed) / len(agreed) >= 0.6


def test_the_tune_breathes_and_moves(score: Score) -> None:
    lead = notes(score, "lead")
    rate = len(lead) / (lead[-1].start - lead[0].start)
    assert 0.25 < rate < 4.5
    repeated = sum(after.pitch == before.pitch for before, after in pairwise(lead))
    assert repeated / len(lead) < 0.45


def test_the_bass_plays_roots(score: Score) -> None:
    bass = notes(score, "bass")
    if not bass or score.style == "dance":  # there the bass comes off the beat
        return
    names = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"]
    flats = dict(zip(["Db", "Eb", "Gb", "Ab", "Bb"], ["C#", "D#", "F#", "G#", "A#"], strict=True))
    right = []
    for span in score.chords:
        on_one = [note for note in bass if abs(note.start - span.start) < 0.06]
        root = span.chord[:2] if span.chord[1:2] in ("b", "#") else span.chord[:1]
        right += [names[int(note.pitch) % 12] == flats.get(root, root) for note in on_one]
    assert right
    assert sum(right) / len(right) > (0.45 if score.style == "waltz" else 0.95)


def test_the_middle_is_livelier_than_the_ends(score: Score) -> None:
    def rate(name: str) -> float:
        section = next(section for section in score.sections if section.name == name)
        playing = notes(score, "lead", "counter", "chords", "pad", "bass", "drums")
        inside = [note for note in playing if section.start - 0.05 <= note.start < section.start + section.length]
        return sum(note.velocity for note in inside) / section.length

    assert rate("A'" if "A'" in score.form else "A") > rate("outro")


def test_a_motif_returns() -> None:
    """The rhythm of the first phrase is heard again when A comes back, unless it is ornamented away."""
    same = 0
    for seed in range(12):
        score = compose("a pop song in C major at 120 bpm", seed)
        starts = {}
        for name in ("A", "A'"):
            section = next(section for section in score.sections if section.name == name)
            lead = [note for note in notes(score, "lead") if section.start - 0.1 < note.start < section.start + 1.9]
            starts[name] = {round((note.start - section.start) * 4) for note in lead}
        same += starts["A"] <= starts["A'"]
    assert same >= 9


def test_phrases_answer_each_other() -> None:
    idea = motif("4/4", 1, Random(3))
    other = developed(idea, Random(3))
    assert [sum(abs(part) for part in rhythm) for rhythm in other.rhythms] == [4, 4]
    assert other != idea
    assert sorted(map(abs, sum(other.steps, ()))) == sorted(map(abs, sum(idea.steps, ())))


@pytest.mark.parametrize("seconds", [20, 20.5, 33.3, 47, 60])
@pytest.mark.parametrize("text", ["slow ambient at 40 bpm", "fast techno 180 bpm", "a waltz", "lullaby in 6/8"])
def test_it_lasts_as_long_as_asked(text: str, seconds: float) -> None:
    score = compose(text, 3, seconds)
    assert score.duration == seconds
    last = score.chords[-1]
    assert seconds - 10 < last.start + last.length < seconds - 1.5


@pytest.mark.parametrize("seconds", [0, 19.9, 60.1, 1e9, float("nan"), -3])
def test_refuses_a_length_out_of_bounds(seconds: float) -> None:
    with pytest.raises(SketchError, match="out of bounds"):
        compose("x", 1, seconds)


def test_a_length_in_the_words_is_kept_within_bounds() -> None:
    assert compose("45 seconds of jazz", 1).duration == 45
    assert compose("a 300 second drone", 1).duration == 60
    assert compose("5 seconds of bells", 1).duration == 20


@given(st.text(max_size=200), st.integers(0, 2**63))
@settings(max_examples=60)
def test_any_text_becomes_music(text: str, seed: int) -> None:
    score = compose(text, seed)
    assert 20 <= score.duration <= 60
    assert notes(score, "lead")
    assert score.facts()["tempo"] == score.tempo


def test_an_exact_tempo_is_played() -> None:
    score = compose("techno 128 bpm", 4, 40)
    assert score.tempo == 128
    kicks = [note.start for part in score.parts if part.instrument == "kick" for note in part.notes]
    gaps = [after - before for before, after in pairwise(kicks) if after - before < 0.6]
    assert sum(gaps) / len(gaps) == pytest.approx(60 / 128, rel=0.01)


@pytest.mark.parametrize(
    ("numeral", "mode", "classes", "symbol"),
    [
        ("I", "major", {2, 6, 9}, "D"),
        ("V7", "minor", {9, 1, 4, 7}, "A7"),
        ("iih7", "minor", {4, 7, 10, 2}, "Em7b5"),
        ("VImaj7", "minor", {10, 2, 5, 9}, "Bbmaj7"),
        ("IV", "dorian", {7, 11, 2}, "G"),
        ("bVII", "major", {0, 4, 7}, "C"),
        ("i5", "minor", {2, 9}, "D5"),
    ],
)
def test_numerals_are_chords(numeral: str, mode: str, classes: set[int], symbol: str) -> None:
    found = chord(numeral, Key(2, mode))
    assert found.classes == frozenset(classes)
    assert found.symbol == symbol


def test_nonsense_is_no_numeral() -> None:
    for wrong in ("VIII", "X", "", "I13"):
        with pytest.raises(ValueError, match="numeral"):
            chord(wrong, Key(0, "major"))


def test_the_leading_tone_is_raised_over_the_dominant() -> None:
    key = Key(9, "minor")
    assert scale_pitch(6, key) % 12 == 7
    assert scale_pitch(6, key, chord("V", key)) % 12 == 8
    assert scale_pitch(6, key, chord("VII", key)) % 12 == 7


def test_voices_move_little() -> None:
    key = Key(0, "major")
    previous: tuple[int, ...] = ()
    moved = []
    for numeral in ["I", "vi", "IV", "V", "I", "ii", "V7", "I"]:
        current = voiced(chord(numeral, key), previous, 60, 4)
        assert {pitch % 12 for pitch in current} <= chord(numeral, key).classes
        if previous:
            moved.append(abs(current[-1] - previous[-1]))
        previous = current
    assert max(moved) <= 4


@pytest.mark.parametrize("beats", [3, 4])
@pytest.mark.parametrize("name", FIGURES)
def test_figures_stay_in_their_bar(name: str, beats: int) -> None:
    for number in range(4):
        strokes = FIGURES[name]((48, 55, 60, 64), beats, number)
        assert strokes
        assert all(0 <= stroke.beat < beats and 0 < stroke.weight <= 1 for stroke in strokes)


@pytest.mark.parametrize("beats", [3, 4])
@pytest.mark.parametrize("name", BASSES)
def test_basses_are_low_and_in_their_bar(name: str, beats: int) -> None:
    key = Key(0, "minor")
    for current, after in product([chord(numeral, key) for numeral in ("i", "iih7", "V7", "VI")], repeat=2):
        for stroke in BASSES[name](current, after, beats, 0):
            assert 24 <= stroke.pitch <= 56
            assert 0 <= stroke.beat < beats


@pytest.mark.parametrize("beats", [3, 4])
@pytest.mark.parametrize("style", [style.groove for style in STYLES if style.groove])
def test_grooves_stay_in_their_bar(style: str, beats: int) -> None:
    for full, fill, opening in product((False, True), repeat=3):
        hits = drum_bar(style, beats, full=full, fill=fill, opening=opening, random=Random(1))
        assert hits
        assert all(0 <= hit.beat < beats for hit in hits)


def test_a_chord_of_no_known_third_still_has_a_fifth() -> None:
    assert Chord(0, (0, 2, 4), "odd").fifth == 7
