"""Small facts that outlive a process: named values in ``queue_state``.

Names in use: ``paused``; ``schedule`` (see ``musings.store.queue.schedule``); ``clock`` (see ``leaps``). A value is
written only when it changes: each write is an event for the page.
"""

from sqlalchemy import Connection, delete, select

from musings.store.dialect import dialect_of
from musings.store.tables import queue_state


def get(connection: Connection, name: str) -> str | None:
    """The value of this name; None when it has none."""
    return connection.execute(select(queue_state.c.value).where(queue_state.c.name == name)).scalar()


def named(connection: Connection, prefix: str) -> dict[str, str]:
    """Every value whose name begins with ``prefix``, by the rest of the name, in the order of the names."""
    found = (
        select(queue_state.c.name, queue_state.c.value)
        # A range and not LIKE: it uses the primary key, and no character of a name has a meaning.
        .where(queue_state.c.name >= prefix, queue_state.c.name < prefix + "\U0010ffff")
        .order_by(queue_state.c.name)
    )
    return {row.name.removeprefix(prefix): row.value or "" for row in connection.execute(found)}


def put(connection: Connection, name: str, value: str | None) -> bool:
    """Set a value, or with None forget it; whether that changed anything."""
    if value is None:
        return connection.execute(delete(queue_state).where(queue_state.c.name == name)).rowcount == 1
    values = {"name": name, "value": value}
    return connection.execute(dialect_of(connection).upsert(queue_state, values, key="name")).rowcount == 1
