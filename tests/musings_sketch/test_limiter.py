"""The limiter that speech and music share."""

import numpy as np
import pytest

from musings_sketch.limiter import CEILING, limited

RATE = 44_100


def test_the_limiter_holds_peaks_and_leaves_the_rest_alone() -> None:
    time = np.arange(RATE) / RATE
    quiet = np.stack([0.3 * np.sin(2 * np.pi * 220 * time)] * 2, axis=1).astype(np.float32)
    assert limited(quiet, RATE) is quiet
    burst = quiet.copy()
    burst[20_000:20_400] *= 6
    held = limited(burst, RATE)
    assert np.abs(held).max() <= CEILING + 1e-6
    assert np.array_equal(held[:15_000], burst[:15_000])
    gain = held[19_000:21_400, 0] / np.where(burst[19_000:21_400, 0] == 0, 1, burst[19_000:21_400, 0])
    assert np.abs(np.diff(gain[np.abs(burst[19_000:21_400, 0]) > 0.05])).max() < 0.05


@pytest.mark.parametrize("length", [1, 5, 300])
def test_the_limiter_takes_short_sounds(length: int) -> None:
    assert np.abs(limited(np.full((length, 1), 2.0, np.float32), RATE)).max() <= CEILING + 1e-6
