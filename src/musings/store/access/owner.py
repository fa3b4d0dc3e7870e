"""The owner's password, as a hash; there is one owner."""

from sqlalchemy import Connection, delete, insert, select

from musings.store import times
from musings.store.tables import owner, sessions


def password_hash(connection: Connection) -> str | None:
    """The stored hash; None before a password was set."""
    found = connection.execute(select(owner.c.password_hash)).first()
    return str(found[0]) if found else None


def set_password(connection: Connection, hashed: str) -> int:
    """Set the password and end every session, in one transaction; returns how many sessions there were."""
    connection.execute(delete(owner))
    connection.execute(insert(owner).values(id=1, password_hash=hashed, changed_at=times.now()))
    return connection.execute(delete(sessions)).rowcount
