"""Who is told when a prompt ends: rows of ``musings_webhooks``. Their secrets are derived and stand nowhere."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from musings.errors import ConflictError, NotFoundError
from musings.models import KIND_OF_TYPE, TYPES_OF_KIND, Kind
from musings.store import rows, times
from musings.store.tables import push_subscriptions, webhooks


class WebhookEvent(StrEnum):
    """What a webhook may be told; the first three are the ends of a prompt. ``TEST`` is sent when somebody asks."""

    COMPLETED = "prompt.completed"
    FAILED = "prompt.failed"
    CANCELLED = "prompt.cancelled"
    TEST = "webhook.test"


ENDINGS = (WebhookEvent.COMPLETED, WebhookEvent.FAILED, WebhookEvent.CANCELLED)
BY_HAND = "Switched off by hand."


@dataclass(frozen=True)
class Webhook:
    """A row of ``musings_webhooks``. ``kinds`` is empty for all, also those that a later version knows."""

    id: int
    name: str
    url: str
    events: tuple[WebhookEvent, ...]
    kinds: tuple[Kind, ...]
    enabled: bool
    disabled_reason: str | None
    key_version: int
    key_changed_at: datetime | None
    created_at: datetime


def add(
    connection: Connection, name: str, url: str, events: Collection[WebhookEvent], kinds: Collection[Kind]
) -> Webhook:
    """Keep a new one; its address is checked already, and what is named twice counts once.

    Raises ``ConflictError`` when the name is taken.
    """
    if connection.execute(select(webhooks.c.id).where(webhooks.c.name == name)).first():
        raise ConflictError(f"There is a webhook {name!r} already.", hint="Remove it, or choose another name.")
    values = {"name": name, "url": url, "created_at": times.now(), **_wanted(events, kinds)}
    return _webhook(connection.execute(insert(webhooks).values(values).returning(*webhooks.c)).one())


def listing(connection: Connection) -> list[Webhook]:
    """All that are programs, in the order of their names; browsers are in ``subscriptions``."""
    are_browsers = select(push_subscriptions.c.webhook_id)
    asked = select(webhooks).where(webhooks.c.id.not_in(are_browsers)).order_by(webhooks.c.name)
    return [_webhook(row) for row in connection.execute(asked)]


def get(connection: Connection, webhook_id: int) -> Webhook:
    """One. Raises ``NotFoundError``."""
    row = connection.execute(select(webhooks).where(webhooks.c.id == webhook_id)).first()
    if row is None:
        raise NotFoundError(f"There is no webhook {webhook_id}.", hint="See `musings webhooks list`.")
    return _webhook(row)


def named(connection: Connection, name: str) -> Webhook:
    """The one of a name. Raises ``NotFoundError``."""
    row = connection.execute(select(webhooks).where(webhooks.c.name == name)).first()
    if row is None:
        raise NotFoundError(f"There is no webhook {name!r}.", hint="See `musings webhooks list`.")
    return _webhook(row)


def enable(connection: Connection, webhook_id: int) -> Webhook:
    """Have it told again, also of what has waited for it. Raises ``NotFoundError``."""
    return _change(connection, webhook_id, enabled=True, disabled_reason=None)


def disable(connection: Connection, webhook_id: int, reason: str) -> Webhook:
    """Tell it nothing more until it is enabled; what ends meanwhile is not kept for it. Raises ``NotFoundError``."""
    return _change(connection, webhook_id, enabled=False, disabled_reason=rows.storable(reason))


def renew_key(connection: Connection, webhook_id: int) -> Webhook:
    """Sign with a new secret from now on. Raises ``NotFoundError``."""
    return _change(connection, webhook_id, key_version=webhooks.c.key_version + 1, key_changed_at=times.now())


def tell(connection: Connection, webhook_id: int, events: Collection[WebhookEvent], kinds: Collection[Kind]) -> Webhook:
    """Have it told of these from now on. Raises ``NotFoundError``."""
    return _change(connection, webhook_id, enabled=True, disabled_reason=None, **_wanted(events, kinds))


def remove(connection: Connection, webhook_id: int) -> None:
    """Forget it, with all that is on its way to it and the log of that. Raises ``NotFoundError``."""
    if connection.execute(delete(webhooks).where(webhooks.c.id == webhook_id)).rowcount != 1:
        raise NotFoundError(f"There is no webhook {webhook_id}.", hint="See `musings webhooks list`.")


def _wanted(events: Collection[WebhookEvent], kinds: Collection[Kind]) -> dict[str, str | None]:
    types = [each for kind in dict.fromkeys(kinds) for each in TYPES_OF_KIND[kind]]
    return {"events": ",".join(each for each in ENDINGS if each in events), "types": ",".join(types) or None}


def _change(connection: Connection, webhook_id: int, **values: Any) -> Webhook:
    changed = update(webhooks).where(webhooks.c.id == webhook_id).values(**values).returning(*webhooks.c)
    row = connection.execute(changed).first()
    if row is None:
        raise NotFoundError(f"There is no webhook {webhook_id}.", hint="See `musings webhooks list`.")
    return _webhook(row)


def _webhook(row: Row[Any]) -> Webhook:
    types = str(row.types).split(",") if row.types else []
    return Webhook(
        id=row.id,
        name=str(row.name),
        url=str(row.url),
        events=tuple(each for each in ENDINGS if each in str(row.events).split(",")),
        kinds=tuple(dict.fromkeys(KIND_OF_TYPE[each] for each in types if each in KIND_OF_TYPE)),
        enabled=bool(row.enabled),
        disabled_reason=rows.words(row.disabled_reason),
        key_version=int(row.key_version),
        key_changed_at=row.key_changed_at,
        created_at=row.created_at,
    )
