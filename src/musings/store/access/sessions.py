"""Sessions of the page. The browser holds a secret id, the database its hash; what ends here is ended everywhere.

An id is changed from time to time. The old one stays good until the new one has been used, because an answer that
carries it may be lost, and for a while after, because several requests are under way at once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, or_, select, update

from musings.store import times
from musings.store.tables import sessions

LASTS = timedelta(days=30)
IDLE = timedelta(days=7)
ROTATED_AFTER = timedelta(hours=1)
OVERLAP = timedelta(seconds=60)
SEEN_NOTED = timedelta(seconds=60)


@dataclass(frozen=True)
class Session:
    """A row of ``musings_sessions``. ``by_previous``: it was found by the id before the present one."""

    id: int
    csrf: str
    expires_at: datetime
    seen_at: datetime
    rotated_at: datetime
    confirmed_at: datetime | None
    by_previous: bool = False

    def wants_new_id(self, now: datetime) -> bool:
        """Whether the id is old, or the browser still shows the one before and so never got the new one."""
        if self.by_previous:
            return self.confirmed_at is None and now - self.rotated_at > OVERLAP
        return now - self.rotated_at > ROTATED_AFTER

    @property
    def has_arrived(self) -> bool:
        """Whether this use shows for the first time that the browser got its new id."""
        return self.confirmed_at is None and not self.by_previous

    def is_use_noted(self, now: datetime) -> bool:
        """Whether nothing need be written down about a use at this moment."""
        return not self.has_arrived and now - self.seen_at < SEEN_NOTED


def begin(connection: Connection, secret_hash: str, csrf: str) -> Session:
    """Start a session, and forget those that are over."""
    now = times.now()
    over = or_(sessions.c.expires_at <= now, sessions.c.seen_at <= now - IDLE)
    connection.execute(delete(sessions).where(over))
    row = connection.execute(
        insert(sessions)
        .values(
            secret_hash=secret_hash,
            csrf=csrf,
            created_at=now,
            expires_at=now + LASTS,
            seen_at=now,
            rotated_at=now,
            confirmed_at=now,
        )
        .returning(*_SHOWN)
    ).one()
    return Session(*row)


def find(connection: Connection, secret_hash: str) -> Session | None:
    """The session with this id, or with this id until lately; None when there is none or it is over."""
    now = times.now()
    lately = (sessions.c.previous_hash == secret_hash) & or_(
        sessions.c.confirmed_at.is_(None), sessions.c.confirmed_at > now - OVERLAP
    )
    lasting = (sessions.c.expires_at > now) & (sessions.c.seen_at > now - IDLE)
    row = connection.execute(select(*_SHOWN).where(sessions.c.secret_hash == secret_hash, lasting)).first()
    if row is not None:
        return Session(*row)
    row = connection.execute(select(*_SHOWN).where(lately, lasting)).first()
    return Session(*row, by_previous=True) if row else None


def note_use(connection: Connection, session: Session) -> None:
    """Write down that a session was used, once a minute at most, and that its new id has arrived."""
    now = times.now()
    if session.is_use_noted(now):
        return
    confirmed = {"confirmed_at": now} if session.has_arrived else {}
    connection.execute(update(sessions).where(sessions.c.id == session.id).values(seen_at=now, **confirmed))


def rotate(connection: Connection, session: Session, held_hash: str, secret_hash: str) -> bool:
    """Give a session a new id; ``held_hash`` is what the browser shows. False when another request was first."""
    now = times.now()
    as_found = (sessions.c.id == session.id) & (sessions.c.rotated_at == session.rotated_at)
    values = {"secret_hash": secret_hash, "previous_hash": held_hash, "rotated_at": now, "confirmed_at": None}
    return connection.execute(update(sessions).where(as_found).values(values)).rowcount == 1


def end(connection: Connection, session_id: int) -> None:
    connection.execute(delete(sessions).where(sessions.c.id == session_id))


def end_all(connection: Connection) -> int:
    """End every session; returns how many there were."""
    return connection.execute(delete(sessions)).rowcount


_SHOWN = (
    sessions.c.id,
    sessions.c.csrf,
    sessions.c.expires_at,
    sessions.c.seen_at,
    sessions.c.rotated_at,
    sessions.c.confirmed_at,
)
