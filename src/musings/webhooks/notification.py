"""What a person is told, in words, when a prompt ends: by a browser (Web Push), or by a channel of ``alerts.urls``."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from musings.models import Kind
from musings.store.webhooks.deliveries import Delivery
from musings.store.webhooks.endpoints import WebhookEvent

MOST_WORDS = 120
"""Characters of the prompt: a lock screen has little room."""
THINGS = {
    Kind.TEXT: "text",
    Kind.IMAGE: "picture",
    Kind.MUSIC: "piece of music",
    Kind.VOICE: "recording",
    Kind.VIDEO: "film",
}
ENDINGS = {
    WebhookEvent.COMPLETED: "is done",
    WebhookEvent.FAILED: "has failed",
    WebhookEvent.CANCELLED: "was cancelled",
}


@dataclass(frozen=True)
class Notification:
    """``path`` is where on the page one reads on; a newer message with the same ``tag`` takes the place of this one."""

    title: str
    body: str
    path: str
    tag: str


def notification(delivery: Delivery, told: Mapping[str, Any]) -> Notification:
    """``told`` has the prompt's ``kind`` and ``text``, or is empty where it has gone."""
    if delivery.event == WebhookEvent.TEST or delivery.prompt_id is None:
        return Notification("Musings reaches you here", "", "/connect", "test")
    words = " ".join(str(told.get("text", "")).split())
    return Notification(
        f"Your {THINGS.get(told.get('kind', Kind.TEXT), 'prompt')} {ENDINGS[WebhookEvent(delivery.event)]}",
        words if len(words) <= MOST_WORDS else words[: MOST_WORDS - 1] + "…",
        f"/prompts/{delivery.prompt_id}",
        f"prompt-{delivery.prompt_id}",
    )
