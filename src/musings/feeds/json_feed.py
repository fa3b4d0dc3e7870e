"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

import json
from typing import Any

from musings.feeds.values import Feed, FeedEntry, FeedFile, plain
from musings.feeds.xml_writing import rfc3339

MEDIA_TYPE = "application/feed+json"
VERSION = "https://jsonfeed.org/version/1.1"


def render(feed: Feed) -> bytes:
    found = {
        "version": VERSION,
        "title": plain(feed.title),
        "home_page_url": feed.home,
        "feed_url": feed.url,
        "icon": feed.icon,
        "authors": [{"name": "Musings"}],
        "items": [_item(each) for each in feed.entries],
    }
    # In ASCII, because what other programs wrote into a row need be no Unicode.
    return json.dumps(found).encode("ascii")


def _item(entry: FeedEntry) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": entry.uid,
        "title": plain(entry.title),
        "content_html": entry.html,
        "content_text": plain("\n\n".join(part for part in (entry.words, entry.text) if part)),
        "date_published": rfc3339(entry.published),
        "attachments": [_attachment(each) for each in entry.files],
    }
    return found if entry.cover is None else {**found, "image": entry.cover}


def _attachment(file: FeedFile) -> dict[str, Any]:
    found: dict[str, Any] = {"url": file.url, "mime_type": file.media_type, "size_in_bytes": file.bytes}
    return found if file.seconds is None else {**found, "duration_in_seconds": round(file.seconds, 3)}
