"""One part becomes samples: when, how loudly, and from where."""

import numpy as np
import pytest

from musings_sketch.music.player import played
from musings_sketch.music.score import Note, ScorePart
from musings_sketch.music.waves import Wave

RATE = 22_050


def part(*notes: Note, role: str = "lead", instrument: str = "piano", pan: float = 0.0) -> ScorePart:
    return ScorePart(role, instrument, pan, 0.3, notes)


def play(each: ScorePart, seconds: float = 2.0, seed: int = 1) -> Wave:
    return played(each, round(seconds * RATE), RATE, seed, lambda: None)


def begins(wave: Wave) -> float:
    return float(np.flatnonzero(np.abs(wave).max(axis=1) > 1e-3)[0] / RATE)


@pytest.mark.parametrize("instrument", ["piano", "flute", "string section", "harp"])
def test_a_note_sounds_when_it_is_due_and_nothing_before(instrument: str) -> None:
    wave = play(part(Note(0.5, 0.5, 69, 0.8), instrument=instrument))
    assert wave.shape == (2 * RATE, 2)
    assert begins(wave) == pytest.approx(0.5, abs=0.03)


def test_a_note_past_the_end_is_cut_and_one_beyond_it_left_out() -> None:
    assert play(part(Note(1.9, 3, 69, 0.8))).shape == (2 * RATE, 2)
    assert not play(part(Note(2.5, 1, 69, 0.8))).any()
    assert not play(part()).any()


def test_loudness_and_place() -> None:
    soft, loud = (np.abs(play(part(Note(0, 1, 62, velocity)))).max() for velocity in (0.25, 1.0))
    assert loud > 3 * soft
    left, right = np.abs(play(part(Note(0, 1, 62, 0.8), role="bass", instrument="electric bass", pan=-0.8))).max(axis=0)
    assert left > 3 * right
    middle = np.abs(play(part(Note(0, 1, 62, 0.8), role="bass", instrument="electric bass"))).max(axis=0)
    assert middle[0] == pytest.approx(middle[1], rel=1e-3)


def test_a_keyboard_spreads_from_left_to_right() -> None:
    low, high = (np.abs(play(part(Note(0, 1, pitch, 0.8)))).sum(axis=0) for pitch in (40, 90))
    assert low[0] > low[1]
    assert high[0] < high[1]


def test_a_damped_string_stops_where_its_note_ends() -> None:
    short, long = (play(part(Note(0, length, 60, 0.8))) for length in (0.2, 1.5))
    assert not short[round(0.5 * RATE) :].any()
    assert np.abs(long[round(0.5 * RATE) : RATE]).max() > 0.01
    harp = play(part(Note(0, 0.2, 60, 0.8), instrument="harp"))
    assert np.abs(harp[round(0.5 * RATE) : RATE]).max() > 0.01


def test_the_same_note_again_is_the_same_sound() -> None:
    wave = play(part(Note(0, 0.3, 60, 0.8), Note(1, 0.3, 60, 0.8)))
    assert wave[: RATE // 2] == pytest.approx(wave[RATE : RATE + RATE // 2], abs=1e-6)


def test_drums_take_turns_and_chance_is_the_seed() -> None:
    strokes = part(*(Note(at / 2, 0.2, 60, 0.9) for at in range(3)), role="drums", instrument="snare")
    wave = play(strokes)
    assert np.abs(wave[: RATE // 4] - wave[RATE // 2 : RATE // 2 + RATE // 4]).max() > 0.01
    assert np.array_equal(wave, play(strokes))
    assert not np.array_equal(wave, play(strokes, seed=2))


def test_weather_fills_the_piece_whatever_its_notes_say() -> None:
    wave = play(part(Note(0, 0.1, 60, 0.7), role="texture", instrument="wind"), 1.0003)
    assert wave.shape == (round(1.0003 * RATE), 2)
    assert np.abs(wave[-RATE // 10 :]).max() > 0.01


def test_it_can_be_stopped_before_any_note() -> None:
    left = iter(range(3))

    def check() -> None:
        next(left)

    with pytest.raises(StopIteration):
        played(part(*(Note(at / 10, 0.1, 60, 0.5) for at in range(9))), RATE, RATE, 1, check)
