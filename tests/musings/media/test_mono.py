"""A sound as one channel at the rate that was asked for."""

from pathlib import Path

import numpy as np
import pytest

from musings.errors import AttemptError
from musings.media.encoding import write_blocks
from musings.media.mono import mono, rate_of
from tests.musings.media.recorded import sound


def whole(path: Path, rate: int) -> np.ndarray:
    return np.concatenate(list(mono(path, rate)))


@pytest.mark.parametrize("rate", [8000, 16_000, 48_000])
def test_pitch_and_length_are_kept_at_any_rate(rate: int, tmp_path: Path) -> None:
    sound(tmp_path / "a.wav", rate=44_100, channels=2)
    found = whole(tmp_path / "a.wav", rate)
    assert found.dtype == np.int16
    assert len(found) == pytest.approx(rate / 2, abs=rate / 100)
    assert np.abs(np.fft.rfft(found)).argmax() * rate / len(found) == pytest.approx(440, abs=5)


def test_channels_are_mixed_and_not_dropped(tmp_path: Path) -> None:
    left = np.stack([np.full(8000, 0.5), np.zeros(8000)], axis=1).astype(np.float32)
    write_blocks([left], 8000, 2, tmp_path / "a.wav", {})
    assert abs(float(whole(tmp_path / "a.wav", 8000)[100:-100].mean())) == pytest.approx(0.25 * 32768, rel=0.45)
    write_blocks([left[:, ::-1]], 8000, 2, tmp_path / "b.wav", {})
    assert whole(tmp_path / "b.wav", 8000) == pytest.approx(whole(tmp_path / "a.wav", 8000), abs=3)


def test_the_rate_of_a_file(tmp_path: Path) -> None:
    sound(tmp_path / "a.flac", rate=22_050)
    assert rate_of(tmp_path / "a.flac") == 22_050


def test_half_a_file_is_refused_before_its_first_sample(tmp_path: Path) -> None:
    sound(tmp_path / "a.wav")
    (tmp_path / "a.wav").write_bytes((tmp_path / "a.wav").read_bytes()[:4000])
    with pytest.raises(AttemptError, match="cut off"):
        next(mono(tmp_path / "a.wav", 8000))


@pytest.mark.parametrize("content", [b"", b"words"])
def test_what_is_no_sound(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(content)
    with pytest.raises(AttemptError):
        whole(tmp_path / "a.wav", 8000)
    with pytest.raises(AttemptError):
        rate_of(tmp_path / "a.wav")
