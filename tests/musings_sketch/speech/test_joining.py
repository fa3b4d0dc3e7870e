"""Spoken pieces, levelled and joined without a click."""

from pathlib import Path

import numpy as np
import pytest

from musings_sketch import loudness
from musings_sketch.limiter import CEILING
from musings_sketch.speech.joining import TARGET_LUFS, RawSpeech

RATE = 22_050


def tone(seconds: float, level: float = 0.3) -> np.ndarray:
    wave = level * np.sin(2 * np.pi * 300 * np.arange(round(seconds * RATE)) / RATE)
    return np.asarray(wave * 32767, np.int16)


def silent(seconds: float) -> np.ndarray:
    return np.zeros(round(seconds * RATE), np.int16)


def raw(folder: Path, *pieces: np.ndarray, pauses: tuple[float, ...] | None = None) -> RawSpeech:
    path = folder / "samples.raw"
    path.write_bytes(b"".join(piece.tobytes() for piece in pieces))
    ends = tuple(np.cumsum([len(piece) for piece in pieces]).tolist())
    return RawSpeech(path, RATE, ends, pauses or (0.5,) * len(pieces))


def joined(speech: RawSpeech, gain: float = 1.0) -> np.ndarray:
    return np.concatenate(list(speech.joined(gain, lambda: None)))[:, 0]


@pytest.mark.parametrize("level", [0.02, 0.3, 0.9])
def test_loud_or_soft_it_comes_out_as_loud(level: float, tmp_path: Path) -> None:
    speech = raw(tmp_path, tone(1.0, level), tone(1.0, level))
    gain = speech.gain(lambda: None)
    assert gain is not None
    whole = joined(speech, gain)
    assert loudness.integrated([whole[:, None]], RATE, 1) == pytest.approx(TARGET_LUFS, abs=1.0)
    assert np.abs(whole).max() <= CEILING + 1e-6


def test_silence_around_a_piece_is_taken_away_and_its_pause_put_in(tmp_path: Path) -> None:
    padded = np.concatenate([silent(1), tone(0.5), silent(1)])
    speech = raw(tmp_path, padded, padded, pauses=(0.7, 9.0))
    whole = joined(speech)
    assert len(whole) / RATE == pytest.approx(0.15 + 0.5 + 0.7 + 0.5 + 0.15, abs=0.06)


def test_seams_do_not_click_and_no_hum_is_left(tmp_path: Path) -> None:
    lifted = (tone(0.4).astype(np.int32) + 3000).astype(np.int16)
    whole = joined(raw(tmp_path, lifted, lifted))
    assert np.abs(np.diff(whole)).max() < 0.06
    assert abs(whole.mean()) < 1e-3


@pytest.mark.parametrize("pieces", [[silent(1)], [silent(0), silent(0)], [np.full(9000, 40, np.int16)]])
def test_what_cannot_be_heard_is_nothing(pieces: list[np.ndarray], tmp_path: Path) -> None:
    assert raw(tmp_path, *pieces).gain(lambda: None) is None


def test_a_piece_without_a_sound_leaves_no_pause(tmp_path: Path) -> None:
    with_gap = joined(raw(tmp_path, tone(0.3), silent(0.5), tone(0.3)))
    without = joined(raw(tmp_path, tone(0.3), tone(0.3)))
    assert len(with_gap) == len(without)


def test_progress_and_check_come_with_each_piece(tmp_path: Path) -> None:
    told: list[float] = []
    calls: list[None] = []
    list(raw(tmp_path, *[tone(0.1)] * 4).joined(1.0, lambda: calls.append(None), told.append))
    assert told == [0.25, 0.5, 0.75, 1.0]
    assert len(calls) == 4


def test_a_very_short_word_is_not_lost(tmp_path: Path) -> None:
    speech = raw(tmp_path, tone(0.02))
    assert speech.gain(lambda: None) is not None
    assert np.abs(joined(speech)).max() > 0.1
