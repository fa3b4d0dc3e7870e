"""Small facts that outlive a process: named values in ``queue_state``.

Names in use: ``paused``; ``schedule`` (see ``musings.store.queue.schedule``); ``left:ID`` (see
``musings.store.queue.leftovers``). A value is written only when it changes: each write is an event for the page.
"""

from sqlalchemy import Connection, delete, select, update

from musings.store.database import Database
from musings.store.dialect import dialect_of
from musings.store.tables import queue_state


def read(database: Database, name: str) -> str | None:
    with database.read() as connection:
        return get(connection, name)


def get(connection: Connection, name: str) -> str | None:
    """``read`` within the caller's transaction."""
    return connection.execute(select(queue_state.c.value).where(queue_state.c.name == name)).scalar()


def named(database: Database, prefix: str) -> dict[str, str]:
    """Every value whose name begins with ``prefix``, by the rest of the name, in the order of the names."""
    found = (
        select(queue_state.c.name, queue_state.c.value)
        # A range and not LIKE: it uses the primary key, and no character of a name has a meaning.
        .where(queue_state.c.name >= prefix, queue_state.c.name < prefix + "\U0010ffff")
        .order_by(queue_state.c.name)
    )
    with database.read() as connection:
        return {row.name.removeprefix(prefix): row.value or "" for row in connection.execute(found)}


def write(database: Database, name: str, value: str | None) -> bool:
    """Set a value, or with None forget it; whether that changed anything."""
    # Read first: each write is an event that wakes every open page.
    if read(database, name) == value:
        return False
    with database.write() as connection:
        return put(connection, name, value)


def put(connection: Connection, name: str, value: str | None) -> bool:
    """``write`` within the caller's transaction."""
    if value is None:
        return connection.execute(delete(queue_state).where(queue_state.c.name == name)).rowcount == 1
    values = {"name": name, "value": value}
    return connection.execute(dialect_of(connection).upsert(queue_state, values, key="name")).rowcount == 1


def swap(database: Database, name: str, old: str, new: str | None) -> bool:
    """Replace a value only if it is still ``old``: of several that try, one succeeds."""
    mine = (queue_state.c.name == name) & (queue_state.c.value == old)
    with database.write() as connection:
        if new is None:
            return connection.execute(delete(queue_state).where(mine)).rowcount == 1
        return connection.execute(update(queue_state).where(mine).values(value=new)).rowcount == 1
