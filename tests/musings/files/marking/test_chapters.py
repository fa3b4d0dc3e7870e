"""Chapters in the files of sounds, as FFmpeg and exiftool find them."""

import io
from pathlib import Path

import av
import pytest

from musings.files.marking import marking
from musings.files.marking.chapters import MOST, FileChapter, bodies, comments, in_order
from musings.files.marking.xmp import Mark, SourceType
from tests.musings.files.marking.samples import exiftool, perceived, sample, told_type

MARK = Mark(SourceType.TRAINED)
SOUNDS = ("mp3", "aac", "flac", "opus", "ogg")
TITLES = ("Once upon a time", "Ein Fuchs — 狐 🦊", "The end")
FOUND = in_order([(0.0, TITLES[0]), (0.25, TITLES[1]), (0.7305, TITLES[2])], 1.0)


def told(content: bytes) -> list[tuple[int, str]]:
    """Where each chapter begins (ms), and its title, as FFmpeg reads them."""
    with av.open(io.BytesIO(content)) as container:
        return [
            (round(each["start"] * (each["time_base"] or 0) * 1000), each["metadata"]["title"])
            for each in container.chapters()
        ]


@pytest.mark.parametrize("mark", [MARK, None], ids=["marked", "not marked"])
@pytest.mark.parametrize("words", ["", "words " * 2_000])
@pytest.mark.parametrize("name", SOUNDS)
def test_another_program_finds_them(name: str, words: str, mark: Mark | None, tmp_path: Path) -> None:
    before = sample(name, words)
    path = tmp_path / name
    path.write_bytes(before)
    found = marking.revision(path, mark=mark, chapters=FOUND)
    with path.open("rb") as file:
        left = b"".join(found.pieces(file, 0, found.length - 1))
    assert told(left) == list(zip((0, 250, 730), TITLES, strict=True))
    assert told_type(left, name) == (mark.source.address if mark else None)
    assert perceived(left, name) == perceived(before, name)
    path.write_bytes(left)
    assert not marking.revision(path, mark=mark, chapters=FOUND).is_change
    assert path.read_bytes() == left


@pytest.mark.parametrize("name", SOUNDS)
def test_the_words_go_and_the_chapters_come(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(sample(name, "what nobody else is to read " * 40))
    found = marking.revision(path, without_texts=True, mark=MARK, chapters=FOUND)
    with path.open("rb") as file:
        left = b"".join(found.pieces(file, 0, found.length - 1))
    assert b"nobody else" not in left
    assert [title for _, title in told(left)] == list(TITLES)
    assert told_type(left, name) == SourceType.TRAINED.address


@pytest.mark.parametrize("version", [3, 4])
def test_a_tag_of_each_version_takes_them(version: int, tmp_path: Path) -> None:
    bare = sample("mp3")
    tagged = b"ID3" + bytes([version, 0, 0, 0, 0, 0, 20]) + b"TIT2\0\0\0\x02\0\0\0a" + bytes(8)
    before = tagged + bare[bare.index(b"\xff\xfb") :]
    path = tmp_path / "a.mp3"
    path.write_bytes(before)
    found = marking.revision(path, chapters=FOUND)
    with path.open("rb") as file:
        left = b"".join(found.pieces(file, 0, found.length - 1))
    assert [title for _, title in told(left)] == list(TITLES)
    path.write_bytes(left)
    read = exiftool(path)
    if read is None:
        pytest.skip("exiftool is not installed")
    assert read["ID3:Title"] == "a"


def test_they_are_in_order_and_each_ends_where_the_next_begins() -> None:
    assert in_order([(40.5, "Two"), (0.0, "One")], 61) == (FileChapter(0.0, 40.5, "One"), FileChapter(40.5, 61, "Two"))
    # Where the length is not known, or is less than what begins in it, the last has none.
    assert (
        in_order([(0, "One"), (9, "Two")], None)[1]
        == in_order([(0, "One"), (9, "Two")], 5)[1]
        == FileChapter(9, 9, "Two")
    )
    assert in_order([], 5) == ()
    assert len(in_order([(float(each), "x") for each in range(MOST + 50)], None)) == MOST


def test_times_are_written_as_the_format_wants_them() -> None:
    assert comments([FileChapter(3_723.5, 3_724, "Late")]) == [b"CHAPTER000=01:02:03.500", b"CHAPTER000NAME=Late"]
    [toc, (name, chapter)] = bodies([FileChapter(3_723.5, 1e12, "Late")], 4)
    assert (toc, name) == ((b"CTOC", b"toc\0\x03\x01chp0\0"), b"CHAP")
    assert chapter[5:13] == (3_723_500).to_bytes(4, "big") + b"\xff\xff\xff\xfe"
    assert (bodies([], 4), comments([])) == ([], [])


@pytest.mark.parametrize("name", ["png", "wav", "mp4"])
def test_what_has_no_place_for_them_is_left_as_it_is(name: str) -> None:
    assert marking.edits_for(sample(name), None, FOUND) == []
