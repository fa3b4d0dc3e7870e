"""What is packed for whom, from the end of a prompt to the push service and the browser behind it."""

import json
from collections.abc import Iterator

import pytest

from musings.models import Kind
from musings.store.access import sessions
from musings.store.database import Database
from musings.store.webhooks import deliveries, endpoints, subscriptions
from musings.store.webhooks.deliveries import DeliveryState
from musings.store.webhooks.endpoints import ENDINGS, Webhook, WebhookEvent
from musings.store.webhooks.subscriptions import PushKeys, Subscriber
from musings.webhooks.delivery import Post
from tests.musings.store.adding import shell
from tests.musings.webhooks.browser import PretendBrowser
from tests.musings.webhooks.ended import cancelled
from tests.musings.webhooks.push_service import PushService
from tests.musings.webhooks.receiver import Receiver


@pytest.fixture
def service() -> Iterator[PushService]:
    with PushService() as made:
        yield made


@pytest.fixture
def browser() -> PretendBrowser:
    return PretendBrowser()


@pytest.fixture
def told(database: Database, service: PushService, browser: PretendBrowser) -> Webhook:
    return database.writing(subscriptions.keep, service.url, browser.keys, Subscriber(), ENDINGS, [])


def count(database: Database, table: str) -> int:
    with database.read() as connection:
        return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())


def test_the_end_of_a_prompt_is_read_by_the_browser_alone(
    database: Database, posting: Post, service: PushService, browser: PretendBrowser, told: Webhook
) -> None:
    made = cancelled(database)
    assert posting.deliver() == {"taken": 1, "left": 0}
    [(headers, body)] = service.received
    said = json.loads(browser.read(body))
    assert said["title"].endswith("was cancelled")
    assert said["url"] == f"/prompts/{made}"
    assert said["title"].encode() not in body
    assert headers["Authorization"].startswith("vapid t=")
    assert headers["Content-Encoding"] == "aes128gcm"
    assert posting.deliver() is None, "nothing is told twice"


def test_a_program_is_told_beside_it_as_ever(
    database: Database, posting: Post, service: PushService, told: Webhook, receiver: Receiver, webhook: Webhook
) -> None:
    cancelled(database)
    assert posting.deliver() == {"taken": 2, "left": 0}
    assert (len(service.received), len(receiver.received)) == (1, 1)


def test_what_was_not_taken_comes_again(
    database: Database, posting: Post, service: PushService, browser: PretendBrowser, told: Webhook
) -> None:
    cancelled(database)
    service.status = 503
    assert posting.deliver() == {"taken": 0, "left": 1}
    service.status = 201
    shell(database, "UPDATE musings_webhook_deliveries SET next_try_at = '2026-01-01 00:00:00.000000'")
    assert posting.deliver() == {"taken": 1, "left": 0}
    first, second = (json.loads(browser.read(body)) for _, body in service.received)
    assert first == second


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_has_gone_is_forgotten(
    database: Database, posting: Post, service: PushService, told: Webhook, status: int
) -> None:
    cancelled(database)
    service.status = status
    posting.deliver()
    assert count(database, "musings_push_subscriptions") == count(database, "musings_webhooks") == 0
    assert count(database, "musings_webhook_deliveries") == 0
    cancelled(database)
    assert posting.deliver() is None


def test_the_login_that_ends_takes_it_along(
    database: Database, posting: Post, service: PushService, browser: PretendBrowser
) -> None:
    session = database.writing(sessions.begin, "digest", "csrf")
    database.writing(subscriptions.keep, service.url, browser.keys, Subscriber(session_id=session.id), ENDINGS, [])
    shell(database, "UPDATE musings_sessions SET expires_at = '2026-01-02 00:00:00.000000'")
    cancelled(database)
    posting.deliver()
    assert service.received == []
    assert count(database, "musings_webhooks") == 0


def test_keys_that_another_program_wrote_are_told_in_the_log(
    database: Database, posting: Post, service: PushService, told: Webhook
) -> None:
    shell(database, "UPDATE musings_push_subscriptions SET p256dh = 'nonsense'")
    cancelled(database)
    assert posting.deliver() == {"taken": 0, "left": 1}
    found = database.reading(deliveries.listing, 1).items[0]
    assert found.state == DeliveryState.WAITING
    assert service.received == []


def test_a_private_address_is_never_called(database: Database, posting: Post) -> None:
    """As for programs: the name may have come to point to this network."""
    keys = PretendBrowser().keys
    database.writing(subscriptions.keep, "https://10.0.0.1/send", keys, Subscriber(), ENDINGS, [])
    cancelled(database)
    posting.deliver()
    [tried] = database.reading(deliveries.tries, [1])[1]
    assert "private network" in (tried.error or "")


def test_only_what_was_asked_for_is_told(database: Database, posting: Post, service: PushService) -> None:
    keys: PushKeys = PretendBrowser().keys
    database.writing(subscriptions.keep, service.url, keys, Subscriber(), [WebhookEvent.COMPLETED], [])
    cancelled(database)
    database.writing(subscriptions.keep, service.url, keys, Subscriber(), ENDINGS, [Kind.VIDEO])
    cancelled(database)
    assert posting.deliver() is None
    assert database.reading(endpoints.listing) == []
