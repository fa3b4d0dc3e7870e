"""The door to Apprise: it says whether a channel took it, and raises nothing."""

import logging

import pytest

from musings.alerts.channels import is_known, send
from musings.store.alerts.notices import Notice
from tests.musings.alerts.webhook import Webhook

NOTICE = Notice("Title", "Body\nwith ä 🦊", "failure")


@pytest.mark.parametrize(
    ("url", "known"),
    [
        ("json://localhost/x", True),
        ("mailto://me:pw@example.org", True),
        ("nosuch://x", False),
        ("", False),
        ("words", False),
    ],
)
def test_what_apprise_can_read(url: str, known: bool) -> None:
    assert is_known(url) is known
    assert known or not send(url, NOTICE)


def test_a_notice_arrives_as_it_is(webhook: Webhook) -> None:
    assert send(webhook.url, NOTICE)
    [posted] = webhook.posts
    assert (posted["title"], posted["message"], posted["type"]) == (NOTICE.title, NOTICE.body, NOTICE.level)


@pytest.mark.parametrize("status", [401, 500])
def test_what_was_refused_was_not_taken_and_no_address_is_logged(
    webhook: Webhook, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    webhook.status = status
    with caplog.at_level(logging.DEBUG):
        assert not send(webhook.url, NOTICE)
    assert webhook.refused == 1
    assert "s3cret-word" not in caplog.text


def test_one_that_is_away_is_no_error(webhook: Webhook) -> None:
    url = webhook.url
    webhook.stop()
    assert send(url, NOTICE) is False
