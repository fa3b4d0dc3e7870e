"""A webhook and its deliveries as others see them."""

from datetime import UTC, datetime

from musings.models import Kind
from musings.store.webhooks.deliveries import Delivery, DeliveryState, Try
from musings.store.webhooks.endpoints import Webhook, WebhookEvent
from musings.views.webhooks import delivery_meta, webhook_meta, with_secret

AT = datetime(2026, 11, 28, 12, tzinfo=UTC)
HOOK = Webhook(1, "n8n", "https://example.org/", (WebhookEvent.FAILED,), (Kind.IMAGE,), True, None, 3, AT, AT)


def test_a_secret_is_shown_only_where_it_was_asked_for() -> None:
    shown = webhook_meta(HOOK).model_dump(mode="json")
    assert shown == {
        "id": 1,
        "name": "n8n",
        "url": "https://example.org/",
        "events": ["prompt.failed"],
        "kinds": ["image"],
        "enabled": True,
        "disabled_reason": None,
        "created_at": "2026-11-28T12:00:00.000Z",
    }
    assert with_secret(HOOK, "whsec_x").model_dump(mode="json") == {**shown, "secret": "whsec_x"}


def test_a_delivery_has_all_its_tries() -> None:
    found = Delivery(1, "msg_1", 1, "prompt.failed", 7, DeliveryState.DELIVERED, 2, AT, AT, None, AT)
    shown = delivery_meta(found, [Try(AT, None, "no answer", 0.5), Try(AT, 200, None, 0.1)]).model_dump(mode="json")
    assert (shown["state"], shown["next_try_at"], shown["ended_at"]) == ("delivered", None, "2026-11-28T12:00:00.000Z")
    assert [(each["status_code"], each["error"]) for each in shown["tries"]] == [(None, "no answer"), (200, None)]
