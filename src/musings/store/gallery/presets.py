"""Values for the fields of a workflow that somebody keeps under a name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, select

from musings.errors import ConflictError
from musings.models import Json, WorkflowVersion
from musings.store import rows, times
from musings.store.dialect import dialect_of
from musings.store.gallery import workflows
from musings.store.tables import workflow_presets

LONGEST_NAME = 100
MOST = 200
"""Of one workflow: more would be no list to choose from."""


@dataclass(frozen=True)
class KeptPreset:
    """Values by the names that the fields had in the version with this ``hash``; None for what is no file."""

    name: str
    values: Mapping[str, Json]
    hash: str | None
    saved_at: datetime


def of_workflow(connection: Connection, workflow: str) -> list[KeptPreset]:
    """The presets of a workflow, by name."""
    table = workflow_presets
    query = select(table).where(table.c.workflow == workflow).order_by(table.c.name)
    return [
        KeptPreset(row.name, rows.json_object(row.field_values), row.hash, row.saved_at)
        for row in connection.execute(query)
    ]


def keep(
    connection: Connection, workflow: str, name: str, values: Mapping[str, Json], version: WorkflowVersion | None
) -> None:
    """Keep values under a name, in the place of those that it had, with the version that their fields are of.

    Raises ``ConflictError`` where a workflow has as many as it may.
    """
    table = workflow_presets
    others = select(func.count()).where(table.c.workflow == workflow, table.c.name != name)
    if connection.execute(others).scalar_one() >= MOST:
        raise ConflictError(f"{workflow} has {MOST} presets already.", hint="Remove one first.")
    if version is not None:
        workflows.keep(connection, version)
    row = {
        "workflow": workflow,
        "name": name,
        "field_values": rows.dump(dict(values)),
        "hash": version.hash if version is not None else None,
        "saved_at": times.now(),
    }
    connection.execute(dialect_of(connection).insert_or_replace(table, row, key=("workflow", "name")))


def remove(connection: Connection, workflow: str, name: str) -> None:
    """Forget a preset; nothing happens where there is none."""
    table = workflow_presets
    connection.execute(delete(table).where(table.c.workflow == workflow, table.c.name == name))
