"""Atom: what RFC 4287 requires is there, and a reader reads what was meant."""

from xml.etree import ElementTree

from musings.feeds import atom
from tests.musings.feeds.made import FULL, ODD_AS_READ, feed
from tests.musings.feeds.reader import read

A = "{http://www.w3.org/2005/Atom}"


def test_what_the_format_requires() -> None:
    """RFC 4287, sections 4.1.1 and 4.1.2: exactly one id, title and updated; an author; a link to itself."""
    root = ElementTree.fromstring(atom.render(FULL))
    assert root.tag == f"{A}feed"
    for element in (root, *root.iter(f"{A}entry")):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{A}{name}")) == 1, name
    assert root.findtext(f"{A}author/{A}name")
    assert [each.get("href") for each in root.findall(f"{A}link") if each.get("rel") == "self"] == [FULL.url]
    ids = [each.text for each in root.iter(f"{A}id")]
    assert len(set(ids)) == len(ids) == 4
    for each in root.iter(f"{A}updated"):
        assert each.text == "2026-11-28T10:15:00Z"


def test_a_reader_reads_it() -> None:
    found = read(atom.render(FULL))
    assert not found.bozo
    assert found.version == "atom10"
    first = found.entries[0]
    assert first.title == f"Title {ODD_AS_READ}"
    assert first.summary == ODD_AS_READ
    assert '<img alt="" src="https://studio.example/feeds/mus_x/preview/8?a=1&amp;b=2"' in first.content[0].value
    assert [(each.href, each.type, each.length) for each in first.enclosures] == [
        ("https://studio.example/feeds/mus_x/file/7.flac", "audio/flac", "1234"),
        ("https://studio.example/feeds/mus_x/file/8.png", "image/png", "99"),
    ]


def test_an_empty_feed_is_one() -> None:
    assert read(atom.render(feed())).entries == []
