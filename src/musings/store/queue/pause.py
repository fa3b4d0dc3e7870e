"""Whether the queue is paused: nothing new starts then."""

from sqlalchemy import insert, select

from musings.store.database import Database
from musings.store.tables import queue_state


def is_paused(database: Database) -> bool:
    with database.read() as connection:
        return connection.execute(_PAUSED).scalar() == "1"


def set_paused(database: Database, paused: bool) -> None:
    with database.write() as connection:
        connection.execute(queue_state.delete().where(queue_state.c.name == "paused"))
        connection.execute(insert(queue_state).values(name="paused", value="1" if paused else "0"))


_PAUSED = select(queue_state.c.value).where(queue_state.c.name == "paused")
