"""Webhooks and their deliveries as the API sends them and the command line prints them."""

from collections.abc import Sequence

from pydantic import BaseModel

from musings.models import Kind
from musings.store.webhooks.deliveries import Delivery, DeliveryState, Try
from musings.store.webhooks.endpoints import Webhook, WebhookEvent
from musings.views.schemas import Time


class WebhookMeta(BaseModel):
    """Without its secret, which is shown when it is made. ``kinds`` is empty for all."""

    id: int
    name: str
    url: str
    events: list[WebhookEvent]
    kinds: list[Kind]
    enabled: bool
    disabled_reason: str | None
    created_at: Time


class WebhookSecret(WebhookMeta):
    """``secret`` is what the receiver verifies messages with: ``whsec_`` and Base64."""

    secret: str


class WebhookList(BaseModel):
    items: list[WebhookMeta]
    next_cursor: str | None = None


class TryMeta(BaseModel):
    at: Time
    status_code: int | None
    error: str | None
    seconds: float


class DeliveryMeta(BaseModel):
    """``message_id`` is the header ``webhook-id`` of every try."""

    id: int
    message_id: str
    webhook_id: int
    event: str
    prompt_id: int | None
    state: DeliveryState
    created_at: Time
    next_try_at: Time | None
    ended_at: Time | None
    tries: list[TryMeta]


class DeliveryList(BaseModel):
    items: list[DeliveryMeta]
    next_cursor: str | None


def webhook_meta(found: Webhook) -> WebhookMeta:
    return WebhookMeta(
        id=found.id,
        name=found.name,
        url=found.url,
        events=list(found.events),
        kinds=list(found.kinds),
        enabled=found.enabled,
        disabled_reason=found.disabled_reason,
        created_at=found.created_at,
    )


def with_secret(found: Webhook, secret: str) -> WebhookSecret:
    return WebhookSecret(**webhook_meta(found).model_dump(), secret=secret)


def delivery_meta(found: Delivery, tries: Sequence[Try]) -> DeliveryMeta:
    return DeliveryMeta(
        id=found.id,
        message_id=found.message_id,
        webhook_id=found.webhook_id,
        event=found.event,
        prompt_id=found.prompt_id,
        state=found.state,
        created_at=found.created_at,
        next_try_at=found.next_try_at,
        ended_at=found.ended_at,
        tries=[
            TryMeta(at=each.at, status_code=each.status_code, error=each.error, seconds=each.seconds) for each in tries
        ],
    )
