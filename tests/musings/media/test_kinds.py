"""What a file is, by its content and never by its name."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from musings.media.encoding import write_blocks
from musings.media.kinds import HEAD_BYTES, SCENES, decodable, kind_of
from musings.models import ArtifactType
from tests.musings.media.drawn import slope
from tests.musings.media.recorded import film, sound

Write = Callable[[Path], None]


def picture(form: str) -> Write:
    return lambda path: slope(20, 10).save(path, form)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "AVIF"])
def test_pictures_whatever_they_are_called(form: str, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    picture(form)(path)
    assert kind_of(path) is ArtifactType.IMAGE
    decodable(path)


@pytest.mark.parametrize("suffix", [".flac", ".wav", ".mp3", ".ogg", ".m4a"])
def test_sounds(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a{suffix}"
    sound(path)
    assert kind_of(path) is ArtifactType.AUDIO
    decodable(path)


@pytest.mark.parametrize("suffix", [".mp4", ".webm", ".avi", ".mov"])
def test_films(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a{suffix}"
    film(path)
    assert kind_of(path) is ArtifactType.VIDEO
    decodable(path)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "a fox",
        "Über allen Gipfeln 🏔",
        "BMW is a make of cars",
        "ID3 tags are text",
        "RIFFs are played on a guitar",
        "\ufeffwith a mark",
        "é" * HEAD_BYTES,
        "a" + "é" * HEAD_BYTES,
        "🦊" * HEAD_BYTES,
    ],
)
def test_texts(words: str, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_text(words, encoding="utf-8")
    assert kind_of(path) is ArtifactType.TEXT


@pytest.mark.parametrize(
    "content", [b"\xff\xfe", b"a\0b", b"caf\xe9", b"PK\x03\x04\0\0", b"\xe9" * HEAD_BYTES, b"\x7fELF\0"]
)
def test_anything_else_is_something_else(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(content)
    assert kind_of(path) is ArtifactType.OTHER
    decodable(path)  # nothing is known of it, so nothing is wrong with it


@pytest.mark.parametrize("write", [picture("PNG"), picture("JPEG"), sound, film], ids=["png", "jpeg", "flac", "mp4"])
def test_what_is_cut_off_is_said_to_be(write: Write, tmp_path: Path) -> None:
    path = tmp_path / ("a.mp4" if write is film else "a.flac")
    write(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(ValueError, match=path.name):
        decodable(path)


def test_a_large_text_is_read_by_its_head_alone(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"a" * HEAD_BYTES + b"\0\xff")
    assert kind_of(path) is ArtifactType.TEXT


def test_silence_is_a_sound(tmp_path: Path) -> None:
    write_blocks([np.zeros((100, 1), np.float32)], 8000, 1, tmp_path / "a.wav", {})
    assert kind_of(tmp_path / "a.wav") is ArtifactType.AUDIO


def test_a_picture_of_many_frames_is_a_picture(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    frames[0].save(tmp_path / "a.webp", save_all=True, append_images=frames[1:])
    assert kind_of(tmp_path / "a.webp") is ArtifactType.IMAGE


@pytest.mark.parametrize("suffix", [*SCENES, ".OBJ"])
@pytest.mark.parametrize(
    "content", [b"v 0.1 0.2 0.3\nf 1 2 3\n", b"ply\nformat ascii 1.0\n", b"BM\xff\xfb\0\0", b"glTF\2\0\0\0"]
)
def test_3d_files_are_kept_as_they_are_whatever_they_begin_with(tmp_path: Path, suffix: str, content: bytes) -> None:
    path = tmp_path / f"scene{suffix}"
    path.write_bytes(content)
    assert kind_of(path) is ArtifactType.OTHER
    decodable(path)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.bin", b"\x89PNG\r\n\x1a\n", ArtifactType.IMAGE),
        ("a.bin", b"fLaC\0", ArtifactType.AUDIO),
        ("a.bin", b"a text", ArtifactType.TEXT),
        ("a.txt", b"\0\1", ArtifactType.OTHER),
    ],
)
def test_other_names_say_nothing(tmp_path: Path, name: str, content: bytes, kind: ArtifactType) -> None:
    (tmp_path / name).write_bytes(content)
    assert kind_of(tmp_path / name) is kind
