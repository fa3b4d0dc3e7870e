"""Since when a place that prompts need does not answer, kept between two looks at it and over restarts."""

from datetime import datetime

from sqlalchemy import Connection, delete, select

from musings.store.dialect import dialect_of
from musings.store.tables import backend_outages


def since(connection: Connection, backend: str) -> datetime | None:
    """Since when a backend is away; None when it answered at the last look."""
    asked = select(backend_outages.c.since).where(backend_outages.c.backend == backend)
    return connection.execute(asked).scalar()


def begin(connection: Connection, backend: str, moment: datetime) -> None:
    values = {"backend": backend, "since": moment}
    connection.execute(dialect_of(connection).upsert(backend_outages, values, key="backend"))


def end(connection: Connection, backend: str) -> None:
    connection.execute(delete(backend_outages).where(backend_outages.c.backend == backend))
