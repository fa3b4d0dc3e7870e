"""Atom (RFC 4287)."""

from xml.etree import ElementTree

from musings.feeds.values import Feed, FeedEntry, plain
from musings.feeds.xml_writing import child, document, rfc3339

MEDIA_TYPE = "application/atom+xml; charset=utf-8"
NAMESPACE = "http://www.w3.org/2005/Atom"


def render(feed: Feed) -> bytes:
    root = ElementTree.Element("feed", xmlns=NAMESPACE)
    child(root, "id", feed.uid)
    child(root, "title", feed.title)
    child(root, "updated", rfc3339(feed.updated))
    child(root, "link", rel="self", href=feed.url, type="application/atom+xml")
    child(root, "link", rel="alternate", href=feed.home, type="text/html")
    child(root, "icon", feed.icon)
    child(child(root, "author"), "name", "Musings")  # required, and there is no other
    for entry in feed.entries:
        _entry(root, entry)
    return document(root)


def _entry(root: ElementTree.Element, entry: FeedEntry) -> None:
    element = child(root, "entry")
    child(element, "id", entry.uid)
    child(element, "title", entry.title)
    child(element, "published", rfc3339(entry.published))
    child(element, "updated", rfc3339(entry.published))
    child(element, "summary", plain(entry.words))
    child(element, "content", entry.html, type="html")
    for file in entry.files:
        child(element, "link", rel="enclosure", href=file.url, type=file.media_type, length=str(file.bytes))
