"""A channel of alerts.urls in place of an address: told in words, with the tries and the log of a webhook."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from musings.config.settings import Settings
from musings.store.database import Database
from musings.store.webhooks import deliveries, endpoints
from musings.store.webhooks.deliveries import DeliveryState
from musings.webhooks.delivery import Post
from tests.conftest import MakeSettings
from tests.musings.alerts.webhook import Webhook as Channel
from tests.musings.store.adding import add
from tests.musings.webhooks.ended import cancelled


@pytest.fixture
def channel() -> Iterator[Channel]:
    with Channel() as made:
        yield made


@pytest.fixture
def settings(make_settings: MakeSettings, channel: Channel) -> Settings:
    return make_settings(
        alerts={"urls": ["json://127.0.0.1:9/nobody", channel.url]}, security={"public_url": "https://house.example"}
    )


@pytest.fixture
def phone(database: Database) -> endpoints.Webhook:
    return database.writing(endpoints.add, "phone", "channel:2:json", endpoints.ENDINGS, [])


@pytest.mark.usefixtures("phone")
def test_it_is_told_in_words_with_a_link(database: Database, posting: Post, channel: Channel) -> None:
    made = cancelled(database)
    assert posting.deliver() == {"taken": 1, "left": 0}
    [said] = channel.posts
    asked = add(database).prompt_text
    assert (said["title"], said["type"]) == ("Your text was cancelled", "info")
    assert said["message"] == f"{asked}\nhttps://house.example/prompts/{made}"
    assert posting.deliver() is None, "nothing is told twice"


@pytest.mark.usefixtures("phone")
def test_what_it_did_not_take_comes_again(database: Database, posting: Post, channel: Channel) -> None:
    cancelled(database)
    channel.status = 500
    assert posting.deliver() == {"taken": 0, "left": 1}
    [found] = database.reading(deliveries.listing, 1).items
    assert (found.state, found.next_try_at is not None) == (DeliveryState.WAITING, True)
    [tried] = database.reading(deliveries.tries, [found.id])[found.id]
    assert tried.status_code is None
    assert "channel 2:json did not take it" in (tried.error or "")
    assert "127.0.0.1" not in (tried.error or ""), "its address is a secret"
    channel.status = 200
    assert posting.deliver_one(found) is not None
    assert database.reading(deliveries.get, found.id).state == DeliveryState.DELIVERED


def test_one_that_was_taken_out_of_the_list_is_said(
    database: Database, posting: Post, phone: endpoints.Webhook
) -> None:
    poorer = replace(posting, settings=posting.settings.model_copy(update={"alerts": type(posting.settings.alerts)()}))
    answer = poorer.try_out(phone.id)
    assert answer is not None
    assert answer.error == "alerts.urls has no channel 2:json any more"
