"""A message that is on its way, as the database tells of it."""

from datetime import UTC, datetime

from musings.store.webhooks.deliveries import Delivery, DeliveryState

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


def delivery(event: str = "prompt.completed", prompt_id: int | None = 12) -> Delivery:
    return Delivery(1, "msg_1", 1, event, prompt_id, DeliveryState.WAITING, 1, NOW, NOW, None, None)
