"""A file that somebody sends is judged by what it holds."""

from pathlib import Path

import pytest
from PIL import Image

from musings.errors import InvalidInputError
from musings.files.media_root import MediaRoot
from musings.requests.uploads import examine, take
from musings.store.database import Database
from musings.store.gallery import uploads
from tests.musings.media.drawn import slope
from tests.musings.media.recorded import film, sound


@pytest.mark.parametrize(
    ("form", "content_type", "suffix"),
    [
        ("PNG", "image/png", ".png"),
        ("JPEG", "image/jpeg", ".jpg"),
        ("WEBP", "image/webp", ".webp"),
        ("GIF", "image/gif", ".gif"),
        ("BMP", "image/bmp", ".bmp"),
        ("TIFF", "image/tiff", ".tiff"),
        ("AVIF", "image/avif", ".avif"),
    ],
)
def test_pictures(form: str, content_type: str, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / "a.exe"
    slope(20, 10).save(path, form)
    assert examine(path) == (content_type, suffix, {"width": 20, "height": 10})


@pytest.mark.parametrize(
    ("suffix", "content_type"),
    [
        (".flac", "audio/flac"),
        (".wav", "audio/wav"),
        (".mp3", "audio/mpeg"),
        (".ogg", "audio/ogg"),
        (".m4a", "audio/mp4"),
    ],
)
def test_sounds(suffix: str, content_type: str, tmp_path: Path) -> None:
    sound(tmp_path / f"a{suffix}")
    found_type, found_suffix, facts = examine((tmp_path / f"a{suffix}").rename(tmp_path / "x"))
    assert (found_type, found_suffix) == (content_type, suffix)
    assert facts["duration"] == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize(
    ("suffix", "content_type"),
    [(".mp4", "video/mp4"), (".mov", "video/quicktime"), (".webm", "video/webm"), (".avi", "video/x-msvideo")],
)
def test_films(suffix: str, content_type: str, tmp_path: Path) -> None:
    film(tmp_path / f"a{suffix}")
    found_type, found_suffix, facts = examine(tmp_path / f"a{suffix}")
    assert (found_type, found_suffix) == (content_type, suffix)
    assert (facts["width"], facts["height"]) == (64, 48)


@pytest.mark.parametrize(
    "content", [b"", b"words", b"%PDF-1.7\0", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"MZ\0\0"]
)
def test_anything_else_is_refused_with_what_is_known(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(InvalidInputError) as caught:
        examine(tmp_path / "a.png")
    [fault] = caught.value.faults
    assert fault.where == "file"
    assert "PNG, JPEG" in fault.message


def test_a_damaged_file_is_refused_without_our_name_for_it(tmp_path: Path) -> None:
    path = tmp_path / "received-4711"
    slope(200, 100).save(path, "PNG")
    path.write_bytes(path.read_bytes()[:300])
    with pytest.raises(InvalidInputError) as caught:
        examine(path)
    assert caught.value.faults[0].message.startswith("cannot be taken: ")
    assert "4711" not in str(caught.value)


def test_what_was_taken_is_kept_under_its_sum(database: Database, media_root: MediaRoot) -> None:
    received = media_root.receiving()
    Image.new("RGB", (4, 3)).save(received, "PNG")
    size = received.stat().st_size
    made = take(database, media_root, received)
    assert (made.content_type, made.bytes, dict(made.facts)) == ("image/png", size, {"width": 4, "height": 3})
    assert media_root.find(made.file_path).stat().st_size == size
    assert database.reading(uploads.get, made.sha256) == made
    assert not received.exists()


def test_what_was_refused_is_not_kept(database: Database, media_root: MediaRoot) -> None:
    received = media_root.receiving()
    received.write_text("words")
    with pytest.raises(InvalidInputError):
        take(database, media_root, received)
    assert database.reading(uploads.everything) == []
