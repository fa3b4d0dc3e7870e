"""From the end of a prompt to its receiver: nothing is lost, and nobody waits for another's receiver."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from musings.config.settings import Settings
from musings.models import PromptStatus
from musings.store.database import Database
from musings.store.webhooks import deliveries, endpoints
from musings.store.webhooks.deliveries import Delivery, DeliveryState
from musings.store.webhooks.endpoints import ENDINGS, Webhook, WebhookEvent
from musings.webhooks.delivery import GIVE_UP, Post
from musings.webhooks.signatures import WebhookKey
from tests.conftest import MakeSettings
from tests.musings.store.adding import add, shell
from tests.musings.webhooks.ended import cancelled
from tests.musings.webhooks.receiver import Receiver


def newest(database: Database) -> Delivery:
    return database.reading(deliveries.listing, 1).items[0]


def all_due(database: Database) -> None:
    shell(database, "UPDATE musings_webhook_deliveries SET next_try_at = '2026-01-01 00:00:00.000000'")


def test_a_message_is_verified_by_its_receiver(
    database: Database, posting: Post, key: WebhookKey, receiver: Receiver, webhook: Webhook
) -> None:
    made = cancelled(database)
    assert posting.deliver() == {"taken": 1, "left": 0}
    [came] = receiver.received
    said = came.verified(key.secret(webhook))
    assert (said["type"], said["data"]["prompt_id"]) == ("prompt.cancelled", made)
    found = newest(database)
    assert (found.state, found.next_try_at) == (DeliveryState.DELIVERED, None)
    assert found.ended_at is not None
    assert came.headers["webhook-id"] == found.message_id
    [tried] = database.reading(deliveries.tries, [found.id])[found.id]
    assert (tried.status_code, tried.error) == (200, None)
    assert posting.deliver() is None, "nothing is told twice"


def test_one_that_was_not_taken_comes_again_later_with_the_same_id(
    database: Database, posting: Post, key: WebhookKey, receiver: Receiver, webhook: Webhook
) -> None:
    cancelled(database)
    receiver.status = 500
    assert posting.deliver() == {"taken": 0, "left": 1}
    found = newest(database)
    assert found.state == DeliveryState.WAITING
    assert found.next_try_at is not None
    assert found.next_try_at > datetime.now(UTC)
    assert posting.deliver() is None, "not before its time"
    receiver.status = 200
    all_due(database)
    assert posting.deliver() == {"taken": 1, "left": 0}
    first, second = receiver.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    assert second.verified(key.secret(webhook))["type"] == "prompt.cancelled"
    tries = database.reading(deliveries.tries, [found.id])[found.id]
    assert [(each.status_code, each.error) for each in tries] == [(500, "it answered 500"), (200, None)]


def test_the_waits_grow(database: Database, posting: Post, receiver: Receiver, webhook: Webhook) -> None:
    cancelled(database)
    receiver.status = 500
    waits = []
    for _ in range(5):
        posting.deliver()
        found = newest(database)
        last = database.reading(deliveries.tries, [found.id])[found.id][-1]
        assert found.next_try_at is not None
        waits.append(round((found.next_try_at - last.at).total_seconds()))
        all_due(database)
    assert waits == [5, 10, 20, 40, 80]


def test_a_receiver_says_how_long_to_wait(
    database: Database, posting: Post, receiver: Receiver, webhook: Webhook
) -> None:
    cancelled(database)
    receiver.status, receiver.headers = 429, {"Retry-After": "600"}
    posting.deliver()
    found = newest(database)
    assert found.next_try_at is not None
    assert found.next_try_at - datetime.now(UTC) > timedelta(minutes=9)


def test_after_three_days_it_is_given_up_and_may_be_sent_again_by_hand(
    database: Database, posting: Post, receiver: Receiver, webhook: Webhook
) -> None:
    cancelled(database)
    receiver.status = 500
    long_ago = (datetime.now(UTC) - GIVE_UP - timedelta(minutes=1)).strftime("%Y-%m-%d %H:%M:%S")
    shell(database, "UPDATE musings_webhook_deliveries SET since = ?, created_at = ?", long_ago, long_ago)
    posting.deliver()
    found = newest(database)
    assert (found.state, found.next_try_at) == (DeliveryState.FAILED, None)
    all_due(database)
    assert posting.deliver() is None
    database.writing(deliveries.redeliver, found.id)
    posting.deliver()
    assert newest(database).state == DeliveryState.WAITING, "three days more"
    receiver.status = 200
    all_due(database)
    posting.deliver()
    assert newest(database).state == DeliveryState.DELIVERED


def test_one_that_wants_nothing_more_is_switched_off(
    database: Database, posting: Post, receiver: Receiver, webhook: Webhook
) -> None:
    cancelled(database)
    receiver.status = 410
    posting.deliver()
    assert newest(database).state == DeliveryState.FAILED
    found = database.reading(endpoints.get, webhook.id)
    assert (found.enabled, found.disabled_reason) == (False, "It answered 410: it wants nothing more.")
    cancelled(database)
    assert len(receiver.received) == 1
    assert posting.deliver() is None


def test_of_a_receiver_that_is_away_the_others_wait_and_another_receiver_is_told(
    database: Database, posting: Post, receiver: Receiver, webhook: Webhook
) -> None:
    away = database.writing(endpoints.add, "away", "http://127.0.0.1:9/", ENDINGS, [])
    for _ in range(3):
        cancelled(database)
    assert posting.deliver() == {"taken": 3, "left": 1}
    tried = [each for each in database.reading(deliveries.listing, 10).items if each.tries]
    assert sum(each.webhook_id == away.id for each in tried) == 1


def test_an_address_that_has_become_private_is_told_nothing(
    make_settings: MakeSettings, database: Database, posting: Post, receiver: Receiver, webhook: Webhook
) -> None:
    cancelled(database)
    posting = replace(posting, settings=make_settings())
    assert posting.deliver() == {"taken": 0, "left": 1}
    assert receiver.received == []
    [tried] = database.reading(deliveries.tries, [newest(database).id])[newest(database).id]
    assert "private network" in str(tried.error)


def test_two_that_deliver_at_once_tell_it_once(
    database: Database, posting: Post, receiver: Receiver, webhook: Webhook
) -> None:
    cancelled(database)
    [found] = database.reading(deliveries.due, datetime.now(UTC), 10)
    assert posting.deliver_one(found) is not None
    assert posting.deliver_one(found) is None
    assert len(receiver.received) == 1


def test_one_whose_sender_was_killed_comes_again_when_the_claim_has_run_out(
    database: Database, posting: Post, receiver: Receiver, webhook: Webhook
) -> None:
    cancelled(database)
    [found] = database.reading(deliveries.due, datetime.now(UTC), 10)
    database.writing(deliveries.claim, found, datetime.now(UTC) + timedelta(minutes=1))
    assert posting.deliver() is None
    all_due(database)
    assert posting.deliver() == {"taken": 1, "left": 0}


def test_a_webhook_that_is_removed_takes_what_waits_with_it(
    database: Database, posting: Post, receiver: Receiver, webhook: Webhook
) -> None:
    cancelled(database)
    [found] = database.reading(deliveries.due, datetime.now(UTC), 10)
    database.writing(endpoints.remove, webhook.id)
    assert posting.deliver_one(found) is None
    assert posting.deliver() is None
    assert receiver.received == []


def test_whoever_is_to_stop_stops_between_two(
    database: Database, posting: Post, receiver: Receiver, webhook: Webhook
) -> None:
    for _ in range(3):
        cancelled(database)
    posting.deliver(stopping=lambda: bool(receiver.received))
    assert len(receiver.received) == 1


def test_a_prompt_that_ends_twice_is_told_of_twice(
    database: Database, posting: Post, receiver: Receiver, webhook: Webhook
) -> None:
    made = add(database)
    for status in (PromptStatus.FAILED, PromptStatus.PENDING, PromptStatus.COMPLETED, PromptStatus.COMPLETED):
        shell(database, "UPDATE prompts SET status = ? WHERE id = ?", status, made.id)
    posting.deliver()
    assert [json.loads(each.body)["type"] for each in receiver.received] == [
        WebhookEvent.FAILED,
        WebhookEvent.COMPLETED,
    ]


def test_the_log_is_trimmed(database: Database, posting: Post, receiver: Receiver, webhook: Webhook) -> None:
    cancelled(database)
    posting.deliver()
    assert posting.forget_old() is None
    shell(database, "UPDATE musings_webhook_deliveries SET ended_at = '2026-01-01 00:00:00'")
    assert posting.forget_old() == {"deliveries": 1}
    assert database.reading(deliveries.listing, 10).items == []


@pytest.mark.parametrize(
    ("sections", "base"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"server": {"host": "::1", "port": 81}}, "http://[::1]:81"),
        ({"security": {"public_url": "https://musings.example/"}}, "https://musings.example"),
    ],
)
def test_messages_name_the_address_that_others_see(
    make_settings: MakeSettings, sections: dict[str, dict[str, object]], base: str
) -> None:
    found: Settings = make_settings(**sections)
    assert found.address == base
