"""Other formats come from the decoding child, a sound while it is being encoded."""

import io
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image

from musings.errors import AttemptError
from musings.media import converted
from musings.media.sounds import read_sound, write_flac
from tests.musings.media.drawn import slope


@pytest.fixture
def long(tmp_path: Path) -> Path:
    """A minute."""
    write_flac(np.zeros((60 * 8_000, 1), np.float32), 8_000, tmp_path / "a.flac")
    return tmp_path / "a.flac"


def test_a_picture(tmp_path: Path) -> None:
    slope(40, 30).save(tmp_path / "a.png")
    with Image.open(io.BytesIO(converted.picture(tmp_path / "a.png", "jpeg", 70))) as found:
        assert (found.format, found.size) == ("JPEG", (40, 30))
    (tmp_path / "words.png").write_text("words")
    with pytest.raises(AttemptError, match=r"words\.png cannot be read as a picture"):
        converted.picture(tmp_path / "words.png", "jpeg")


@pytest.mark.parametrize("name", ["mp3", "wav"])
def test_a_sound_is_whole(long: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / f"b.{name}").write_bytes(b"".join(converted.sound(long, name)))
    assert read_sound(tmp_path / f"b.{name}").duration == pytest.approx(60, abs=1)


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.flac").write_text("words")
    with pytest.raises(AttemptError, match=r"a\.flac cannot be read"):
        list(converted.sound(tmp_path / "a.flac", "mp3"))


def test_whoever_stops_early_ends_the_encoding(long: Path) -> None:
    pieces = converted.sound(long, "mp3")
    assert next(pieces)
    at_work = {each.pid for each in psutil.Process().children()}
    pieces.close()  # type: ignore[attr-defined]  # a generator
    assert len(at_work - {each.pid for each in psutil.Process().children()}) == 1


def test_a_picture_takes_the_transparency_of_another(tmp_path: Path) -> None:
    Image.new("RGB", (8, 6), (1, 2, 3)).save(tmp_path / "a.png")
    Image.new("RGBA", (4, 3), (9, 9, 9, 77)).save(tmp_path / "mask.png")
    with Image.open(io.BytesIO(converted.masked(tmp_path / "a.png", tmp_path / "mask.png"))) as found:
        assert (found.size, found.getpixel((7, 5))) == ((8, 6), (1, 2, 3, 77))
    (tmp_path / "words.png").write_text("words")
    with pytest.raises(AttemptError, match="cannot be masked"):
        converted.masked(tmp_path / "a.png", tmp_path / "words.png")
