"""Elements and times, as the formats of feeds want them."""

from datetime import UTC, datetime
from xml.etree import ElementTree

from musings.feeds.values import plain


def child(parent: ElementTree.Element, name: str, text: str | None = None, /, **attributes: str) -> ElementTree.Element:
    """A new element at the end of another, with nothing in it that XML cannot write."""
    element = ElementTree.SubElement(parent, name, {key: plain(value) for key, value in attributes.items()})
    element.text = None if text is None else plain(text)
    return element


def document(root: ElementTree.Element) -> bytes:
    # The declaration is written by hand: ElementTree's has other quotes than some readers look for.
    body: bytes = ElementTree.tostring(root, encoding="unicode").encode("utf-8")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + body


def rfc3339(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
