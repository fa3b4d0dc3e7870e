"""The workflow of each kind that serves prompts which name none, where the configuration names none either."""

from dataclasses import dataclass

from sqlalchemy import select

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


class WorkflowDefaults:
    """The table of defaults. Every call sees it as it is now, whoever changed it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self) -> dict[Kind, Default]:
        """The default of each kind that has one."""
        with self._database.read() as connection:
            found = connection.execute(select(workflow_defaults)).all()
        return {Kind(row.kind): Default(row.workflow, row.by_owner) for row in found if row.kind in set(Kind)}

    def settle(self, kind: Kind, workflow: str) -> None:
        """Keep the first that could be used, unless there is one: a default must not change by itself."""
        with self._database.write() as connection:
            values = _values(kind, workflow, by_owner=False)
            connection.execute(dialect_of(connection).insert_or_ignore(workflow_defaults, values))

    def choose(self, kind: Kind, workflow: str) -> None:
        """Make a workflow the default, as the owner asked."""
        with self._database.write() as connection:
            values = _values(kind, workflow, by_owner=True)
            connection.execute(dialect_of(connection).insert_or_replace(workflow_defaults, values))


def _values(kind: Kind, workflow: str, *, by_owner: bool) -> dict[str, object]:
    return {"kind": kind.value, "workflow": workflow, "by_owner": by_owner, "set_at": times.now()}
