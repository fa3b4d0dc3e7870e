"""A channel of ``alerts.urls`` (ntfy, Gotify, mail, a chat) that is told when a prompt ends, in words for a person."""

import time

from musings.alerts.post import Send, addresses_of, channels_of
from musings.config.settings import Settings
from musings.store.alerts.notices import Notice
from musings.store.database import Database
from musings.store.webhooks.deliveries import Delivery
from musings.store.webhooks.endpoints import WebhookEvent
from musings.webhooks import messages
from musings.webhooks.destinations import checked
from musings.webhooks.notification import notification
from musings.webhooks.sending import Answer

LEVELS = {WebhookEvent.COMPLETED.value: "success", WebhookEvent.FAILED.value: "failure"}


def address_of(settings: Settings, url: str) -> str:
    """The address of a webhook as it is kept: ``destinations.checked``, with the channels that there are."""
    return checked(url, settings.webhooks.allowed_hosts, channels_of(settings.alerts.urls))


def told(settings: Settings, database: Database, channel: str, claimed: Delivery, tell: Send) -> Answer:
    """What became of one message. Takes seconds when the other side is away. Raises nothing of a channel's own."""
    address = addresses_of(settings.alerts.urls).get(channel)
    if address is None:
        return Answer(None, f"alerts.urls has no channel {channel} any more", 0.0)
    words = notification(claimed, messages.asked_for(database, claimed))
    body = "\n".join(filter(None, (words.body, settings.address + words.path)))
    began = time.monotonic()
    taken = tell(address, Notice(words.title, body, LEVELS.get(claimed.event, "info")))
    error = None if taken else f"the channel {channel} did not take it; `musings alerts test` tries each"
    return Answer(None, error, time.monotonic() - began)
