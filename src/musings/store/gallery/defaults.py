"""The workflow of each kind that serves prompts which name none, where the configuration names none either."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from musings.models import Kind
from musings.store import times
from musings.store.database import Database
from musings.store.dialect import dialect_of
from musings.store.tables import workflow_defaults


@dataclass(frozen=True)
class Default:
    """``by_owner``: somebody chose it; else it was the first that could be used."""

    workflow: str
    by_owner: bool


def read(connection: Connection) -> dict[Kind, Default]:
    """The default of each kind that has one."""
    found = connection.execute(select(workflow_defaults)).all()
    return {Kind(row.kind): Default(row.workflow, row.by_owner) for row in found if row.kind in set(Kind)}


def settle(connection: Connection, kind: Kind, workflow: str) -> None:
    """Keep the first that could be used, unless there is one: a default must not change by itself."""
    values = _values(kind, workflow, by_owner=False)
    connection.execute(dialect_of(connection).insert_or_ignore(workflow_defaults, values))


def choose(connection: Connection, kind: Kind, workflow: str) -> None:
    """Make a workflow the default, as the owner asked."""
    values = _values(kind, workflow, by_owner=True)
    connection.execute(dialect_of(connection).insert_or_replace(workflow_defaults, values))


def _values(kind: Kind, workflow: str, *, by_owner: bool) -> dict[str, object]:
    return {"kind": kind.value, "workflow": workflow, "by_owner": by_owner, "set_at": times.now()}


class WorkflowDefaults:
    """The table of defaults, for makers, which know no database. Every call sees it as it is now."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self) -> dict[Kind, Default]:
        return self._database.reading(read)

    def settle(self, kind: Kind, workflow: str) -> None:
        self._database.writing(settle, kind, workflow)

    def choose(self, kind: Kind, workflow: str) -> None:
        self._database.writing(choose, kind, workflow)
