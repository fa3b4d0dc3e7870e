"""The outbox: written in the transaction that ends a prompt, claimed by one, and a log afterwards."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection

from musings.errors import ConflictError, InvalidInputError, NotFoundError
from musings.models import Kind
from musings.store.database import Database
from musings.store.queue import claims, endings
from musings.store.webhooks import deliveries, endpoints
from musings.store.webhooks.deliveries import Delivery, DeliveryState, Try
from musings.store.webhooks.endpoints import ENDINGS, Webhook, WebhookEvent
from tests.musings.store.adding import add, shell

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def webhook(database: Database) -> Webhook:
    return database.writing(endpoints.add, "n8n", "https://example.org/", ENDINGS, [])


def posted(database: Database, count: int = 1) -> list[Delivery]:
    """Deliveries of so many prompts that ended, the earliest first."""
    for _ in range(count):
        shell(database, "UPDATE prompts SET status = 'failed' WHERE id = ?", add(database).id)
    return database.reading(deliveries.listing, count).items[::-1]


def settled(database: Database, found: Delivery, state: DeliveryState, again: datetime | None = None) -> bool:
    return database.writing(deliveries.settle, found, Try(NOW, 200, None, 0.1), state, again)


def test_an_end_and_its_message_are_one_transaction(database: Database, webhook: Webhook) -> None:
    add(database)
    taken = database.writing(claims.claim, list(Kind))
    assert taken is not None

    class PowerCut(Exception):
        pass

    def cut_off(connection: Connection) -> None:
        endings.fail(connection, taken, error="x", error_class="UserFault", seconds=1, log="")
        assert len(deliveries.due(connection, datetime.now(UTC) + timedelta(seconds=1), 10)) == 1
        raise PowerCut

    with pytest.raises(PowerCut):
        database.writing(cut_off)
    assert database.reading(deliveries.listing, 10).items == []
    database.writing(endings.fail, taken, error="x", error_class="UserFault", seconds=1, log="")
    [found] = database.reading(deliveries.listing, 10).items
    assert (found.event, found.prompt_id, found.state) == (WebhookEvent.FAILED, taken.id, DeliveryState.WAITING)


def test_the_end_that_another_program_writes_is_told_as_well(database: Database, webhook: Webhook) -> None:
    assert [each.event for each in posted(database)] == [WebhookEvent.FAILED]


def test_each_message_has_an_id_of_its_own(database: Database, webhook: Webhook) -> None:
    other = database.writing(endpoints.add, "other", "https://example.org/", ENDINGS, [])
    posted(database, 3)
    found = database.reading(deliveries.listing, 10).items
    assert len({each.message_id for each in found}) == 6
    assert {each.webhook_id for each in found} == {webhook.id, other.id}
    assert all(each.message_id.startswith("msg_") for each in found)


def test_what_is_due_comes_in_the_order_of_its_time(database: Database, webhook: Webhook) -> None:
    first, second, third = posted(database, 3)
    at = "UPDATE musings_webhook_deliveries SET next_try_at = ? WHERE id = ?"
    for moment, found in (
        ("2026-11-20 11:00:00", second),
        ("2026-11-20 11:30:00", first),
        ("2026-11-20 13:00:00", third),
    ):
        shell(database, at, moment, found.id)
    assert [each.id for each in database.reading(deliveries.due, NOW, 10)] == [second.id, first.id]
    assert [each.id for each in database.reading(deliveries.due, NOW, 1)] == [second.id]
    assert database.reading(deliveries.due, datetime(2026, 11, 20, 10, tzinfo=UTC), 10) == []


def test_a_wait_that_no_clock_of_today_wrote_is_over(database: Database, webhook: Webhook) -> None:
    posted(database)
    shell(database, "UPDATE musings_webhook_deliveries SET next_try_at = '2027-11-28 11:00:00'")
    assert len(database.reading(deliveries.due, NOW, 10)) == 1


def test_one_is_claimed_once_and_settled_by_its_last_claim(database: Database, webhook: Webhook) -> None:
    [found] = posted(database)
    first = database.writing(deliveries.claim, found, NOW)
    assert first is not None
    assert database.writing(deliveries.claim, found, NOW) is None
    second = database.writing(deliveries.claim, first, NOW)
    assert second is not None
    assert not settled(database, first, DeliveryState.DELIVERED), "whoever was too slow changes nothing"
    assert settled(database, second, DeliveryState.DELIVERED)
    found = database.reading(deliveries.get, found.id)
    assert (found.state, found.tries, found.ended_at) == (DeliveryState.DELIVERED, 2, NOW)
    assert len(database.reading(deliveries.tries, [found.id])[found.id]) == 1
    assert database.writing(deliveries.claim, found, NOW) is None, "it has ended"


def test_one_is_sent_again_whatever_became_of_it(database: Database, webhook: Webhook) -> None:
    for found, state in zip(posted(database, 2), (DeliveryState.DELIVERED, DeliveryState.FAILED), strict=True):
        claimed = database.writing(deliveries.claim, found, NOW)
        assert claimed is not None
        settled(database, claimed, state)
        again = database.writing(deliveries.redeliver, found.id)
        assert (again.state, again.message_id, again.ended_at) == (DeliveryState.WAITING, found.message_id, None)
        assert database.reading(deliveries.tries_since, again) == 0


def test_what_cannot_be_sent_again_is_said(database: Database, webhook: Webhook) -> None:
    with pytest.raises(NotFoundError, match="delivery 7"):
        database.writing(deliveries.redeliver, 7)
    [found] = posted(database)
    database.writing(endpoints.disable, webhook.id, "by hand")
    with pytest.raises(ConflictError, match="disabled"):
        database.writing(deliveries.redeliver, found.id)
    assert database.reading(deliveries.due, datetime.now(UTC), 10) == []


def test_the_log_is_read_page_by_page(database: Database, webhook: Webhook) -> None:
    other = database.writing(endpoints.add, "other", "https://example.org/", [WebhookEvent.COMPLETED], [])
    database.writing(deliveries.post_test, other.id)
    ids = [each.id for each in posted(database, 3)]
    page = database.reading(deliveries.listing, 2)
    assert [each.id for each in page.items] == ids[:0:-1]
    rest = database.reading(deliveries.listing, 2, page.next_cursor)
    assert [each.event for each in rest.items] == [WebhookEvent.FAILED, WebhookEvent.TEST]
    assert rest.next_cursor is None
    assert [each.event for each in database.reading(deliveries.listing, 9, webhook_id=other.id).items] == [
        WebhookEvent.TEST
    ]
    assert database.reading(deliveries.listing, 9, state=DeliveryState.DELIVERED).items == []
    with pytest.raises(InvalidInputError, match="cursor"):
        database.reading(deliveries.listing, 2, "x")


def test_what_waits_is_never_trimmed(database: Database, webhook: Webhook) -> None:
    waiting, ended = posted(database, 2)
    claimed = database.writing(deliveries.claim, ended, NOW)
    assert claimed is not None
    settled(database, claimed, DeliveryState.DELIVERED)
    assert database.writing(deliveries.forget_before, NOW + timedelta(days=9)) == 1
    assert [each.id for each in database.reading(deliveries.listing, 9).items] == [waiting.id]
    assert database.reading(deliveries.tries, [ended.id]) == {ended.id: []}
