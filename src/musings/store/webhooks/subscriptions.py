"""Browsers that are told by Web Push: each is a row of ``musings_webhooks`` with its keys beside it.

So the outbox, the trigger that fills it, the tries and the log are those of webhooks.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from musings.errors import NotFoundError
from musings.models import Kind
from musings.store import times
from musings.store.tables import push_subscriptions, sessions, tokens
from musings.store.webhooks import endpoints
from musings.store.webhooks.endpoints import Webhook, WebhookEvent

NAME = "push "
"""How the names of their webhooks begin; the rest is a number that nobody guesses."""


@dataclass(frozen=True)
class Subscriber:
    """Whose login or token a browser came with; both are None where nobody is asked who they are."""

    session_id: int | None = None
    token_id: int | None = None


@dataclass(frozen=True)
class PushKeys:
    """What a browser made for us: its public key ``p256dh`` and its secret ``auth``, both base64url (RFC 8291)."""

    p256dh: str
    auth: str


@dataclass(frozen=True)
class Subscription:
    """``until`` is when the login or the token ends by itself that it came with."""

    webhook_id: int
    keys: PushKeys
    subscriber: Subscriber
    until: datetime | None


def keep(
    connection: Connection,
    endpoint: str,
    keys: PushKeys,
    subscriber: Subscriber,
    events: Collection[WebhookEvent],
    kinds: Collection[Kind],
) -> Webhook:
    """Tell a browser from now on. The same one again keeps its id, and what is on its way to it."""
    values = {
        "p256dh": keys.p256dh,
        "auth": keys.auth,
        "session_id": subscriber.session_id,
        "token_id": subscriber.token_id,
        "created_at": times.now(),
    }
    known = select(push_subscriptions.c.webhook_id).where(push_subscriptions.c.endpoint == endpoint)
    webhook_id = connection.execute(known).scalar()
    if webhook_id is None:
        made = endpoints.add(connection, f"{NAME}{uuid.uuid4().hex[:12]}", endpoint, events, kinds)
        connection.execute(insert(push_subscriptions).values(webhook_id=made.id, endpoint=endpoint, **values))
        return made
    changed = update(push_subscriptions).where(push_subscriptions.c.webhook_id == webhook_id).values(values)
    connection.execute(changed)
    return endpoints.tell(connection, webhook_id, events, kinds)


def of_webhook(connection: Connection, webhook_id: int) -> Subscription | None:
    """What belongs to a webhook that is a browser; None for any other."""
    asked = (
        select(push_subscriptions, sessions.c.expires_at.label("login"), tokens.c.expires_at.label("token"))
        .outerjoin(sessions, sessions.c.id == push_subscriptions.c.session_id)
        .outerjoin(tokens, tokens.c.id == push_subscriptions.c.token_id)
        .where(push_subscriptions.c.webhook_id == webhook_id)
    )
    row = connection.execute(asked).first()
    return None if row is None else _subscription(row)


def own(connection: Connection, webhook_id: int, subscriber: Subscriber) -> Subscription:
    """One that this login or token has asked for, or nobody in particular. Raises ``NotFoundError`` for any other."""
    found = of_webhook(connection, webhook_id)
    if found is None or found.subscriber not in (subscriber, Subscriber()):
        raise NotFoundError(f"There is no subscription {webhook_id} of yours.", hint="Ask for notifications again.")
    return found


def remove(connection: Connection, webhook_id: int) -> bool:
    """Tell a browser nothing more, and forget what is on its way to it; False when it had gone."""
    # The webhook goes with it, by a trigger.
    gone = delete(push_subscriptions).where(push_subscriptions.c.webhook_id == webhook_id)
    return connection.execute(gone).rowcount == 1


def _subscription(row: Row[Any]) -> Subscription:
    return Subscription(
        webhook_id=row.webhook_id,
        keys=PushKeys(str(row.p256dh), str(row.auth)),
        subscriber=Subscriber(row.session_id, row.token_id),
        until=row.login or row.token,
    )
