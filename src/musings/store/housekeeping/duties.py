"""When each duty is due, and who does it at present: of several hosts, one.

A duty belongs to the database and not to a host. Whoever does it claims it before, by a compare-and-swap, and writes
down afterwards when it is due again; one that was killed is due still.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from musings.store import times
from musings.store.dialect import dialect_of
from musings.store.tables import duties

FAR = timedelta(days=1)  # no duty is due, and no claim lasts, for longer than that: the clock was set back
CLAIM = timedelta(hours=1)
"""How long a claim counts whose owner nobody can look for, because it is on another host."""


@dataclass(frozen=True)
class Owner:
    """``process`` is an identity as ``musings.process`` has it."""

    host: str
    process: str


@dataclass(frozen=True)
class DutyRow:
    """``claims`` is the fencing token: it grows with each claim. ``owner`` is who has it until ``claimed_until``."""

    due_at: datetime | None
    claims: int
    owner: Owner | None
    claimed_until: datetime | None


def find(connection: Connection, name: str) -> DutyRow:
    """How a duty stands; one that nobody has ever done is due."""
    row = connection.execute(select(duties).where(duties.c.name == name)).first()
    if row is None:
        return DutyRow(None, 0, None, None)
    owner = Owner(str(row.host), str(row.process)) if row.process is not None else None
    return DutyRow(row.due_at, row.claims, owner, row.claimed_until)


def claim(connection: Connection, name: str, found: DutyRow, owner: Owner) -> int | None:
    """Take a duty that stood as ``found``; the token to finish it with, None when somebody else has taken it since."""
    token = found.claims + 1
    values = {"claims": token, "host": owner.host, "process": owner.process, "claimed_until": times.now() + CLAIM}
    unchanged = (duties.c.name == name, duties.c.claims == found.claims)
    taken = connection.execute(update(duties).where(*unchanged).values(values)).rowcount
    if not taken and not found.claims:
        taken = connection.execute(dialect_of(connection).insert_or_ignore(duties, {"name": name, **values})).rowcount
    return token if taken == 1 else None


def finish(connection: Connection, name: str, token: int, due_at: datetime) -> bool:
    """It is done, and due again then; False when the claim ran out and somebody else has taken it since."""
    mine = (duties.c.name == name, duties.c.claims == token)
    done = {"due_at": due_at, "host": None, "process": None, "claimed_until": None}
    return connection.execute(update(duties).where(*mine).values(done)).rowcount == 1


def is_due(due_at: datetime | None, now: datetime) -> bool:
    """Whether a duty's time has come. What cannot be read, or is too far away to be true, has."""
    return due_at is None or due_at <= now or due_at > now + FAR


def is_claimed(found: DutyRow, now: datetime) -> bool:
    """Whether a claim counts still, as far as the time tells."""
    until = found.claimed_until
    return found.owner is not None and until is not None and now < until <= now + FAR
