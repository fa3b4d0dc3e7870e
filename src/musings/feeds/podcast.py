"""RSS 2.0 with the elements that podcast players read: what sounds or moves, one episode for each file.

https://www.rssboard.org/rss-specification and https://podcasters.apple.com/support/823-podcast-requirements
"""

from email.utils import format_datetime
from xml.etree import ElementTree

from musings.feeds.chapters import MEDIA_TYPE as CHAPTERS
from musings.feeds.values import Feed, FeedEntry, FeedFile, plain
from musings.feeds.xml_writing import child, document

MEDIA_TYPE = "application/rss+xml; charset=utf-8"
ATOM = "http://www.w3.org/2005/Atom"
PODCAST = "https://podcastindex.org/namespace/1.0"
ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"


def render(feed: Feed) -> bytes:
    names = {"xmlns:atom": ATOM, "xmlns:itunes": ITUNES, "xmlns:podcast": PODCAST}
    root = ElementTree.Element("rss", {"version": "2.0", **names})
    channel = child(root, "channel")
    child(channel, "title", feed.title)
    child(channel, "link", feed.home)
    child(channel, "description", f"What Musings made: {feed.title}")
    child(channel, "language", "en")
    child(channel, "lastBuildDate", format_datetime(feed.updated, usegmt=True))
    child(channel, "atom:link", rel="self", href=feed.url, type="application/rss+xml")
    child(channel, "itunes:author", "Musings")
    child(channel, "itunes:image", href=feed.icon)
    child(channel, "itunes:category", text="Arts")
    child(channel, "itunes:explicit", "false")
    child(channel, "itunes:block", "Yes")  # of one household: no directory is to list it
    for entry in feed.entries:
        # A picture beside a sound is its cover, and no episode.
        playing = [each for each in entry.files if each.plays]
        for number, file in enumerate(playing, 1):
            _episode(channel, entry, file, number if len(playing) > 1 else None)
    return document(root)


def _episode(channel: ElementTree.Element, entry: FeedEntry, file: FeedFile, number: int | None) -> None:
    item = child(channel, "item")
    which = "" if number is None else f": {file.title}" if file.title else f" ({number})"
    child(item, "title", entry.title + which)
    # A guid belongs to one episode for ever: players know by it what was heard.
    child(item, "guid", entry.uid if number is None else f"{entry.uid}#{number}", isPermaLink="false")
    child(item, "pubDate", format_datetime(entry.published, usegmt=True))
    child(item, "description", plain(entry.words))
    child(item, "enclosure", url=file.url, length=str(file.bytes), type=file.media_type)
    if file.seconds is not None:
        child(item, "itunes:duration", str(max(1, round(file.seconds))))
    if file.chapters is not None:
        child(item, "podcast:chapters", url=file.chapters, type=CHAPTERS)
    if entry.cover is not None:
        child(item, "itunes:image", href=entry.cover)
