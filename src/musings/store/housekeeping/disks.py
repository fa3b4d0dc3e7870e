"""What is said of disks that are nearly full. A disk is one host's, so each host has a row of its own."""

from sqlalchemy import Connection, delete, literal, select

from musings.store import times
from musings.store.dialect import dialect_of
from musings.store.tables import low_disks, workers


def messages(connection: Connection) -> dict[str, str]:
    """The words for each disk that is low, by its host."""
    return {row.host: str(row.message) for row in connection.execute(select(low_disks).order_by(low_disks.c.host))}


def summary(connection: Connection) -> str | None:
    """The words for all disks that are low, in one text; None while none is."""
    return " ".join(messages(connection).values()) or None


def note(connection: Connection, host: str, message: str | None) -> None:
    """Say that the disk of a host is low, or with None that it is not.

    What a host without a worker has said is forgotten: it may be this one, under the name that it had before.
    """
    others = low_disks.c.host.not_in(select(workers.c.host).union(select(literal(host))))
    connection.execute(delete(low_disks).where(others))
    if message is None:
        connection.execute(delete(low_disks).where(low_disks.c.host == host))
    else:
        values = {"host": host, "message": message, "noted_at": times.now()}
        connection.execute(dialect_of(connection).upsert(low_disks, values, key="host"))
