"""From a score to sound: balance, loudness, fades, and the pump of dance music."""

from dataclasses import replace

import numpy as np
import pytest

from musings_sketch import loudness
from musings_sketch.limiter import CEILING
from musings_sketch.music.mixer import TARGET_LUFS, render
from musings_sketch.music.score import Note, Score, ScorePart

RATE = 16_000


def score(*parts: ScorePart, style: str = "song", seconds: float = 4.0) -> Score:
    return Score(
        seed=1,
        key="C",
        mode="major",
        tempo=120,
        metre="4/4",
        form=("A",),
        style=style,
        mood="warm",
        instruments=("piano",),
        room="dry",
        duration=seconds,
        sections=(),
        chords=(),
        parts=parts,
    )


def line(role: str, instrument: str, *, velocity: float = 0.8, pitch: int = 60, pan: float = 0.0) -> ScorePart:
    notes = tuple(Note(at / 2, 0.45, pitch, velocity) for at in range(7))
    return ScorePart(role, instrument, pan, 0.2, notes)


KICK = line("drums", "kick")


@pytest.mark.parametrize("velocity", [0.1, 1.0])
def test_however_softly_it_is_played_it_comes_out_as_loud(velocity: float) -> None:
    sound = render(score(line("lead", "piano", velocity=velocity), KICK), sample_rate=RATE)
    measured = loudness.integrated([sound], RATE, 2)
    assert measured is not None
    assert measured == pytest.approx(TARGET_LUFS, abs=1.5)
    assert np.abs(sound).max() <= CEILING + 1e-6


def test_silence_and_a_piece_of_nobody_are_silent() -> None:
    sound = render(score(), sample_rate=RATE)
    assert sound.shape == (4 * RATE, 2)
    assert not sound.any()


def test_both_ends_are_faded_and_the_length_is_kept() -> None:
    for seconds in (3.0, 3.3337):
        sound = render(score(line("lead", "organ"), seconds=seconds), sample_rate=RATE)
        assert sound.shape == (round(seconds * RATE), 2)
        assert np.abs(sound[:3]).max() < 1e-3
        assert np.abs(sound[-3:]).max() < 1e-3


def test_the_tune_is_in_front_of_the_chords() -> None:
    chords = line("chords", "organ", pitch=48)
    tune = line("lead", "organ", pitch=84)
    sound = render(score(tune, chords), sample_rate=RATE)
    power = np.abs(np.fft.rfft(sound.mean(axis=1))) ** 2
    at = np.fft.rfftfreq(len(sound), 1 / RATE)
    assert power[at > 900].sum() > power[(at > 60) & (at < 300)].sum()


def test_dance_music_ducks_under_its_kick() -> None:
    pad = ScorePart("pad", "warm pad", 0.0, 0.0, (Note(0, 4, 60, 0.8),))
    beats = ScorePart("drums", "kick", 0.0, 0.0, (Note(2.0, 0.2, 60, 0.0),))  # not to be heard itself

    def dips(style: str) -> float:
        sound = np.abs(render(score(pad, beats, style=style), sample_rate=RATE)).mean(axis=1)
        under, before = sound[round(2.005 * RATE) : round(2.05 * RATE)], sound[round(1.8 * RATE) : round(1.99 * RATE)]
        return float(under.mean() / before.mean())

    assert dips("dance") < 0.75 * dips("song")


def test_progress_grows_to_all_and_check_is_called() -> None:
    told: list[float] = []
    calls: list[None] = []
    render(
        score(line("lead", "piano"), KICK),
        sample_rate=RATE,
        check=lambda: calls.append(None),
        progress=told.append,
    )
    assert told == sorted(told)
    assert (told[-1], len(calls) > 14) == (1.0, True)


def test_another_seed_plays_the_same_notes_otherwise() -> None:
    one = score(line("lead", "violin"))
    assert np.array_equal(render(one, sample_rate=RATE), render(one, sample_rate=RATE))
    assert not np.array_equal(render(one, sample_rate=RATE), render(replace(one, seed=2), sample_rate=RATE))
