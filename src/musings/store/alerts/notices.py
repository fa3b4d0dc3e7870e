"""What alerts remember, so that a restart repeats nothing and forgets nothing: open alerts and the outbox of notices.

A notice stays in the outbox until every channel has taken it. Channels are named by their place and kind only: their
addresses are secrets.
"""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, insert, select, update

from musings.store import rows, times
from musings.store.dialect import dialect_of
from musings.store.tables import alert_notices, alerts


@dataclass(frozen=True)
class Notice:
    """Words for a person. ``level`` is ``failure``, ``success`` (it is over) or ``info``."""

    title: str
    body: str
    level: str


@dataclass(frozen=True)
class OpenAlert:
    key: str
    since: datetime | None
    title: str
    body: str


@dataclass(frozen=True)
class Waiting:
    """A notice on its way: ``left`` are the channels that have not taken it, ``at`` is when they are tried again.

    ``tries`` is the fencing token: it grows with each claim, and only who has claimed it last may settle it.
    """

    id: str
    notice: Notice
    left: tuple[str, ...]
    tries: int
    since: datetime | None
    at: datetime | None


def open_alerts(connection: Connection) -> dict[str, OpenAlert]:
    """The alerts that are open, by key."""
    found = connection.execute(select(alerts).order_by(alerts.c.key))
    return {row.key: OpenAlert(row.key, row.since, str(row.title), str(row.body)) for row in found}


def begin(connection: Connection, key: str, notice: Notice, channels: Sequence[str]) -> bool:
    """Open an alert and post its notice; False when it was open already."""
    now = times.now()
    values = {"key": key, "since": now, "title": notice.title, "body": notice.body}
    if connection.execute(dialect_of(connection).insert_or_ignore(alerts, values)).rowcount != 1:
        return False
    _post(connection, notice, channels, now)
    return True


def end(connection: Connection, key: str, notice: Notice, channels: Sequence[str]) -> bool:
    """Close an alert and post that it is over; False when it was not open."""
    if connection.execute(delete(alerts).where(alerts.c.key == key)).rowcount != 1:
        return False
    _post(connection, notice, channels, times.now())
    return True


def waiting(connection: Connection) -> list[Waiting]:
    """The notices that some channel has not taken, in the order in which they were posted."""
    return [_read(row) for row in connection.execute(select(alert_notices).order_by(alert_notices.c.id))]


def claim(connection: Connection, found: Waiting, until: datetime) -> Waiting | None:
    """Take a notice to deliver it; nobody else does before ``until``. None when somebody else has it."""
    mine = replace(found, at=until, tries=found.tries + 1)
    taken = update(alert_notices).where(_is_as_read(found)).values(next_try_at=mine.at, tries=mine.tries)
    return mine if connection.execute(taken).rowcount == 1 else None


def settle(connection: Connection, found: Waiting, left: Sequence[str], at: datetime) -> None:
    """Write down which channels have not taken it, and when they are tried again; nobody left means done."""
    if left:
        kept = update(alert_notices).where(_is_as_read(found)).values(channels=json.dumps(list(left)), next_try_at=at)
        connection.execute(kept)
    else:
        drop(connection, found)


def drop(connection: Connection, found: Waiting) -> None:
    """Forget a notice, unless somebody else has claimed it since."""
    connection.execute(delete(alert_notices).where(_is_as_read(found)))


def _post(connection: Connection, notice: Notice, channels: Sequence[str], now: datetime) -> None:
    if not channels:
        return
    connection.execute(
        insert(alert_notices).values(
            id=f"{now:%Y%m%dT%H%M%S%f}-{uuid.uuid4().hex[:8]}",
            title=rows.storable(notice.title),
            body=rows.storable(notice.body),
            level=notice.level,
            channels=json.dumps(list(channels)),
            tries=0,
            posted_at=now,
            next_try_at=now,
        )
    )


def _is_as_read(found: Waiting) -> ColumnElement[bool]:
    return and_(alert_notices.c.id == found.id, alert_notices.c.tries == found.tries)


def _read(row: Row[Any]) -> Waiting:
    notice = Notice(str(row.title), str(row.body), str(row.level))
    left = rows.json_object(row.channels).get("value")  # a list, which is no object
    channels = tuple(map(str, left)) if isinstance(left, list) else ()
    return Waiting(row.id, notice, channels, row.tries, row.posted_at, row.next_try_at)
