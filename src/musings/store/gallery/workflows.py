"""Workflow files as they were when an attempt used them, named by their hash, so that it can be run again."""

from collections.abc import Collection

from sqlalchemy import Connection, select

from musings.models import WorkflowVersion
from musings.store import times
from musings.store.dialect import dialect_of
from musings.store.tables import workflow_versions


def keep(connection: Connection, version: WorkflowVersion) -> None:
    """Store a version once."""
    values = {
        "hash": version.hash,
        "name": version.name,
        "source": version.source,
        "content": version.content,
        "created_at": times.now(),
    }
    connection.execute(dialect_of(connection).insert_or_ignore(workflow_versions, values))


def names(connection: Connection, digests: Collection[str]) -> dict[str, str]:
    """The workflow's name of each version that was kept, by its hash."""
    if not digests:
        return {}
    query = select(workflow_versions.c.hash, workflow_versions.c.name).where(workflow_versions.c.hash.in_(digests))
    return {row.hash: row.name for row in connection.execute(query)}


def find(connection: Connection, digest: str) -> WorkflowVersion | None:
    row = connection.execute(select(workflow_versions).where(workflow_versions.c.hash == digest)).first()
    return WorkflowVersion(row.hash, row.name, row.source, row.content) if row else None


def used_before(connection: Connection, version: WorkflowVersion) -> WorkflowVersion | None:
    """The newest other version of this workflow; None where this one was used itself, or none was."""
    table = workflow_versions
    if find(connection, version.hash) is not None:
        return None
    query = select(table).where(table.c.name == version.name, table.c.source == version.source)
    row = connection.execute(query.order_by(table.c.created_at.desc()).limit(1)).first()
    return WorkflowVersion(row.hash, row.name, row.source, row.content) if row else None
