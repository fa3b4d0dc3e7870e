"""Instruments that are held: pitch, length with the release, and how loudness changes the tone."""

import numpy as np
import pytest

from musings_sketch.music.held import AH, distorted, lead, organ, pulse, section, solo, sub, synth_bass, triangle
from musings_sketch.music.waves import Wave

RATE = 22_050


def dice() -> np.random.Generator:
    return np.random.default_rng(3)


def mono(wave: Wave) -> Wave:
    return wave if wave.ndim == 1 else np.asarray(wave.mean(axis=1), np.float32)


def power(wave: Wave) -> np.ndarray:
    return np.abs(np.fft.rfft(mono(wave) * np.hanning(len(wave)))) ** 2


def brightness(wave: Wave) -> float:
    spectrum = power(wave)
    return float((spectrum * np.fft.rfftfreq(len(wave), 1 / RATE)).sum() / spectrum.sum())


def harmonic(wave: Wave, hertz: float) -> float:
    """The power near a frequency."""
    at = np.fft.rfftfreq(len(wave), 1 / RATE)
    return float(power(wave)[np.abs(at - hertz) < 15].sum())


@pytest.mark.parametrize("seconds", [0.1, 0.5, 1.5])
def test_a_tone_lasts_until_it_is_let_go_and_then_fades(seconds: float) -> None:
    wave = solo((1.0, 0.4), release=0.2)(440, seconds, 0.8, dice(), RATE)
    assert len(wave) == round((seconds + 0.2) * RATE)
    assert abs(wave[0]) < 1e-3
    assert np.abs(wave[-20:]).max() < 0.02


def test_brass_gets_brighter_with_loudness() -> None:
    horn, plain = solo(slope=1.2, blare=0.4), solo(slope=1.2)
    soft, loud = (brightness(horn(220, 1, velocity, dice(), RATE)) for velocity in (0.2, 1.0))
    assert loud > 1.15 * soft
    same = [brightness(plain(220, 1, velocity, dice(), RATE)) for velocity in (0.2, 1.0)]
    assert same[1] == pytest.approx(same[0], rel=0.05)


def test_a_clarinet_lacks_its_even_harmonics() -> None:
    reed = solo(slope=1.0, odd=0.9, vibrato=0)(220, 1, 0.8, dice(), RATE)
    assert harmonic(reed, 440) < harmonic(reed, 660) / 10


def test_breath_is_noise_between_the_harmonics() -> None:
    dry, blown = (solo((1.0,), vibrato=0, breath=breath)(440, 1, 0.8, dice(), RATE) for breath in (0.0, 0.2))
    assert harmonic(blown, 1100) > 100 * harmonic(dry, 1100)


def test_a_section_is_stereo_and_wider_than_one_player() -> None:
    strings = section(slope=1.0, attack=0.1, release=0.3, spread=15)(330, 1, 0.7, dice(), RATE)
    assert strings.shape == (round(1.3 * RATE), 2)
    assert np.corrcoef(strings[:, 0], strings[:, 1])[0, 1] < 0.98
    assert strings.dtype == np.float32


def test_a_vowel_has_its_formants() -> None:
    choir = section(slope=0.9, body=AH, attack=0.1, release=0.1)(120, 1, 0.7, dice(), RATE)
    assert harmonic(choir, 720) > harmonic(choir, 1800)


def test_drawbars_are_the_harmonics_they_name() -> None:
    pipe = organ((0.0, 1.0, 0.0, 0.0, 0.5), shimmer=0.0)(200, 1, 1, dice(), RATE)
    assert harmonic(pipe, 600) == pytest.approx(harmonic(pipe, 200) / 4, rel=0.05)
    assert harmonic(pipe, 100) < harmonic(pipe, 200) / 1e4


def test_a_square_has_odd_harmonics_only() -> None:
    square = pulse(0.5, 0)(220, 1, 1, dice(), RATE)
    assert harmonic(square, 440) < harmonic(square, 220) / 1e4
    assert harmonic(square, 660) == pytest.approx(harmonic(square, 220) / 9, rel=0.1)
    wave = triangle(220, 1, 1, dice(), RATE)
    assert harmonic(wave, 660) == pytest.approx(harmonic(wave, 220) / 81, rel=0.15)


@pytest.mark.parametrize("sound", [synth_bass, sub, distorted, lead(cutoff=2000), pulse(0.125)])
@pytest.mark.parametrize("frequency", [41.2, 220.0, 3520.0])
def test_nothing_breaks_from_the_lowest_to_the_highest(sound: object, frequency: float) -> None:
    wave = sound(frequency, 0.3, 1.0, dice(), RATE)  # type: ignore[operator]
    assert np.isfinite(wave).all()
    assert 0.05 < np.abs(wave).max() < 4
