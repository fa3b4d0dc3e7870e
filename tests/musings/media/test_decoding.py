"""Sound files as a stream of samples, and what breaks them."""

from pathlib import Path

import numpy as np
import pytest

from musings.errors import AttemptError
from musings.media.decoding import blocks, cut_off, opened
from musings.media.videos import read_video
from tests.musings.media.recorded import film, sound


@pytest.mark.parametrize("suffix", [".flac", ".wav", ".mp3", ".ogg", ".m4a"])
def test_blocks_add_up_to_the_file(suffix: str, tmp_path: Path) -> None:
    sound(tmp_path / f"a{suffix}", channels=2)
    whole = np.concatenate(list(blocks(tmp_path / f"a{suffix}")))
    assert whole.shape[1] == 2
    assert len(whole) == pytest.approx(24_000, abs=2500)
    assert np.abs(whole).max() == pytest.approx(0.5, abs=0.05)


def test_the_sound_of_a_file_is_its_first_stream(tmp_path: Path) -> None:
    sound(tmp_path / "a.flac", rate=22_050)
    with opened(tmp_path / "a.flac") as (_, stream):
        assert (stream.rate, stream.channels) == (22_050, 1)


def test_a_film_without_sound_holds_none(tmp_path: Path) -> None:
    film(tmp_path / "a.mp4")
    with pytest.raises(AttemptError, match=r"a\.mp4 holds no sound"):
        list(blocks(tmp_path / "a.mp4"))


@pytest.mark.parametrize(
    "content", [b"", b"no sound", b"fLaC\0\0\0\0", b"RIFF\xff\xff\xff\xffWAVE", b"OggS" + bytes(40)]
)
def test_what_cannot_be_read_is_named_with_a_reason(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.flac").write_bytes(content)
    with pytest.raises(AttemptError, match=r"a\.flac") as caught:
        list(blocks(tmp_path / "a.flac"))
    assert caught.value.hint


@pytest.mark.parametrize("suffix", [".wav", ".ogg"])
def test_a_file_that_ends_before_it_says_is_cut_off(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a{suffix}"
    sound(path)
    whole = path.read_bytes()
    assert not cut_off(path)
    for length in (len(whole) * 3 // 4, len(whole) - 300, 12):
        path.write_bytes(whole[:length])
        assert cut_off(path), length


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF])
def test_a_size_that_was_never_filled_in_tells_nothing(size: int, tmp_path: Path) -> None:
    sound(tmp_path / "a.wav")
    whole = bytearray((tmp_path / "a.wav").read_bytes())
    whole[4:8] = size.to_bytes(4, "little")
    (tmp_path / "a.wav").write_bytes(whole)
    assert not cut_off(tmp_path / "a.wav")


def test_formats_that_do_not_tell_are_not_judged(tmp_path: Path) -> None:
    sound(tmp_path / "a.flac")
    (tmp_path / "a.flac").write_bytes((tmp_path / "a.flac").read_bytes()[:100])
    assert not cut_off(tmp_path / "a.flac")


def test_a_list_of_other_files_is_no_sound_and_no_film(tmp_path: Path) -> None:
    """FFmpeg would open what it names, wherever that is on this machine."""
    sound(tmp_path / "other.mp3", seconds=1.0)
    listed = f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{tmp_path / 'other.mp3'}\n#EXT-X-ENDLIST\n"
    (tmp_path / "a.m3u8").write_text(listed)
    with pytest.raises(AttemptError, match=r"a\.m3u8 cannot be read"):
        list(blocks(tmp_path / "a.m3u8"))
    with pytest.raises(AttemptError, match=r"a\.m3u8 cannot be read"):
        read_video(tmp_path / "a.m3u8")
