"""A musing on paper: its words are words whatever they look like, its pictures are told, and the whole is marked."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from musings.archive import pdf
from musings.archive.musing_document import DocumentSection, MusingDocument, document_of
from musings.archive.pdf import PagePicture
from musings.errors import ConflictError
from musings.files.marking.xmp import Mark, SourceType
from tests.musings.archive.papers import Paper
from tests.musings.archive.workroom import NASTY, STORY, Workroom
from tests.musings.files.marking.samples import exiftool

NOW = datetime(2026, 11, 29, 12, 0, 30, 5, tzinfo=UTC)


def document(*sections: DocumentSection, title: str = "A fox", idea: str | None = None) -> MusingDocument:
    return MusingDocument(7, title, idea, NOW, NOW, sections, frozenset({"sketch"}))


def test_it_has_a_title_page_and_one_for_each_text(tmp_path: Path) -> None:
    sections = (
        DocumentSection("Snow", "It falls,\n*softly*.\n\n---\n\n# Then\n> it **lies**"),
        DocumentSection("Thaw", "x"),
    )
    made = pdf.write(document(*sections, idea="a fox at dawn"), tmp_path, {}, NOW)
    assert Paper(made).pages == [
        "A fox\na fox at dawn\nMade by a machine, with Musings.",
        "Snow\nIt falls,\nsoftly.\nThen\nit lies\n1",
        "Thaw\nx\n2",
    ]
    assert Paper(made).facts == ("A fox", "Musings", "Made by a machine, with Musings.")
    assert Paper(made).outline == ["Snow", "Thaw"]
    assert Paper(made).is_accessible


@pytest.mark.parametrize(
    "nasty", [NASTY, "#panic()", "$x$", '#include "/etc/passwd"', "[a] \\ `b` <c> @d // e /* f */"]
)
def test_words_are_never_read_as_markup(tmp_path: Path, nasty: str) -> None:
    made = pdf.write(document(DocumentSection(nasty, nasty), title="T", idea=nasty), tmp_path, {}, NOW)
    shown = ["".join(page.split()) for page in Paper(made).pages]
    # Quotes are those of a printer.
    wanted = "".join(nasty.split()).replace("**", "")
    letters = [letter for letter in wanted if letter.isalnum()]
    assert [letter for letter in shown[1] if letter.isalnum()] == [*letters, *letters, "1"]
    assert "root:" not in "".join(shown)


def test_letters_without_a_font_are_no_reason_for_no_book(tmp_path: Path) -> None:
    made = pdf.write(document(DocumentSection("Snow", "\u0378 falls")), tmp_path, {}, NOW)
    assert "falls" in Paper(made).pages[1]
    assert not Paper(made).is_accessible


def test_a_picture_is_above_its_words_and_is_told(workroom: Workroom, tmp_path: Path) -> None:
    musing = workroom.made(STORY)
    found = document_of(workroom.database, musing, with_idea=True)
    (tmp_path / "media").mkdir()
    pictures = {}
    for number, each in enumerate(each for each in found.files if each.is_picture):
        Image.new("RGB", (64, 48 << number), (9, 99, 9)).save(tmp_path / f"media/{number}.png")
        pictures[each.artifact.id] = PagePicture(f"media/{number}.png", 64, 48 << number)
    made = pdf.write(found, tmp_path, pictures, NOW)
    assert len(Paper(made).sizes) == len(pictures) == 5
    assert "Pictures: Title 1" in Paper(made).alternatives
    assert "Not on paper: Narration" in "".join(Paper(made).pages)


def test_a_picture_that_is_none_is_said(tmp_path: Path, workroom: Workroom) -> None:
    found = document_of(workroom.database, workroom.made(), with_idea=True)
    (tmp_path / "a.png").write_bytes(b"no picture")
    pictures = {each.artifact.id: PagePicture("a.png", 1, 1) for each in found.files if each.is_picture}
    with pytest.raises(ConflictError, match="cannot be set as PDF") as caught:
        pdf.write(found, tmp_path, pictures, NOW)
    assert caught.value.hint == "Export it as zip or epub."


def mark_in(content: bytes, path: Path) -> str | None:
    """What exiftool reads; where it is not, what is in the packet."""
    path.write_bytes(content)
    found = exiftool(path)
    if found is not None:
        return found.get("XMP:DigitalSourceType")
    told = Paper(content).packet.partition("<Iptc4xmpExt:DigitalSourceType>")[2].partition("<")[0]
    return told or None


@pytest.mark.parametrize("source", SourceType)
def test_it_says_in_its_metadata_that_a_machine_made_it(tmp_path: Path, source: SourceType) -> None:
    plain = pdf.write(document(DocumentSection("Snow", "x")), tmp_path, {}, NOW)
    made = pdf.write(document(DocumentSection("Snow", "x")), tmp_path, {}, NOW, Mark(source))
    assert mark_in(plain, tmp_path / "plain.pdf") is None
    assert mark_in(made, tmp_path / "marked.pdf") == source.address
    assert Paper(made).pages == Paper(plain).pages
    assert Paper(made).is_accessible


@pytest.mark.parametrize(
    ("words", "wanted"),
    [("", "ltr"), ("12 …", "ltr"), ("a שלום", "ltr"), ("… שלום a", "rtl"), ("سلام", "rtl"), ("狐", "ltr")],
)
def test_words_go_the_way_of_their_first_letter(words: str, wanted: str) -> None:
    assert pdf.direction(words) == wanted


def test_a_section_without_anything_is_no_page(tmp_path: Path) -> None:
    made = pdf.write(document(DocumentSection()), tmp_path, {}, NOW)
    assert Paper(made).pages == ["A fox\nMade by a machine, with Musings."]
