"""Addresses of feeds: rows of ``musings_feeds``. Who has one may read what it names; only its hash is kept."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from musings.errors import ConflictError, NotFoundError
from musings.store import rows, times
from musings.store.tables import feeds

MUSINGS = "musing"
"""The kind of a feed that has one entry for each musing of which all is done."""
USE_NOTED = timedelta(minutes=1)


@dataclass(frozen=True)
class FeedAddress:
    """``kind`` and ``tag`` say what is in it, None meaning all. ``key`` names its entries and opens nothing."""

    id: int
    name: str
    kind: str | None
    tag: str | None
    key: str
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


def add(
    connection: Connection, name: str, secret_hash: str, key: str, kind: str | None = None, tag: str | None = None
) -> FeedAddress:
    """Keep a new one. Raises ``ConflictError`` when one of that name is in use."""
    if connection.execute(select(feeds.c.id).where(feeds.c.name == name, feeds.c.revoked_at.is_(None))).first():
        raise ConflictError(f"There is a feed {name!r} already.", hint="Revoke it, or choose another name.")
    values = {"name": name, "secret_hash": secret_hash, "entry_key": key, "kind": kind, "tag": tag}
    made = insert(feeds).values(**values, created_at=times.now()).returning(*feeds.c)
    return _feed(connection.execute(made).one())


def listing(connection: Connection) -> list[FeedAddress]:
    """All, newest first, those that were revoked too."""
    return [_feed(row) for row in connection.execute(select(feeds).order_by(feeds.c.id.desc()))]


def find(connection: Connection, secret_hash: str) -> FeedAddress | None:
    """The one with this hash, if it counts."""
    query = select(feeds).where(feeds.c.secret_hash == secret_hash, feeds.c.revoked_at.is_(None))
    row = connection.execute(query).first()
    return None if row is None else _feed(row)


def is_use_noted(feed: FeedAddress) -> bool:
    """Whether its last use was written down within the last minute, so that this one need not be."""
    return feed.last_used_at is not None and times.now() - feed.last_used_at < USE_NOTED


def note_use(connection: Connection, feed: FeedAddress) -> None:
    connection.execute(update(feeds).where(feeds.c.id == feed.id).values(last_used_at=times.now()))


def revoke(connection: Connection, feed_id: int) -> FeedAddress:
    """End an address at once; twice is harmless. Raises ``NotFoundError``."""
    # The first time stays: it says since when nobody could read it.
    ended = func.coalesce(feeds.c.revoked_at, times.now())
    row = connection.execute(
        update(feeds).where(feeds.c.id == feed_id).values(revoked_at=ended).returning(*feeds.c)
    ).first()
    if row is None:
        raise NotFoundError(f"There is no feed {feed_id}.", hint="See `musings feeds list`.")
    return _feed(row)


def _feed(row: Row[Any]) -> FeedAddress:
    return FeedAddress(
        id=row.id,
        name=str(row.name),
        kind=rows.words(row.kind),
        tag=rows.words(row.tag),
        key=str(row.entry_key),
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )
