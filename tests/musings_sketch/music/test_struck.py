"""Instruments that ring: decay, brightness, and where a string was plucked."""

import numpy as np
import pytest

from musings_sketch.music.struck import Struck, bars, deep, electric_piano, piano, plucked, synth_pluck
from musings_sketch.music.waves import Wave
from tests.musings_sketch.music.hearing import brightness, level

RATE = 22_050
ALL: list[Struck] = [
    piano,
    electric_piano,
    plucked(0.2, 3, 0.5),
    bars((1, 4.0), (0.8, 0.2), (2, 1)),
    synth_pluck,
    deep(2, 0.4, 0.2),
]


def dice() -> np.random.Generator:
    return np.random.default_rng(5)


def strength(wave: Wave, hertz: float) -> float:
    power = np.abs(np.fft.rfft(wave * np.hanning(len(wave)))) ** 2
    return float(power[np.abs(np.fft.rfftfreq(len(wave), 1 / RATE) - hertz) < 15].sum())


@pytest.mark.parametrize("sound", ALL)
@pytest.mark.parametrize("frequency", [41.2, 262.0, 2093.0])
def test_a_tone_has_its_length_and_dies_away(sound: Struck, frequency: float) -> None:
    wave = sound(frequency, 2.0, 0.8, dice(), RATE)
    assert wave.shape == (2 * RATE,)
    assert wave.dtype == np.float32
    assert np.isfinite(wave).all()
    assert level(wave[-RATE // 4 :]) < 0.7 * level(wave[RATE // 50 : RATE // 4])


@pytest.mark.parametrize("sound", ALL)
def test_a_tone_shorter_than_its_noise_is_cut(sound: Struck) -> None:
    assert sound(262, 0.01, 0.8, dice(), RATE).shape == (round(0.01 * RATE),)


@pytest.mark.parametrize("sound", [piano, electric_piano, plucked(0.2, 3, 0.5), bars((1, 4.0), (0.8, 0.2), (2, 1))])
def test_harder_is_brighter(sound: Struck) -> None:
    soft, loud = (brightness(sound(262, 0.5, velocity, dice(), RATE), RATE) for velocity in (0.1, 1.0))
    assert loud > soft * 1.02


def test_high_notes_die_sooner() -> None:
    def left(frequency: float) -> float:
        wave = piano(frequency, 3, 0.7, dice(), RATE)
        return level(wave[-RATE:]) / level(wave[:RATE])

    assert left(110) > left(440) > left(1760)


def test_a_string_plucked_in_its_middle_has_no_second_harmonic() -> None:
    middle, side = (plucked(place, 3, 0.9, 0.0)(220, 1, 0.9, dice(), RATE) for place in (0.5, 0.2))
    assert strength(middle, 440) < strength(middle, 220) / 1000
    assert strength(side, 440) > strength(side, 220) / 100


def test_a_bell_sounds_its_own_partials() -> None:
    wave = bars((1, 2.76), (0.7, 0.5), (2, 2), 0.0)(200, 1, 1.0, dice(), RATE)
    assert strength(wave, 552) > 100 * strength(wave, 400)


def test_the_fans_of_a_vibraphone_turn() -> None:
    plain, shaken = (bars((1,), (1,), (9,), 0.0, tremolo)(440, 1, 1.0, dice(), RATE) for tremolo in (0.0, 0.5))
    ratio = np.array([level(shaken[at : at + 500]) / level(plain[at : at + 500]) for at in range(0, RATE - 500, 500)])
    assert ratio.min() < 0.6
    assert ratio.max() > 0.95


def test_a_bass_begins_without_a_click() -> None:
    wave = deep(2.2, 0.35, 0.2)(55, 1, 0.8, dice(), RATE)
    assert abs(wave[0]) == 0
    assert np.abs(np.diff(wave[: RATE // 100])).max() < 0.3
