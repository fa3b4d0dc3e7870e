"""Whether the queue is paused: nothing new starts then."""

from sqlalchemy import Connection, insert, select

from musings.store.tables import queue_state


def is_paused(connection: Connection) -> bool:
    return connection.execute(PAUSED).scalar() == "1"


def set_paused(connection: Connection, paused: bool) -> None:
    connection.execute(queue_state.delete().where(queue_state.c.name == "paused"))
    connection.execute(insert(queue_state).values(name="paused", value="1" if paused else "0"))


PAUSED = select(queue_state.c.value).where(queue_state.c.name == "paused")
