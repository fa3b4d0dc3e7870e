"""The page of a musing: words are words, media have players, and nothing is asked of a script."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from musings.archive import musing_html
from musings.archive.musing_document import MusingDocument, document_of
from musings.models import Artifact
from tests.musings.archive.html_tags import tags
from tests.musings.archive.workroom import NASTY, STORY, Workroom


def address(artifact: Artifact) -> str | None:
    return f"/media/{artifact.file_path}?a=1&b=2"


@pytest.fixture
def document(workroom: Workroom) -> MusingDocument:
    workroom.titles["a fox"] = NASTY
    workroom.texts["a fox"] = f"# {NASTY}\n\n{NASTY}"
    return document_of(workroom.database, workroom.made(), with_idea=False)


def test_all_of_it_is_on_one_page(document: MusingDocument) -> None:
    found = tags(musing_html.page(document, address))
    assert [name for name, _ in found if name in ("img", "audio", "h1", "h2")] == ["h1", "img", "audio", "audio"]
    [picture] = [attributes for name, attributes in found if name == "img"]
    assert (picture["src"], picture["width"]) == (f"/media/{document.files[0].artifact.file_path}?a=1&b=2", "32")
    assert picture["alt"] == f"Picture: {NASTY}"
    players = [attributes for name, attributes in found if name == "audio"]
    assert all("controls" in each and each["preload"] == "metadata" for each in players)
    assert [each["aria-label"] for each in players] == [f"Song: {NASTY}", f"Reading: {NASTY}"]


def test_words_are_words_and_never_markup(document: MusingDocument) -> None:
    html = musing_html.page(replace(document, idea=NASTY), address)
    assert "script" not in [name for name, _ in tags(html)]
    assert html.count("&lt;script&gt;") >= 5
    assert all(not name.startswith("on") for _, attributes in tags(html) for name in attributes)


def test_a_section_is_well_formed(document: MusingDocument) -> None:
    for each in document.sections:
        assert ElementTree.fromstring(musing_html.section(document, each, address)).tag == "section"


def test_chapters_have_headings(workroom: Workroom) -> None:
    found = document_of(workroom.database, workroom.made(STORY), with_idea=False)
    html = musing_html.page(found, address)
    assert [name for name, _ in tags(html)].count("h2") == 2
    assert html.index("Title 1</h2>") < html.index("Title 2</h2>")


def test_a_file_that_is_gone_is_said_and_so_is_a_page_of_nothing(document: MusingDocument) -> None:
    html = musing_html.page(document, lambda _: None)
    assert "Song: the file is gone." in html
    assert "img" not in [name for name, _ in tags(html)]
    assert "Nothing of it is done yet." in musing_html.page(replace(document, sections=()), address)


def test_films_play_and_other_files_are_links(document: MusingDocument) -> None:
    [section] = document.sections
    files = [
        replace(section.files[0], artifact=replace(section.files[0].artifact, artifact_type=kind, file_path=path))
        for kind, path in (("video", "video/1/a.mp4"), ("other", "image/1/<b>.glb"))
    ]
    html = musing_html.page(replace(document, sections=(replace(section, files=tuple(files)),)), address)
    assert [name for name, _ in tags(html) if name in ("video", "a")] == ["video", "a"]
    assert "&lt;b&gt;.glb" in html
