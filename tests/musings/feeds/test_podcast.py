"""Podcast RSS: what RSS 2.0 and Apple's list require, as a player reads it."""

from dataclasses import replace
from email.utils import parsedate_to_datetime
from xml.etree import ElementTree

from musings.feeds import podcast
from tests.musings.feeds.made import FULL, ODD_AS_READ, SONG, WHEN, entry, feed
from tests.musings.feeds.reader import read

ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"


def test_what_the_formats_require() -> None:
    root = ElementTree.fromstring(podcast.render(FULL))
    assert (root.tag, root.get("version")) == ("rss", "2.0")
    [channel] = root
    for name in ("title", "link", "description", "language", f"{ITUNES}explicit", f"{ITUNES}author"):
        assert channel.findtext(name), name
    image, category = channel.find(f"{ITUNES}image"), channel.find(f"{ITUNES}category")
    assert image is not None
    assert image.get("href", "").endswith(".png")
    assert category is not None
    assert category.get("text") == "Arts"
    items = channel.findall("item")
    assert len(items) == 3  # one for each sound, none for a picture
    for item in items:
        enclosure, guid = item.find("enclosure"), item.find("guid")
        assert enclosure is not None
        assert guid is not None
        assert set(enclosure.attrib) == {"url", "length", "type"}
        assert guid.get("isPermaLink") == "false"
        assert item.findtext("title")
        assert parsedate_to_datetime(item.findtext("pubDate") or "") == WHEN
        assert item.findtext(f"{ITUNES}duration") == "61"
    guids = [item.findtext("guid") for item in items]
    assert len(set(guids)) == 3


def test_chapters_are_told_where_there_are_any() -> None:
    address = "https://studio.example/feeds/mus_x/chapters/7.json"
    root = ElementTree.fromstring(podcast.render(feed(entry(1, replace(SONG, chapters=address)), entry(2, SONG))))
    first, second = root.findall("channel/item")
    found = first.find("{https://podcastindex.org/namespace/1.0}chapters")
    assert found is not None
    assert found.attrib == {"url": address, "type": "application/json+chapters"}
    assert second.find("{https://podcastindex.org/namespace/1.0}chapters") is None


def test_several_sounds_of_an_entry_are_told_apart_by_their_titles() -> None:
    root = ElementTree.fromstring(podcast.render(feed(entry(1, replace(SONG, title="Song"), SONG))))
    titles = [item.findtext("title") or "" for item in root.findall("channel/item")]
    assert [each.removeprefix(titles[0].removesuffix(": Song")) for each in titles] == [": Song", " (2)"]


def test_a_player_reads_it() -> None:
    found = read(podcast.render(FULL))
    assert not found.bozo
    assert found.version == "rss20"
    assert found.feed.title == f"Musings: {ODD_AS_READ}"
    [sound] = found.entries[0].enclosures
    assert (sound.href, sound.type, sound.length) == (
        "https://studio.example/feeds/mus_x/file/7.flac",
        "audio/flac",
        "1234",
    )
    assert found.entries[0].image.href.endswith("a=1&b=2")
    assert [each.title[-3:] for each in found.entries[1:]] == ["(1)", "(2)"]
