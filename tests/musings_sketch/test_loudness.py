"""Loudness after EBU R 128: known signals at known levels, whatever the blocks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from musings_sketch.limiter import Block
from musings_sketch.loudness import integrated

RATE = 48_000


def tone(decibels: float, channels: int = 2, seconds: float = 2.0, rate: int = RATE) -> Block:
    """A sine of 997 Hz with its peak at so many dBFS."""
    wave = 10 ** (decibels / 20) * np.sin(2 * np.pi * 997 * np.arange(round(seconds * rate)) / rate)
    return np.repeat(wave[:, None], channels, axis=1).astype(np.float32)


@pytest.mark.parametrize("decibels", [-6.0, -23.0, -40.0])
def test_a_sine_in_both_channels_is_as_loud_as_its_peak_says(decibels: float) -> None:
    """EBU Tech 3341, test signals 1 and 2: a stereo sine of 1 kHz at -23 dBFS is -23 LUFS."""
    assert integrated([tone(decibels)], RATE, 2) == pytest.approx(decibels, abs=0.1)


def test_one_channel_is_three_decibels_less() -> None:
    assert integrated([tone(-20, 1)], RATE, 1) == pytest.approx(-23, abs=0.1)


@pytest.mark.parametrize("rate", [22_050, 44_100, 96_000])
def test_the_rate_does_not_matter(rate: int) -> None:
    assert integrated([tone(-20, rate=rate)], rate, 2) == pytest.approx(-20, abs=0.2)


@limits(max_examples=15)
@given(st.lists(st.integers(1, 95_999), max_size=6))
def test_the_blocks_do_not_matter(cuts: list[int]) -> None:
    blocks = np.split(tone(-18), sorted(cuts))
    assert integrated(blocks, RATE, 2) == integrated([tone(-18)], RATE, 2)


def test_quiet_stretches_are_gated() -> None:
    silence = np.zeros((RATE * 4, 2), np.float32)
    assert integrated([tone(-20), silence], RATE, 2) == pytest.approx(-20, abs=0.6)


@pytest.mark.parametrize("blocks", [[], [np.zeros((RATE, 2), np.float32)], [tone(-10, seconds=0.39)], [tone(-90)]])
def test_what_has_no_loudness(blocks: list[Block]) -> None:
    assert integrated(blocks, RATE, 2) is None


def test_more_channels_than_there_are_names_for() -> None:
    assert integrated([tone(-20, 9)], RATE, 9) is None
    assert integrated([tone(-20, 8)], RATE, 8) is not None
