"""The instruments, the kit and the rooms, one by one, measured."""

from random import Random

import numpy as np
import pytest

from musings_sketch.music.accompany import BASSES, FIGURES
from musings_sketch.music.cast import CENTRES
from musings_sketch.music.groove import bar
from musings_sketch.music.instruments import INSTRUMENTS, Ringing
from musings_sketch.music.kit import PIECES, texture
from musings_sketch.music.player import _let_go, _tone
from musings_sketch.music.score import Note
from musings_sketch.music.space import ROOMS, _fast_size, reverberated
from musings_sketch.music.styles import INSTRUMENT_WORDS, STYLES
from musings_sketch.music.waves import hertz, modes

RATE = 44_100


def test_every_instrument_that_can_be_chosen_exists() -> None:
    named = {instrument for instrument, role in INSTRUMENT_WORDS.values() if role != "drums"}
    for style in STYLES:
        named |= {
            *style.leads,
            *style.pads,
            *(name for name, _ in style.chords),
            *(name for name, _ in style.basses),
        }
    assert named <= set(INSTRUMENTS)
    assert set(CENTRES) <= set(INSTRUMENTS)
    assert {figure for style in STYLES for _, figure in style.chords} <= set(FIGURES)
    assert {figure for style in STYLES for _, figure in style.basses} <= set(BASSES)


@pytest.mark.parametrize("beats", [3, 4])
@pytest.mark.parametrize("groove", [style.groove for style in STYLES if style.groove])
def test_grooves_use_pieces_of_the_kit(groove: str, beats: int) -> None:
    for fill in (False, True):
        hits = bar(groove, beats, full=True, fill=fill, opening=True, random=Random(1))
        assert {hit.piece for hit in hits} <= set(PIECES)


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_every_instrument_is_in_tune(name: str) -> None:
    """The strongest common measure of its first harmonics lies within 8 cents of the written pitch."""
    low = any(word in name for word in ("bass", "sub", "tuba", "pedal", "triangle"))
    pitch = CENTRES.get(name, 40 if low else 60)
    instrument = INSTRUMENTS[name]
    wave = _let_go(_tone(instrument, pitch, 0.75, 1.2, np.random.default_rng(3), RATE), instrument, _note(pitch), RATE)
    mono = wave if wave.ndim == 1 else wave.mean(axis=1)
    assert np.isfinite(mono).all()
    assert abs(mono[0]) < 0.02
    assert abs(mono[-1]) < 0.002
    assert 0.1 < np.abs(mono).max() < 4
    part = mono[int(0.15 * RATE) : int(1.0 * RATE)]
    size = 1 << 19
    spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part)), size))
    cents = np.arange(-50, 51)
    comb = [
        sum(spectrum[round(hertz(pitch) * 2 ** (cent / 1200) * k * size / RATE)] for k in (1, 2, 3)) for cent in cents
    ]
    assert abs(cents[int(np.argmax(comb))]) <= 10


def _note(pitch: float) -> Note:
    return Note(0.0, 1.2, pitch, 0.75)


@pytest.mark.parametrize("name", PIECES)
def test_every_drum_ends_quietly(name: str) -> None:
    stroke, level, pan = PIECES[name]
    wave = stroke(np.random.default_rng(1), RATE)
    assert np.isfinite(wave).all()
    assert 0.1 < np.abs(wave).max() * level < 2.5
    assert abs(wave[-1]) < 0.005
    assert -1 <= pan <= 1
    assert 0.03 < len(wave) / RATE < 3.2


@pytest.mark.parametrize("name", ["rain", "waves", "wind", "crickets", "vinyl"])
def test_every_texture_fills_the_time_in_stereo(name: str) -> None:
    wave = texture(name, 3.0, np.random.default_rng(1), RATE)
    assert wave.shape == (3 * RATE, 2)
    assert np.isfinite(wave).all()
    left, right = wave.T.astype(np.float64)
    assert abs(float(left @ right)) < 0.9 * float(np.sqrt((left @ left) * (right @ right)))


def test_strings_die_away_and_pipes_do_not() -> None:
    for name, dies in (("piano", True), ("harp", True), ("organ", False), ("flute", False)):
        instrument = INSTRUMENTS[name]
        assert isinstance(instrument, Ringing) is dies
        wave = np.abs(_tone(instrument, 72, 0.7, 2.0, np.random.default_rng(1), RATE))
        early, late = wave[RATE // 10 : RATE // 5].max(), wave[int(1.7 * RATE) : int(1.8 * RATE)].max()
        assert (late < early * 0.6) == dies


def test_modes_are_damped_sines() -> None:
    wave = modes([440.0], [1.0], [1.0], 1.0, RATE)
    time = np.arange(RATE) / RATE
    assert np.allclose(wave, np.sin(2 * np.pi * 440 * time) * 0.001**time, atol=2e-3)


def test_rooms_answer_longer_the_larger_they_are() -> None:
    click = np.zeros((4 * RATE, 2), np.float32)
    click[100] = 1
    lengths = []
    for name in ("dry", "club", "hall", "cathedral"):
        answer = reverberated(click, ROOMS[name], RATE)
        energy = np.cumsum((answer**2).sum(axis=1))
        lengths.append(int(np.searchsorted(energy, energy[-1] * 0.99)))
        assert np.abs(answer[:100]).max() < 0.01 * np.abs(answer).max()
    assert lengths == sorted(lengths)


@pytest.mark.parametrize("least", [1, 7, 1000, 1_058_401, 2_646_001])
def test_fast_sizes_have_small_factors(least: int) -> None:
    size = _fast_size(least)
    assert least <= size < 1.2 * least + 8
    for factor in (2, 3, 5):
        while size % factor == 0:
            size //= factor
    assert size == 1
