"""Each workflow file as it was seen last and before that, so that a change can be told after a restart too."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from musings.models import WorkflowVersion
from musings.store import rows, times
from musings.store.dialect import dialect_of
from musings.store.gallery import workflows
from musings.store.tables import workflows_seen


@dataclass(frozen=True)
class SeenWorkflow:
    """A workflow file by the hashes of its versions.

    ``before`` is the version before the present one, None where it never changed; ``sidecar_since`` the first that was
    seen with the present sidecar, whose nodes are the ones that the sidecar means.
    """

    hash: str
    before: str | None
    sidecar_since: str
    changed_at: datetime


def read(connection: Connection) -> dict[str, SeenWorkflow]:
    """Every workflow that was seen, by its name."""
    return {
        row.workflow: SeenWorkflow(row.hash, row.hash_before, row.sidecar_since, row.changed_at)
        for row in connection.execute(select(workflows_seen)).all()
    }


def note(connection: Connection, version: WorkflowVersion) -> SeenWorkflow:
    """Keep a version as the one that was seen last; what was last until now becomes the one before it."""
    table = workflows_seen
    last = connection.execute(select(table).where(table.c.workflow == version.name)).first()
    if last is not None and last.hash == version.hash:
        return SeenWorkflow(last.hash, last.hash_before, last.sidecar_since, last.changed_at)
    # One that was only ever used, by prompts, is known by the version that they used.
    earlier = workflows.find(connection, last.hash) if last is not None else workflows.used_before(connection, version)
    workflows.keep(connection, version)
    same = earlier is not None and _sidecar(earlier) == _sidecar(version)
    before = earlier.hash if earlier is not None else last.hash if last is not None else None
    since = version.hash if not same else last.sidecar_since if last is not None else str(before)
    seen = SeenWorkflow(version.hash, before, since, times.now())
    values = {
        "workflow": version.name,
        "hash": seen.hash,
        "hash_before": seen.before,
        "sidecar_since": seen.sidecar_since,
        "changed_at": seen.changed_at,
    }
    connection.execute(dialect_of(connection).insert_or_replace(table, values, key=("workflow",)))
    return seen


def meant_by_sidecar(connection: Connection, workflow: str) -> WorkflowVersion | None:
    """The version whose nodes the present sidecar means; None for a workflow that was never seen."""
    query = select(workflows_seen.c.sidecar_since).where(workflows_seen.c.workflow == workflow)
    found = connection.execute(query).scalar()
    return workflows.find(connection, found) if found is not None else None


def _sidecar(version: WorkflowVersion) -> object:
    return rows.json_object(version.content).get("sidecar")
