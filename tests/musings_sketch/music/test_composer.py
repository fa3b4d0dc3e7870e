"""Composing: the parts that a piece has, and what a listener is told of it."""

import pytest

from musings_sketch.music.composer import LONGEST, SHORTEST, compose
from musings_sketch.music.score import Score
from musings_sketch.music.space import ROOMS
from musings_sketch.music.styles import STYLES

PIECES = [compose(style.words[0], seed) for style in STYLES for seed in (5, 6)]
pieces = pytest.mark.parametrize("piece", PIECES, ids=lambda piece: f"{piece.style}-{piece.seed}")


@pieces
def test_a_piece_without_a_length_is_within_the_bounds(piece: Score) -> None:
    assert SHORTEST <= piece.duration <= LONGEST
    assert piece.room in ROOMS


@pieces
def test_the_bill_names_whoever_plays_the_leader_first(piece: Score) -> None:
    assert piece.instruments[0] == next(part.instrument for part in piece.parts if part.role == "lead")
    named = {part.instrument for part in piece.parts if part.role != "drums"}
    assert set(piece.instruments) - {"drums"} == named
    assert ("drums" in piece.instruments) == any(part.role == "drums" for part in piece.parts)
    assert len(set(piece.instruments)) == len(piece.instruments)


@pieces
def test_notes_are_in_their_order_and_end_before_the_piece(piece: Score) -> None:
    for part in piece.parts:
        assert list(part.notes) == sorted(part.notes, key=lambda note: (note.start, note.pitch))
        assert all(note.start + note.length <= piece.duration + 0.05 for note in part.notes), part.role


@pytest.mark.parametrize("duration", [SHORTEST, 33.3, LONGEST])
def test_the_length_asked_for_is_the_length(duration: float) -> None:
    assert compose("a song of 45 seconds", 1, duration).duration == pytest.approx(duration, abs=1e-3)
    assert compose("a song of 45 seconds", 1).duration == pytest.approx(45, abs=1e-3)


def test_what_a_listener_is_told_is_what_was_composed() -> None:
    score = compose("a waltz in D minor at 120 bpm, solo piano", 3)
    told = score.facts()
    assert (told["key"], told["tempo"], told["metre"]) == ("D minor", 120, "3/4")
    assert (told["style"], told["instruments"]) == ("waltz", ["piano"])
    assert told["form"] == list(score.form) == [section.name for section in score.sections]


def test_in_six_eight_the_beat_is_a_dotted_quarter() -> None:
    score = compose("a jig in 6/8 at 110 bpm", 1)
    assert (score.tempo, score.metre) == (110, "6/8")
    bars = [span.length for span in score.chords[:4]]
    assert bars == pytest.approx([2 * 60 / 110] * 4, rel=1e-3)


def test_text_that_no_encoding_holds_is_composed() -> None:
    assert compose("a \ud800 song", 1) == compose("a \ud800 song", 1)
    assert compose("x" * 200_000, 1).parts
