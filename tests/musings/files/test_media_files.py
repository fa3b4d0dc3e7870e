"""The files of a manifest: which there are, and copies that are what they say."""

import os
from pathlib import Path

import pytest

from musings.errors import CorruptError, PathError
from musings.files import media_files
from musings.files.media_files import MediaFile

ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_walk_meets_every_plain_file_in_order(tmp_path: Path) -> None:
    for name in ("image/2/b.png", "image/1/a.png", ".attempts/1-1/x", "image/1/.hidden", "music/1/a.flac"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "link").symlink_to(tmp_path / "image/1/a.png")
    assert [name for name, _ in media_files.walk(tmp_path)] == ["image/1/a.png", "image/2/b.png", "music/1/a.flac"]
    assert list(media_files.walk(tmp_path / "none")) == []


def test_a_copy_has_the_bytes_and_the_time(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"abc")
    os.utime(source, (1_000, 2_000))
    made = media_files.copied("a/b", source, tmp_path / "copy" / "b")
    assert made == MediaFile("a/b", 3, ABC) == media_files.described("a/b", source)
    assert (tmp_path / "copy" / "b").read_bytes() == b"abc"
    assert (tmp_path / "copy" / "b").stat().st_mtime == 2_000


@pytest.mark.parametrize("path", ["../a", "/a", ".hidden/a", "a//b", "a\\b", ""])
def test_a_manifest_names_nothing_outside(tmp_path: Path, path: str) -> None:
    with pytest.raises(PathError):
        media_files.place(tmp_path, path)


def test_another_file_is_not_the_one_that_was_backed_up(tmp_path: Path) -> None:
    media_files.require_same(MediaFile("a", 3, ABC), MediaFile("b", 3, ABC), tmp_path)
    with pytest.raises(CorruptError, match="its sum differs"):
        media_files.require_same(MediaFile("a", 3, ABC), MediaFile("a", 4, ABC), tmp_path)
