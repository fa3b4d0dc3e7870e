"""The raw material of sound: pitch, decay, envelopes and noise, measured."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from musings_sketch.music import waves
from tests.musings_sketch.music.hearing import level

RATE = 44_100


def loudest(wave: waves.Wave) -> float:
    """The loudest frequency in Hz."""
    return float(np.abs(np.fft.rfft(wave * np.hanning(len(wave)))).argmax() * RATE / len(wave))


@pytest.mark.parametrize(("pitch", "frequency"), [(69, 440), (57, 220), (81, 880), (60, 261.6256), (69.5, 452.8930)])
def test_pitches_in_equal_temperament(pitch: float, frequency: float) -> None:
    assert waves.hertz(pitch) == pytest.approx(frequency, abs=1e-3)


@pytest.mark.parametrize("decay", [0.1, 0.5, 2.0])
def test_a_mode_falls_by_sixty_decibels_in_its_time(decay: float) -> None:
    wave = waves.modes([1000], [1.0], [decay], decay * 0.6, RATE)
    early = level(wave[: RATE // 100])
    late = level(wave[round(decay * 0.5 * RATE) : round(decay * 0.5 * RATE) + RATE // 100])
    assert 20 * np.log10(early / late) == pytest.approx(30, abs=1.5)


@pytest.mark.parametrize("frequency", [5, 20_000, 40_000])
def test_what_cannot_be_heard_or_told_apart_is_left_out(frequency: float) -> None:
    assert not waves.modes([frequency], [1.0], [1.0], 0.1, RATE).any()


def test_modes_add_up_and_have_the_length_asked_for() -> None:
    one, other = (waves.modes([hertz], [0.5], [1], 0.2501, RATE) for hertz in (300, 500))
    both = waves.modes([300, 500], [0.5, 0.5], [1, 1], 0.2501, RATE)
    assert len(both) == round(0.2501 * RATE)
    assert both == pytest.approx(one + other, abs=1e-4)
    with pytest.raises(ValueError, match="zip"):
        waves.modes([300, 500], [1.0], [1, 1], 0.1, RATE)


def test_harmonics_are_multiples_of_their_phase() -> None:
    phase = 2 * np.pi * 200 * np.arange(RATE // 4) / RATE
    wave = waves.harmonics(phase, [0.0, 0.0, 1.0])
    assert loudest(wave) == pytest.approx(600, abs=5)
    growing = waves.harmonics(phase, [np.linspace(0, 1, len(phase), dtype=np.float32)])
    assert level(growing[-1000:]) > 5 * level(growing[:1000])


def test_vibrato_waits_and_keeps_its_pitch() -> None:
    phase = waves.glide(440, 1.0, RATE, vibrato=30, speed=5, delay=0.3)
    frequency = np.diff(phase) * RATE / (2 * np.pi)
    calm, shaken = frequency[RATE // 5 : RATE // 4], frequency[RATE * 7 // 10 : RATE * 9 // 10]  # one turn
    assert np.ptp(calm) < 1
    assert shaken.max() == pytest.approx(440 * 2 ** (30 / 1200), rel=1e-3)
    assert shaken.mean() == pytest.approx(440, rel=3e-3)


@given(st.floats(0.01, 2), st.floats(0, 0.5), st.floats(0, 0.5), st.floats(0, 1))
def test_an_envelope_stays_between_nothing_and_all(seconds: float, attack: float, release: float, dip: float) -> None:
    envelope = waves.swell(seconds, 8000, attack=attack, release=release, dip=dip)
    assert len(envelope) == round(seconds * 8000)
    assert envelope[0] == 0
    assert 0 <= envelope.min() <= envelope.max() <= 1
    assert envelope[-1] < 0.2


def test_an_envelope_reaches_its_height_and_sinks_while_it_is_held() -> None:
    envelope = waves.swell(2, 1000, attack=0.1, release=0.1, dip=0.4)
    assert envelope[100] == pytest.approx(1, abs=0.01)
    assert envelope[1800] == pytest.approx(0.6, abs=0.01)
    assert waves.fading(1, 1000, 0.5)[500] == pytest.approx(1e-3, rel=0.02)


@pytest.mark.parametrize(("low", "high"), [(200, 800), (1000, 4000), (6000, 12_000)])
def test_noise_keeps_to_its_band_at_unit_strength(low: float, high: float) -> None:
    wave = waves.noise(1, RATE, np.random.default_rng(1), low, high)
    assert level(wave) == pytest.approx(1, abs=1e-3)
    power = np.abs(np.fft.rfft(wave)) ** 2
    at = np.fft.rfftfreq(len(wave), 1 / RATE)
    assert power[(at > low / 2) & (at < high * 2)].sum() / power.sum() > 0.9


def test_pink_noise_is_darker_than_white() -> None:
    def middle(slope: float) -> float:
        power = np.abs(np.fft.rfft(waves.noise(1, RATE, np.random.default_rng(1), 50, 15_000, slope))) ** 2
        return float(np.cumsum(power).searchsorted(power.sum() / 2))

    assert middle(-3) < middle(0) / 2


def test_the_edges_of_a_band_are_three_decibels_down() -> None:
    gains = waves.band(np.array([100.0, 1000.0, 10_000.0]), 100, 10_000)
    assert gains == pytest.approx([2**-0.5, 1, 2**-0.5], abs=1e-3)
    assert waves.band(np.array([0.0]), 100, 10_000)[0] == pytest.approx(0, abs=1e-6)
