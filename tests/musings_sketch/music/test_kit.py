"""Drums and weather: strokes that begin at once, and beds that last."""

import numpy as np
import pytest

from musings_sketch.music.brief import _TEXTURES
from musings_sketch.music.kit import PIECES, texture
from tests.musings_sketch.music.hearing import brightness

RATE = 22_050


def dice(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("name", PIECES)
def test_a_stroke_comes_at_once_and_goes_away(name: str) -> None:
    piece, level, pan = PIECES[name]
    wave = piece(dice(), RATE)
    assert wave.dtype == np.float32
    assert np.isfinite(wave).all()
    assert np.abs(wave).argmax() < 0.06 * RATE
    assert np.abs(wave[-RATE // 200 :]).max() < 0.1 * np.abs(wave).max()
    assert 0 < level <= 1.2
    assert -1 <= pan <= 1


@pytest.mark.parametrize("name", PIECES)
def test_two_strokes_differ_only_by_chance(name: str) -> None:
    piece = PIECES[name][0]
    assert np.array_equal(piece(dice(1), RATE), piece(dice(1), RATE))
    assert name in ("chip kick",) or not np.array_equal(piece(dice(1), RATE), piece(dice(2), RATE))


def test_deep_drums_are_deeper_than_cymbals() -> None:
    found = {name: brightness(piece(dice(), RATE), RATE) for name, (piece, _, _) in PIECES.items()}
    deep = max(found[name] for name in ("kick", "soft kick", "bass drum", "taiko"))
    high = min(found[name] for name in ("hat", "open hat", "pedal hat", "shaker", "tambourine", "crash"))
    assert deep * 5 < high
    assert deep < found["snare"] < high


def test_an_open_hat_lasts_longer_than_a_closed_one() -> None:
    assert len(PIECES["open hat"][0](dice(), RATE)) > 3 * len(PIECES["hat"][0](dice(), RATE))


@pytest.mark.parametrize("name", _TEXTURES)
@pytest.mark.parametrize("seconds", [0.5, 3.0])
def test_weather_lasts_as_long_as_asked_on_both_sides(name: str, seconds: float) -> None:
    bed = texture(name, seconds, dice(), RATE)
    assert bed.shape == (round(seconds * RATE), 2)
    assert np.isfinite(bed).all()
    assert bed.std() > 0.01
    assert abs(np.corrcoef(bed[:, 0], bed[:, 1])[0, 1]) < 0.9


def test_unknown_weather_is_no_texture() -> None:
    with pytest.raises(KeyError):
        texture("hail", 1, dice(), RATE)
