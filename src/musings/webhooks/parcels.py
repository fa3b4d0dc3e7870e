"""What goes to a receiver: the body and its headers, signed for a program, encrypted for a browser."""

from collections.abc import Mapping
from dataclasses import dataclass

from musings import logs
from musings.config.settings import Settings
from musings.store import times
from musings.store.database import Database
from musings.store.webhooks import subscriptions
from musings.store.webhooks.deliveries import Delivery
from musings.store.webhooks.endpoints import Webhook
from musings.webhooks import messages, push
from musings.webhooks.signatures import WebhookKey

NO_MORE = (404, 410)
"""By which a push service says that a browser has gone (RFC 8030, section 7.3)."""


@dataclass(frozen=True)
class Parcel:
    """``is_push``: for a browser, whose push service answers for it."""

    headers: Mapping[str, str]
    body: str | bytes
    is_push: bool = False


def packed(
    settings: Settings, database: Database, key: WebhookKey, webhook: Webhook, claimed: Delivery
) -> Parcel | None:
    """What is sent now; None where the login is over with which a browser came, which is told no more then.

    Raises ``ValueError`` for keys that nothing can be encrypted for.
    """
    browser = database.reading(subscriptions.of_webhook, webhook.id)
    if browser is None:
        body = messages.message(database, claimed, settings.address)
        return Parcel(key.headers(webhook, claimed.message_id, body, times.now()), body)
    if browser.until is not None and browser.until <= times.now():
        database.writing(subscriptions.remove, webhook.id)
        return None
    public = settings.security.public_url or ""
    contact = settings.push.contact or (public if public.startswith("https:") else push.NOBODY)
    headers = key.push_key().headers(webhook.url, contact, times.now())
    return Parcel(
        headers,
        push.encrypted(push.message(claimed, messages.asked_for(database, claimed)), browser.keys),
        is_push=True,
    )


def has_gone(database: Database, webhook: Webhook, parcel: Parcel, status_code: int | None) -> bool:
    """Whether a push service has said that a browser is no more; then it is told nothing more."""
    if not parcel.is_push or status_code not in NO_MORE:
        return False
    logs.get("webhooks").info("a browser is told no more", answer=status_code)
    return database.writing(subscriptions.remove, webhook.id)
