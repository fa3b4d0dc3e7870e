"""The picture of a sound: bars at their place, as high as they are loud."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from musings.media.waveform import write_waveform


def drawn(peaks: list[float], tmp_path: Path, width: int = 320, height: int = 80) -> np.ndarray:
    """The opacity of each pixel, 0..255."""
    write_waveform(peaks, tmp_path / "a.webp", width, height)
    with Image.open(tmp_path / "a.webp") as picture:
        assert picture.size == (width, height)
        return np.asarray(picture.convert("RGBA"))[..., 3]


def heights(alpha: np.ndarray) -> np.ndarray:
    """How many pixels of each column are drawn."""
    found: np.ndarray = (alpha > 127).sum(axis=0)
    return found


def test_a_single_peak_stands_at_its_place(tmp_path: Path) -> None:
    columns = heights(drawn([0.05] * 99 + [1.0] + [0.05] * 100, tmp_path))
    tallest = np.flatnonzero(columns == columns.max())
    assert 150 <= tallest.min() <= tallest.max() <= 170
    assert columns.max() > 70


def test_louder_is_higher_and_quiet_sounds_have_a_shape_too(tmp_path: Path) -> None:
    loud = heights(drawn([0.2, 0.4, 0.6, 0.8], tmp_path))
    soft = heights(drawn([0.002, 0.004, 0.006, 0.008], tmp_path))
    assert np.array_equal(loud, soft)
    quarters = [loud[at : at + 80].max() for at in range(0, 320, 80)]
    assert quarters == sorted(set(quarters))


def test_more_peaks_than_bars_keep_the_largest(tmp_path: Path) -> None:
    peaks = [0.1] * 4000
    peaks[3999] = 1.0
    assert heights(drawn(peaks, tmp_path))[-8:].max() > 70


def test_silence_is_a_row_of_dots(tmp_path: Path) -> None:
    columns = heights(drawn([0.0] * 50, tmp_path))
    assert 0 < columns.max() <= 6
    assert (columns == 0).sum() > 80


def test_bars_are_the_same_above_and_below(tmp_path: Path) -> None:
    alpha = drawn([0.3, 0.9, 0.5], tmp_path).astype(int)
    assert np.abs(alpha - alpha[::-1]).max() < 40


@pytest.mark.parametrize(("width", "height"), [(1, 1), (7, 300), (1024, 2)])
def test_any_size_can_be_asked_for(width: int, height: int, tmp_path: Path) -> None:
    assert drawn([0.5, 1.0], tmp_path, width, height).shape == (height, width)
