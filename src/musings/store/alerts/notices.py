"""What alerts remember, in ``queue_state``, so that a restart repeats nothing and forgets nothing.

``alert:KEY`` is an alert that is open. ``notice:ID`` is a notice that some channels have not taken yet; it says which,
and when to try again. Channels are named by their place and kind only: their addresses are secrets.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from musings.store import rows, times
from musings.store.database import Database
from musings.store.queue import changes

ALERT = "alert:"
NOTICE = "notice:"


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
    """A notice on its way. ``left`` are the channels that have not taken it; ``stored`` is its row as it was read."""

    id: str
    notice: Notice
    left: tuple[str, ...]
    tries: int
    since: datetime | None
    at: datetime | None
    stored: str = ""


def open_alerts(database: Database) -> dict[str, OpenAlert]:
    """The alerts that are open, by key."""
    found = {}
    for key, value in changes.named(database, ALERT).items():
        told = rows.json_object(value)
        found[key] = OpenAlert(key, times.parse(told.get("since")), str(told.get("title")), str(told.get("body")))
    return found


def begin(database: Database, key: str, notice: Notice, channels: Sequence[str]) -> bool:
    """Open an alert and post its notice, in one transaction; False when it was open already."""
    now = times.now()
    value = rows.dump({"since": now.strftime(times.FORMAT), "title": notice.title, "body": notice.body})
    if key in open_alerts(database):
        return False
    with database.write() as connection:
        if not changes.add(connection, ALERT + key, value):
            return False
        _post(connection, notice, channels, now)
    return True


def end(database: Database, key: str, notice: Notice, channels: Sequence[str]) -> bool:
    """Close an alert and post that it is over, in one transaction; False when it was not open."""
    with database.write() as connection:
        if not changes.put(connection, ALERT + key, None):
            return False
        _post(connection, notice, channels, times.now())
    return True


def waiting(database: Database) -> list[Waiting]:
    """The notices that some channel has not taken, in the order in which they were posted."""
    return [_read(id_, value) for id_, value in changes.named(database, NOTICE).items()]


def claim(database: Database, found: Waiting, until: datetime) -> Waiting | None:
    """Take a notice to deliver it; nobody else does before ``until``. None when somebody else has it."""
    return _swap(database, found, replace(found, at=until, tries=found.tries + 1))


def settle(database: Database, found: Waiting, left: Sequence[str], at: datetime) -> None:
    """Write down which channels have not taken it, and when they are tried again; nobody left means done."""
    if left:
        _swap(database, found, replace(found, left=tuple(left), at=at))
    else:
        drop(database, found)


def drop(database: Database, found: Waiting) -> None:
    changes.swap(database, NOTICE + found.id, found.stored, None)


def _post(connection: Connection, notice: Notice, channels: Sequence[str], now: datetime) -> None:
    if not channels:
        return
    id_ = f"{now:%Y%m%dT%H%M%S%f}-{uuid.uuid4().hex[:8]}"
    fresh = Waiting(id_, notice, tuple(channels), 0, now, now)
    changes.put(connection, NOTICE + id_, _written(fresh))


def _swap(database: Database, old: Waiting, new: Waiting) -> Waiting | None:
    stored = _written(new)
    return replace(new, stored=stored) if changes.swap(database, NOTICE + old.id, old.stored, stored) else None


def _written(found: Waiting) -> str:
    moments = {name: value.strftime(times.FORMAT) for name in ("since", "at") if (value := getattr(found, name))}
    return rows.dump({**vars(found.notice), "left": list(found.left), "tries": found.tries, **moments})


def _read(id_: str, value: str) -> Waiting:
    told = rows.json_object(value)
    notice = Notice(str(told.get("title")), str(told.get("body")), str(told.get("level")))
    left, tries = told.get("left"), told.get("tries")
    return Waiting(
        id=id_,
        notice=notice,
        left=tuple(map(str, left)) if isinstance(left, list) else (),
        tries=tries if isinstance(tries, int) else 0,
        since=times.parse(told.get("since")),
        at=times.parse(told.get("at")),
        stored=value,
    )
