"""Documents that every parser takes."""

from datetime import datetime, timedelta, timezone
from xml.etree import ElementTree

from musings.feeds.xml_writing import child, document, rfc3339
from tests.musings.feeds.made import ODD, ODD_AS_READ


def test_a_document_is_read_back_as_it_was_meant() -> None:
    root = ElementTree.Element("a")
    child(root, "b", ODD, c=ODD)
    written = document(root)
    assert written.startswith(b'<?xml version="1.0" encoding="utf-8"?>\n<a>')
    [found] = ElementTree.fromstring(written)
    assert (found.text, found.get("c")) == (ODD_AS_READ, ODD_AS_READ)


def test_times_are_utc() -> None:
    east = datetime(2026, 11, 28, 12, 15, tzinfo=timezone(timedelta(hours=2)))
    assert rfc3339(east) == "2026-11-28T10:15:00Z"
