"""Delivery: each channel once, under names that give no address away."""

import pytest

from musings.alerts import post
from musings.store.alerts import notices
from musings.store.alerts.notices import Notice
from musings.store.database import Database
from tests.musings.store.adding import shell

URLS = ["json://user:secret@host/token", "MAILTO://me:pw@mail"]
NAMES = ["1:json", "2:mailto"]


class Mail:
    """Remembers what it was given; channels in ``deaf`` take nothing."""

    def __init__(self, *deaf: str) -> None:
        self.deaf = set(deaf)
        self.sent: list[tuple[str, Notice]] = []

    def send(self, url: str, notice: Notice) -> bool:
        self.sent.append((url, notice))
        return url not in self.deaf


def begin(database: Database) -> None:
    database.writing(notices.begin, "key", Notice("It broke", "why", "failure"), NAMES)


def left(database: Database) -> list[tuple[str, ...]]:
    return [each.left for each in database.reading(notices.waiting)]


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("json://user:secret@host/token", "1:json"),
        (" TGram://bot/chat", "1:tgram"),
        ("secret", "1:secret"),
        ("", "1:"),
        ("x" * 99 + "://a", "1:" + "x" * 20),
    ],
)
def test_a_channel_is_named_by_its_place_and_kind(url: str, name: str) -> None:
    assert post.channels_of([url]) == [name]


def test_every_channel_is_given_it_with_our_name_and_it_is_done(database: Database) -> None:
    begin(database)
    mail = Mail()
    assert post.deliver(database, URLS, mail.send) == 1
    assert [url for url, _ in mail.sent] == URLS
    assert mail.sent[0][1].title == "Musings: It broke"
    assert mail.sent[0][1].body.startswith("why\n(")
    assert post.deliver(database, URLS, mail.send) == 0
    assert (left(database), len(mail.sent)) == ([], 2)


def test_only_who_lacks_it_is_tried_again_and_not_at_once(database: Database) -> None:
    begin(database)
    mail = Mail(URLS[1])
    assert post.deliver(database, URLS, mail.send) == 0
    assert left(database) == [("2:mailto",)]
    assert post.deliver(database, URLS, mail.send) == 0
    assert len(mail.sent) == 2
    shell(database, "UPDATE musings_alert_notices SET next_try_at = '2026-01-01 00:00:00.000000'")
    mail.deaf.clear()
    assert post.deliver(database, URLS, mail.send) == 1
    assert [url for url, _ in mail.sent] == [*URLS, URLS[1]]


def test_a_channel_that_was_taken_out_holds_nothing_up(database: Database) -> None:
    begin(database)
    mail = Mail()
    assert post.deliver(database, [], mail.send) == 1
    assert (left(database), mail.sent) == ([], [])


def test_after_days_it_is_given_up(database: Database) -> None:
    begin(database)
    shell(database, "UPDATE musings_alert_notices SET posted_at = '2026-01-01 00:00:00.000000'")
    assert post.deliver(database, URLS, Mail(*URLS).send) == 0
    assert left(database) == []
