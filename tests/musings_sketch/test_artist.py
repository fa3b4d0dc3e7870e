"""The engine as an artist, at sizes and lengths that are not its own."""

import numpy as np
import pytest

from musings_sketch import painting
from musings_sketch.artist import SketchArtist


@pytest.mark.parametrize("size", [(64, 96), (40, 30), (2056, 64)])
def test_a_picture_has_the_size_asked_for(size: tuple[int, int]) -> None:
    picture = SketchArtist().picture("a red fox at night", 7, *size)
    assert (picture.size, picture.mode) == (size, "RGB")
    assert len(picture.getcolors(1 << 22) or []) > 50


def test_at_its_own_size_it_is_the_engines_picture() -> None:
    assert SketchArtist().picture("a fox", 7, 64, 64).tobytes() == painting.paint("a fox", 7, 64, 64).tobytes()


def test_a_short_sound_is_cut_and_a_long_one_goes_on() -> None:
    artist, rate = SketchArtist(), 8000
    short = artist.sound("a slow waltz", 7, 1.5, rate)
    assert short.shape == (2, 12_000)
    assert short.dtype == np.float32
    assert np.abs(short[:, :8000]).max() > 0.01
    assert np.abs(short[:, -1]).max() == 0
    long = artist.sound("a slow waltz", 7, 61.0, rate)
    assert long.shape == (2, 61 * rate)
    assert np.array_equal(long[:, 60 * rate :], long[:, :rate])
    assert np.abs(long).max() <= 1
