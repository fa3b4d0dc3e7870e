"""Samples into files: every sample once, in 16 bits, whatever the blocks were."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from musings.media.decoding import blocks
from musings.media.encoding import FRAMES, write_blocks
from musings.media.sounds import read_sound, read_tags


def ramp(frames: int, channels: int = 1) -> np.ndarray:
    return np.repeat(np.linspace(-0.9, 0.9, frames, dtype=np.float32)[:, None], channels, axis=1)


@limits(max_examples=25)
@given(st.lists(st.integers(0, 3 * FRAMES), min_size=1, max_size=6), st.sampled_from([".flac", ".wav"]))
def test_no_sample_is_lost_between_blocks(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], suffix: str
) -> None:
    path = tmp_path_factory.mktemp("made") / f"a{suffix}"
    whole = ramp(max(1, sum(sizes)), 2)
    parts = np.split(whole, np.cumsum(sizes)[:-1])
    assert write_blocks(parts, 8000, 2, path, {}) == len(whole)
    back = np.concatenate(list(blocks(path)))
    assert back.shape == whole.shape
    assert np.abs(back - whole).max() < 3 / 32768


@pytest.mark.parametrize("suffix", [".FLAC", ".wav"])
def test_the_suffix_says_the_format(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a{suffix}"
    write_blocks([ramp(9000)], 22_050, 1, path, {})
    facts = read_sound(path)
    assert (facts.codec, facts.sample_rate, facts.channels) == (
        {".FLAC": "flac", ".wav": "pcm_s16le"}[suffix],
        22_050,
        1,
    )


def test_what_is_beyond_full_scale_is_clipped_and_does_not_wrap(tmp_path: Path) -> None:
    write_blocks([np.array([[4.0], [-4.0]] * 500, np.float32)], 8000, 1, tmp_path / "a.wav", {})
    back = np.concatenate(list(blocks(tmp_path / "a.wav")))[:, 0]
    assert back[::2].min() > 0.99
    assert back[1::2].max() < -0.99


def test_silence_is_dithered_within_a_step(tmp_path: Path) -> None:
    write_blocks([np.zeros((20_000, 1), np.float32)], 8000, 1, tmp_path / "a.wav", {})
    back = np.concatenate(list(blocks(tmp_path / "a.wav")))
    assert 0 < np.abs(back).max() <= 1.01 / 32768
    assert abs(back.mean()) < 0.02 / 32768


def test_tags_of_a_flac_are_kept_and_mended(tmp_path: Path) -> None:
    tags = {"prompt": "ä\n\0b", "bad=name": "x", "": "nobody"}
    write_blocks([ramp(100)], 8000, 1, tmp_path / "a.flac", tags)
    assert read_tags(tmp_path / "a.flac") == {"prompt": "ä\nb", "bad_name": "x"}
