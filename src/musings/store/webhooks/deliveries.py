"""The outbox of webhooks and its log: what a trigger wrote when a prompt ended, until it was taken or given up."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, insert, or_, select, update

from musings.errors import ConflictError, NotFoundError
from musings.store import rows, times
from musings.store.cursors import position_of
from musings.store.tables import webhook_deliveries, webhook_tries, webhooks
from musings.store.webhooks.endpoints import WebhookEvent

LONGEST_WAIT = timedelta(hours=12)
"""No wait is longer; one that ends later was written while the clock was wrong."""


class DeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True)
class Delivery:
    """A row of ``musings_webhook_deliveries``.

    ``tries`` is the fencing token: it grows with each claim, and only who has claimed it last may settle it.
    ``since`` is when it was first due, or was sent again by hand.
    """

    id: int
    message_id: str
    webhook_id: int
    event: str
    prompt_id: int | None
    state: DeliveryState
    tries: int
    created_at: datetime
    since: datetime
    next_try_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True)
class Try:
    """What came of one try: the status of an answer, or words for why there was none."""

    at: datetime
    status_code: int | None
    error: str | None
    seconds: float


@dataclass(frozen=True)
class LastEnding:
    """How the newest delivery of a webhook that was ended came out; ``error`` is what its last try said."""

    webhook_id: int
    name: str
    failed: bool
    error: str


@dataclass(frozen=True)
class DeliveryPage:
    items: list[Delivery]
    next_cursor: str | None


def due(connection: Connection, now: datetime, limit: int) -> list[Delivery]:
    """Those whose time has come, of webhooks that are enabled, the longest due first."""
    # Of a webhook that is switched off nothing is lost: its messages wait until it is on again.
    asked = (
        select(*_SHOWN)
        .join(webhooks, webhooks.c.id == webhook_deliveries.c.webhook_id)
        .where(_IS_WAITING, webhooks.c.enabled, _has_come(now))
        .order_by(webhook_deliveries.c.next_try_at, webhook_deliveries.c.id)
        .limit(limit)
    )
    return [_delivery(row) for row in connection.execute(asked)]


def claim(connection: Connection, found: Delivery, until: datetime) -> Delivery | None:
    """Take one to deliver it; nobody else does before ``until``. None when somebody else has it."""
    # The time is moved on with the claim, so that whoever dies with it is relieved then.
    mine = replace(found, tries=found.tries + 1, next_try_at=until)
    taken = update(webhook_deliveries).where(_is_as_read(found)).values(tries=mine.tries, next_try_at=until)
    return mine if connection.execute(taken).rowcount == 1 else None


def settle(
    connection: Connection, found: Delivery, done: Try, state: DeliveryState, next_try_at: datetime | None
) -> bool:
    """Write down what came of a claim, and when it is tried again; False when somebody else has claimed it since."""
    ended = None if state is DeliveryState.WAITING else done.at
    changed = (
        update(webhook_deliveries)
        .where(_is_as_read(found))
        .values(state=state, next_try_at=next_try_at, ended_at=ended)
    )
    # Too slow: what it has to say of a claim that is somebody else's by now is left unsaid.
    if connection.execute(changed).rowcount != 1:
        return False
    error = None if done.error is None else rows.storable(done.error)
    connection.execute(
        insert(webhook_tries).values(
            delivery_id=found.id, at=done.at, status_code=done.status_code, error=error, seconds=done.seconds
        )
    )
    return True


def post_test(connection: Connection, webhook_id: int) -> Delivery:
    """A message that only says that it is a test, due now."""
    # No prompt is named: a receiver must not take it for one that has ended.
    now = times.now()
    values = {
        "message_id": f"msg_{uuid.uuid4().hex}",
        "webhook_id": webhook_id,
        "event": WebhookEvent.TEST,
        "created_at": now,
        "since": now,
        "next_try_at": now,
    }
    return _delivery(connection.execute(insert(webhook_deliveries).values(values).returning(*_SHOWN)).one())


def redeliver(connection: Connection, delivery_id: int) -> Delivery:
    """Send one again, now and with the same id, whatever became of it.

    Raises ``NotFoundError``, and ``ConflictError`` where its webhook is disabled.
    """
    found = get(connection, delivery_id)
    if not connection.execute(select(webhooks.c.enabled).where(webhooks.c.id == found.webhook_id)).scalar_one():
        raise ConflictError("Its webhook is disabled.", hint="Enable it first: `musings webhooks enable NAME`.")
    now = times.now()
    changed = (
        update(webhook_deliveries)
        .where(webhook_deliveries.c.id == delivery_id)
        .values(state=DeliveryState.WAITING, since=now, next_try_at=now, ended_at=None)
        .returning(*_SHOWN)
    )
    return _delivery(connection.execute(changed).one())


def get(connection: Connection, delivery_id: int) -> Delivery:
    """One. Raises ``NotFoundError``."""
    row = connection.execute(select(*_SHOWN).where(webhook_deliveries.c.id == delivery_id)).first()
    if row is None:
        raise NotFoundError(f"There is no delivery {delivery_id}.", hint="See `musings webhooks deliveries`.")
    return _delivery(row)


def listing(
    connection: Connection,
    limit: int,
    cursor: str | None = None,
    *,
    webhook_id: int | None = None,
    state: DeliveryState | None = None,
) -> DeliveryPage:
    """The log, newest first. Raises ``InvalidInputError`` for a cursor that is none of this list."""
    asked = select(*_SHOWN).order_by(webhook_deliveries.c.id.desc()).limit(limit + 1)
    if (position := position_of(cursor)) is not None:
        asked = asked.where(webhook_deliveries.c.id < position)
    if webhook_id is not None:
        asked = asked.where(webhook_deliveries.c.webhook_id == webhook_id)
    if state is not None:
        asked = asked.where(webhook_deliveries.c.state == state)
    found = [_delivery(row) for row in connection.execute(asked)]
    return DeliveryPage(found[:limit], str(found[limit - 1].id) if len(found) > limit else None)


def tries(connection: Connection, delivery_ids: Sequence[int]) -> dict[int, list[Try]]:
    """The tries of some deliveries, the earliest first."""
    found: dict[int, list[Try]] = {each: [] for each in delivery_ids}
    asked = select(webhook_tries).where(webhook_tries.c.delivery_id.in_(delivery_ids)).order_by(webhook_tries.c.id)
    for row in connection.execute(asked):
        error = rows.words(row.error)
        found[row.delivery_id].append(Try(row.at, row.status_code, error, row.seconds))
    return found


def tries_since(connection: Connection, found: Delivery) -> int:
    """How often it was tried since it was first due, or was sent again by hand."""
    asked = select(func.count()).where(webhook_tries.c.delivery_id == found.id, webhook_tries.c.at >= found.since)
    return connection.execute(asked).scalar_one()


def last_endings(connection: Connection) -> list[LastEnding]:
    """Of each webhook that is enabled and has ended a delivery."""
    of_it = webhook_deliveries.alias()
    newest = (
        select(of_it.c.id)
        .where(of_it.c.webhook_id == webhooks.c.id, of_it.c.ended_at.is_not(None))
        .order_by(of_it.c.ended_at.desc(), of_it.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    said = (
        select(webhook_tries.c.error)
        .where(webhook_tries.c.delivery_id == webhook_deliveries.c.id)
        .order_by(webhook_tries.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    asked = (
        select(webhooks.c.id, webhooks.c.name, webhook_deliveries.c.state, said.label("error"))
        .select_from(webhooks)
        .join(webhook_deliveries, webhook_deliveries.c.id == newest)
        .where(webhooks.c.enabled)
        .order_by(webhooks.c.id)
    )
    return [
        LastEnding(row.id, str(row.name), row.state == DeliveryState.FAILED, rows.words(row.error) or "")
        for row in connection.execute(asked)
    ]


def forget_before(connection: Connection, moment: datetime) -> int:
    """Drop what ended before a moment from the log; returns how many went."""
    gone = and_(webhook_deliveries.c.state != DeliveryState.WAITING, webhook_deliveries.c.ended_at < moment)
    return connection.execute(delete(webhook_deliveries).where(gone)).rowcount


def _is_as_read(found: Delivery) -> ColumnElement[bool]:
    return and_(webhook_deliveries.c.id == found.id, webhook_deliveries.c.tries == found.tries, _IS_WAITING)


def _has_come(now: datetime) -> ColumnElement[bool]:
    at = webhook_deliveries.c.next_try_at
    return or_(at.is_(None), at <= now, at > now + LONGEST_WAIT)


_IS_WAITING = webhook_deliveries.c.state == DeliveryState.WAITING
_SHOWN = tuple(webhook_deliveries.c)


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        id=row.id,
        message_id=str(row.message_id),
        webhook_id=row.webhook_id,
        event=str(row.event),
        prompt_id=row.prompt_id,
        state=DeliveryState(row.state),
        tries=row.tries,
        created_at=row.created_at,
        since=row.since,
        next_try_at=row.next_try_at,
        ended_at=row.ended_at,
    )
