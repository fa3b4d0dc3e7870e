"""JSON Feed 1.1: the fields that it requires, with the types that it says."""

import json

from musings.feeds import json_feed
from tests.musings.feeds.made import FULL, ODD_AS_READ


def test_what_the_format_requires() -> None:
    found = json.loads(json_feed.render(FULL))
    assert found["version"] == "https://jsonfeed.org/version/1.1"
    assert found["title"] == f"Musings: {ODD_AS_READ}"
    assert found["feed_url"].startswith("https://")
    for item in found["items"]:
        assert isinstance(item["id"], str)
        assert item["content_html"]
        assert item["date_published"] == "2026-11-28T10:15:00Z"
        for attachment in item["attachments"]:
            assert {"url", "mime_type"} <= set(attachment)
            assert isinstance(attachment["size_in_bytes"], int)
    assert found["items"][0]["attachments"][0]["duration_in_seconds"] == 61.4
    assert "duration_in_seconds" not in found["items"][0]["attachments"][1]
    assert found["items"][0]["image"].endswith("a=1&b=2")
    assert "image" not in found["items"][1]


def test_html_is_escaped() -> None:
    html = json.loads(json_feed.render(FULL))["items"][0]["content_html"]
    assert "a &lt;fox&gt; &amp; &quot;hound&quot;" in html
    assert "<fox>" not in html
