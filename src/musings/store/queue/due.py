"""What tells the engine, in the same transaction, that prompts became due.

The engine of a database is kept among the options of its connections, so that a store function which was given a
connection can tell it. Without one nothing is told: the table itself is the queue then.
"""

from collections.abc import Collection, Iterable
from typing import Protocol

from sqlalchemy import Connection

from musings.store.database import Database

_OPTION = "musings_engine"


class Enqueues(Protocol):
    def enqueue(self, connection: Connection, prompt_ids: Collection[int]) -> None:
        """These prompts may run when their ``next_attempt_at`` has come; false if the transaction is rolled back.

        Called within the transaction that made them so. What else their rows say can be read by ``connection``.
        """


def enqueue(connection: Connection, prompt_ids: Iterable[int]) -> None:
    """Tell the engine of this connection's database that these prompts became due."""
    engine: Enqueues | None = connection.get_execution_options().get(_OPTION)
    if engine is None:
        return
    # Only read when there is an engine: a list of all that waits may cost a query.
    told = list(prompt_ids)
    if told:
        engine.enqueue(connection, told)


def attach(database: Database, engine: Enqueues) -> None:
    """Have this engine told of what becomes due, by every transaction that begins from now on."""
    # On the engine and not on a connection, so that every transaction of this process has it.
    database.engine.update_execution_options(**{_OPTION: engine})


def attached(database: Database) -> Enqueues | None:
    """The engine that is told, if there is one."""
    found: Enqueues | None = database.engine.get_execution_options().get(_OPTION)
    return found
