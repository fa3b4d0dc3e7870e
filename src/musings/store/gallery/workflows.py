"""Workflow files as they were when an attempt used them, named by their hash, so that it can be run again."""

from collections.abc import Collection

from sqlalchemy import Connection, func, select, update

from musings.models import WorkflowVersion
from musings.store import times
from musings.store.database import Database
from musings.store.dialect import dialect_of
from musings.store.tables import attempts, workflow_versions


def keep(database: Database, version: WorkflowVersion) -> None:
    """Store a version once."""
    with database.read() as connection:
        known = select(func.count()).where(workflow_versions.c.hash == version.hash)
        if connection.execute(known).scalar_one():
            return
    with database.write() as connection:
        keep_in(connection, version)


def keep_in(connection: Connection, version: WorkflowVersion) -> None:
    """Store a version once, within the caller's transaction."""
    values = {
        "hash": version.hash,
        "name": version.name,
        "source": version.source,
        "content": version.content,
        "created_at": times.now(),
    }
    connection.execute(dialect_of(connection).insert_or_ignore(workflow_versions, values))


def names(database: Database, digests: Collection[str]) -> dict[str, str]:
    """The workflow's name of each version that was kept, by its hash."""
    if not digests:
        return {}
    query = select(workflow_versions.c.hash, workflow_versions.c.name).where(workflow_versions.c.hash.in_(digests))
    with database.read() as connection:
        return {row.hash: row.name for row in connection.execute(query)}


def find(database: Database, digest: str) -> WorkflowVersion | None:
    with database.read() as connection:
        row = connection.execute(select(workflow_versions).where(workflow_versions.c.hash == digest)).first()
    return WorkflowVersion(row.hash, row.name, row.source, row.content) if row else None


def note(database: Database, prompt_id: int, attempt: int, digest: str) -> None:
    """Record which version an attempt uses."""
    with database.write() as connection:
        mine = (attempts.c.prompt_id == prompt_id) & (attempts.c.attempt == attempt)
        connection.execute(update(attempts).where(mine).values(workflow_hash=digest))
