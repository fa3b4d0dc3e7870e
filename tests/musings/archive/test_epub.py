"""A musing as a book: a zip that readers know at its first bytes, and in which everything is listed that is there."""

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

from musings.archive import epub
from musings.archive.epub import BookFile
from musings.archive.musing_document import MusingDocument, document_of
from musings.files.marking.xmp import Mark, SourceType
from tests.musings.archive.workroom import NASTY, STORY, Workroom

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
OPF = "{http://www.idpf.org/2007/opf}"
DC = "{http://purl.org/dc/elements/1.1/}"


@pytest.fixture
def document(workroom: Workroom) -> MusingDocument:
    workroom.titles["a fox 1"] = NASTY
    return document_of(workroom.database, workroom.made(STORY), with_idea=True)


def book(document: MusingDocument, folder: Path, mark: Mark | None = None) -> zipfile.ZipFile:
    files = {}
    for number, each in enumerate(document.files, start=1):
        suffix = ".png" if each.is_picture else ".mp3"
        (folder / f"{number}{suffix}").write_bytes(b"x")
        files[each.artifact.id] = BookFile(folder / f"{number}{suffix}", f"media/{number}{suffix}")
    made = io.BytesIO()
    cover = files[document.cover.artifact.id] if document.cover else None
    with zipfile.ZipFile(made, "w") as archive:
        epub.write(
            archive, document, lambda each: files[each.id].name, list(files.values()), NOW, cover=cover, mark=mark
        )
    return zipfile.ZipFile(made)


def test_its_first_bytes_say_what_it_is(document: MusingDocument, tmp_path: Path) -> None:
    made = book(document, tmp_path)
    assert made.fp is not None
    made.fp.seek(0)
    assert made.fp.read(58)[30:] == b"mimetypeapplication/epub+zip"


def test_everything_in_it_is_listed_and_everything_listed_is_in_it(document: MusingDocument, tmp_path: Path) -> None:
    made = book(document, tmp_path)
    package = ElementTree.fromstring(made.read("EPUB/package.opf"))
    items = {each.attrib["id"]: each.attrib for each in package.iter(f"{OPF}item")}
    there = {name.removeprefix("EPUB/") for name in made.namelist() if name.startswith("EPUB/")}
    assert {each["href"] for each in items.values()} == there - {"package.opf"}
    spine = [items[each.attrib["idref"]]["href"] for each in package.iter(f"{OPF}itemref")]
    assert spine == ["title.xhtml", "section-1.xhtml", "section-2.xhtml", "section-3.xhtml"]
    assert [each["href"] for each in items.values() if each.get("properties") == "cover-image"] == ["media/1.png"]
    assert {each["media-type"] for each in items.values() if each["href"].startswith("media/")} == {
        "image/png",
        "audio/mpeg",
    }


def test_every_page_is_well_formed_and_the_contents_lead_to_all(document: MusingDocument, tmp_path: Path) -> None:
    made = book(document, tmp_path)
    for name in made.namelist():
        if name.endswith((".xhtml", ".opf", ".xml")):
            ElementTree.fromstring(made.read(name))
    nav = ElementTree.fromstring(made.read("EPUB/nav.xhtml"))
    links = {each.attrib["href"]: each.text for each in nav.iter("{http://www.w3.org/1999/xhtml}a")}
    assert links == {
        "title.xhtml": "a fox",
        "section-1.xhtml": "a fox",
        "section-2.xhtml": NASTY,
        "section-3.xhtml": "Title 2",
    }


def test_it_says_what_it_is_and_who_made_it(document: MusingDocument, tmp_path: Path) -> None:
    package = ElementTree.fromstring(book(document, tmp_path).read("EPUB/package.opf"))
    told = {name: package.findtext(f".//{DC}{name}") for name in ("title", "creator", "description")}
    assert told == {"title": "a fox", "creator": "Musings", "description": "Made by a machine, with Musings."}
    again = ElementTree.fromstring(book(document, tmp_path).read("EPUB/package.opf"))
    assert again.findtext(f".//{DC}identifier") == package.findtext(f".//{DC}identifier")


def test_it_says_that_a_machine_made_it(document: MusingDocument, tmp_path: Path) -> None:
    path = f".//{OPF}meta[@property='Iptc4xmpExt:DigitalSourceType']"
    plain = ElementTree.fromstring(book(document, tmp_path).read("EPUB/package.opf"))
    assert (plain.find(path), plain.get("prefix")) == (None, None)
    package = ElementTree.fromstring(book(document, tmp_path, Mark(SourceType.TRAINED)).read("EPUB/package.opf"))
    assert package.findtext(path) == SourceType.TRAINED.address
    assert package.get("prefix") == "Iptc4xmpExt: http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
