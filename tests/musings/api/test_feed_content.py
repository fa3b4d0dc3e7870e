"""What goes into a feed: ids that stay and tell nothing, and files that are there."""

from datetime import UTC, datetime
from typing import Any

from musings.api.feed_content import content, types_of
from musings.feeds.values import Feed
from musings.store.access.feeds import FeedAddress
from tests.musings.api.conftest import Api
from tests.musings.api.feed_files import finished
from tests.musings.archive.workroom import STORY, WHOLE, Workroom

WHEN = datetime(2026, 11, 28, tzinfo=UTC)


def address(key: str = "key", kind: str | None = None) -> FeedAddress:
    return FeedAddress(1, "all", kind, None, key, WHEN, None, None)


def feed_of(api: Api, of: FeedAddress, secret: str = "mus_x") -> Feed:
    application: Any = api.server.config.app
    return content(application.state.services, of, base="https://a", secret=secret, suffix="atom")


def test_an_id_stays_with_another_secret_and_is_another_in_another_feed(api: Api) -> None:
    finished(api, "music", "music/1_x/0001.flac", b"song")
    [first], [second], [other] = (
        feed_of(api, address(key), secret).entries for key, secret in (("k", "mus_x"), ("k", "mus_y"), ("j", "mus_x"))
    )
    assert first.uid == second.uid != other.uid
    assert first.uid.startswith("urn:uuid:")


def test_a_file_that_is_gone_is_promised_to_nobody(api: Api) -> None:
    finished(api, "music", "music/1_x/0001.flac", b"song")
    (api.media_root.folder / "music/1_x/0001.flac").unlink()
    [entry] = feed_of(api, address()).entries
    assert entry.files == ()


def test_a_row_of_another_program_is_an_entry_all_the_same(api: Api) -> None:
    api.sqlite("INSERT INTO prompts (prompt_text, status) VALUES (' ', 'completed')")
    feed = feed_of(api, address())
    [entry] = feed.entries
    assert entry.title == "Prompt 1"
    assert entry.published.tzinfo is not None


def test_an_empty_feed_is_as_old_as_its_address(api: Api) -> None:
    assert feed_of(api, address()).updated == WHEN


def test_a_kind_of_a_later_version_is_nothing_and_not_everything() -> None:
    assert types_of(address()) == ()
    assert "poem" in types_of(address(kind="text"))
    assert types_of(address(kind="opera")) == ("",)


def test_a_musing_is_one_entry_with_all_of_it(api: Api) -> None:
    workroom = Workroom(api.database, folder=api.media_root.folder)
    workroom.start(WHOLE, "one that is not done")
    story = workroom.made(STORY, "a tale of a fox")
    workroom.make()
    feed = feed_of(api, address(kind="musing"))
    assert [each.title for each in feed.entries] == ["a tale of a fox", "Title 1"]
    tale, whole = feed.entries
    assert tale.text is not None
    assert tale.text.startswith("Title 2\n\nThe fox goes out")
    assert whole.text is not None
    assert whole.text.startswith("The fox goes out")
    assert [file.title for file in whole.files] == ["Picture", "Song", "Reading"]
    assert [file.media_type for file in whole.files] == ["image/png", "audio/flac", "audio/flac"]
    assert feed.updated == max(tale.published, whole.published)
    assert feed_of(api, address(kind="musing"), "mus_y").entries[0].uid == tale.uid
    workroom.retry(story, "cover")
    assert [each.title for each in feed_of(api, address(kind="musing")).entries] == ["Title 1"]
