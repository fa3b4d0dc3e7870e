"""Whether the queue is paused: nothing new starts then."""

from collections.abc import Iterator

from sqlalchemy import Connection, insert, select

from musings.models import PromptStatus
from musings.store.queue import due
from musings.store.tables import prompts, queue_state
from musings.store.visibility import IS_LIVE


def is_paused(connection: Connection) -> bool:
    return connection.execute(PAUSED).scalar() == "1"


def set_paused(connection: Connection, paused: bool) -> None:
    # Replaced and not updated: no row is there until the first pause.
    connection.execute(queue_state.delete().where(queue_state.c.name == "paused"))
    connection.execute(insert(queue_state).values(name="paused", value="1" if paused else "0"))
    if not paused:
        due.enqueue(connection, _waiting(connection))


def _waiting(connection: Connection) -> Iterator[int]:
    """What waits, asked for only by an engine that wants to know."""
    # A generator: an engine that polls never asks, and then the query is never run.
    yield from connection.execute(
        select(prompts.c.id).where(prompts.c.status == PromptStatus.PENDING, IS_LIVE)
    ).scalars()


# Kept as a statement, because the runner's one look (``snapshot``) has it as a part.
PAUSED = select(queue_state.c.value).where(queue_state.c.name == "paused")
