"""Every container: the mark is found by others, and what is shown and played stays as it was."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from musings.files.marking import marking
from musings.files.marking.xmp import Mark, SourceType
from tests.comfyui_workflows.carriers import CARRIERS
from tests.musings.files.marking.samples import FILMS, PICTURES, SOUNDS, exiftool, perceived, sample, told_type

MARK = Mark(SourceType.TRAINED)
SECRET = "what nobody else is to read " * 40
EVERY = [*PICTURES, *SOUNDS, *FILMS]


def leaving(path: Path, *, without_texts: bool = False) -> bytes:
    found = marking.revision(path, without_texts=without_texts, mark=MARK)
    with path.open("rb") as file:
        left = b"".join(found.pieces(file, 0, found.length - 1))
    assert len(left) == found.length
    return left


@pytest.mark.parametrize("words", ["", SECRET])
@pytest.mark.parametrize("name", EVERY)
def test_another_program_finds_the_mark(name: str, words: str, tmp_path: Path) -> None:
    content = sample(name, words)
    assert told_type(content, name) is None
    left = marking.marked(content, MARK)
    assert told_type(left, name) == SourceType.TRAINED.address
    assert perceived(left, name) == perceived(content, name)
    # A second time there is nothing to do.
    assert marking.marked(left, MARK) == left
    (tmp_path / name).write_bytes(content)
    assert leaving(tmp_path / name) == left


@pytest.mark.parametrize("name", EVERY)
def test_it_stays_where_the_texts_go(name: str, tmp_path: Path) -> None:
    """Also in a file that had the mark, beside the words, when it was written."""
    path = tmp_path / name
    for content in (sample(name, SECRET), marking.marked(sample(name, SECRET), Mark(SourceType.TRAINED, SECRET))):
        path.write_bytes(content)
        left = leaving(path, without_texts=True)
        assert told_type(left, name) == SourceType.TRAINED.address
        assert SECRET[:20].encode() not in left
        assert perceived(left, name) == perceived(content, name)


@pytest.mark.parametrize("name", EVERY)
def test_exiftool_finds_it_too(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(sample(name, "words"))
    marking.write(path, MARK)
    found = exiftool(path)
    if found is None:
        pytest.skip("exiftool is not installed")
    values = [value for key, value in found.items() if key.lower().replace("_", "").endswith("digitalsourcetype")]
    # It reads these up to their first pictures.
    if name not in ("webm", "mkv"):
        assert values == [SourceType.TRAINED.address], found


@pytest.mark.parametrize("name", EVERY)
def test_a_part_is_a_part_of_the_whole(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(sample(name, SECRET))
    found = marking.revision(path, without_texts=True, mark=MARK)
    whole = leaving(path, without_texts=True)
    with path.open("rb") as file:
        for first in range(0, found.length, max(1, found.length // 23)):
            last = min(first + 700, found.length - 1)
            assert b"".join(found.pieces(file, first, last)) == whole[first : last + 1]


@given(st.data())
def test_what_is_broken_is_never_broken_more(data: st.DataObject) -> None:
    """A file that cannot be marked is left; one that is cut off loses nothing by the mark."""
    content = bytearray(data.draw(st.sampled_from(sorted([*CARRIERS.values(), *[sample(each) for each in EVERY]]))))
    for _ in range(data.draw(st.integers(0, 6))):
        content[data.draw(st.integers(0, min(len(content), 3000) - 1))] = data.draw(st.integers(0, 255))
    broken = bytes(content[: data.draw(st.integers(0, len(content)))])
    edits = marking.edits_for(broken, MARK)
    places = [place for edit in edits for place in (edit.start, edit.end)]
    assert places == sorted(places)
    assert not places or places[-1] <= len(broken)


def test_every_beginning_of_every_file_is_read_or_left() -> None:
    """A download that broke off ends anywhere, in the middle of a head as well."""
    for whole in [*CARRIERS.values(), *[sample(each) for each in EVERY]]:
        for size in range(min(len(whole), 400)):
            assert all(edit.end <= size for edit in marking.edits_for(whole[:size], MARK)), whole[:size]


@pytest.mark.parametrize(
    "content", [b"", b"x", b"\xff", b"# words", b"<svg/>", b'{"1": 2}', b"RIFF", b"\0\0\0\x08ftyp"]
)
def test_what_is_no_such_file_stays_as_it_is(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    marking.write(path, MARK)
    assert path.read_bytes() == content


def test_a_file_is_marked_in_its_place_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(sample("png"))
    marking.write(path, MARK)
    assert path.read_bytes() == marking.marked(sample("png"), MARK)
    assert [each.name for each in tmp_path.iterdir()] == ["a.png"]
