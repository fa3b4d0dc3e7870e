"""Which media root this database was last used with, so that one which is not mounted is told from a new one."""

from sqlalchemy import Connection, select

from musings.store.dialect import dialect_of
from musings.store.tables import queue_state

ROW = "media_root"


def noted(connection: Connection) -> str | None:
    """The name of the root; None before the first."""
    found = connection.execute(select(queue_state.c.value).where(queue_state.c.name == ROW)).scalar()
    return None if found is None else str(found)


def forget(connection: Connection) -> None:
    """The next root that is used counts as a new one, and is made where it is missing."""
    connection.execute(queue_state.delete().where(queue_state.c.name == ROW))


def note(connection: Connection, name: str) -> None:
    connection.execute(dialect_of(connection).upsert(queue_state, {"name": ROW, "value": name}, key="name"))
