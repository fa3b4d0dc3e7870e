"""Addresses of feeds as they are shown."""

from datetime import UTC, datetime

from musings.store.access.feeds import FeedAddress
from musings.views.feeds import feed_meta, with_addresses

FOUND = FeedAddress(1, "all", "opera", None, "key", datetime(2026, 11, 28, tzinfo=UTC), None, None)


def test_a_kind_of_a_later_version_is_none_that_we_know() -> None:
    assert feed_meta(FOUND).kind is None


def test_the_key_of_the_entries_is_shown_nowhere() -> None:
    shown = with_addresses(FOUND, "https://a", "mus_x")
    assert (shown.atom, shown.json_feed) == ("https://a/feeds/mus_x.atom", "https://a/feeds/mus_x.json")
    assert shown.podcast == "https://a/feeds/mus_x.podcast.xml"
    assert '"key"' not in shown.model_dump_json()
