"""What an installation remembers of its workflow files: how their fields moved, and values kept under a name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from musings.errors import Fault, InvalidInputError, NotFoundError, StoreError
from musings.forms.checking import check_parameters
from musings.makers.base import Workflow
from musings.makers.choice import Makers
from musings.models import Json
from musings.store.database import Database
from musings.store.gallery import presets, workflows, workflows_seen
from musings.store.gallery.presets import KeptPreset
from musings.store.gallery.workflows_seen import SeenWorkflow


@dataclass(frozen=True)
class Changed:
    """What became of the fields of a workflow when its file changed; ``since`` is when that was seen."""

    since: datetime
    said: Sequence[str]


@dataclass(frozen=True)
class Preset:
    """Values for the fields of a workflow, under the names of today.

    ``gone`` are the fields of those that have no place in the file any more.
    """

    name: str
    values: Mapping[str, Json]
    gone: Sequence[str]
    saved_at: datetime


class WorkflowMemory:
    """Of the workflows of ``makers``, in a database."""

    def __init__(self, makers: Makers, database: Database) -> None:
        self._makers = makers
        self._database = database

    def changes(self, offered: Iterable[Workflow]) -> dict[str, Changed]:
        """What became of the fields of those workflows whose file changed, by name; what is new here is noted."""
        seen = self._database.reading(workflows_seen.read)
        found: dict[str, Changed] = {}
        for each in offered:
            noted = self._noted(each, seen.get(each.name))
            if noted is None or noted.before is None:
                continue
            before = self._database.reading(workflows.find, noted.before)
            change = self._makers.changes(each.name, before) if before is not None else None
            if change is not None and change.said:
                found[each.name] = Changed(noted.changed_at, change.said)
        return found

    def presets(self, workflow: str) -> list[Preset]:
        """The presets of a workflow by name, moved to where their fields are now."""
        kept = self._database.reading(presets.of_workflow, workflow)
        return [self._moved(workflow, each) for each in kept]

    def preset(self, workflow: str, name: str) -> Preset:
        """One preset, or ``NotFoundError``."""
        found = next((each for each in self.presets(workflow) if each.name == name), None)
        if found is None:
            raise NotFoundError(
                f"The workflow {workflow} has no preset {name!r}.", hint=f"See `musings workflows preset {workflow}`."
            )
        return found

    def keep(self, workflow: Workflow, name: str, values: Mapping[str, Json]) -> Preset:
        """Keep values under a name, in the place of those that it had.

        Raises ``InvalidInputError`` for values that the form does not take.
        """
        if not name.strip() or len(name) > presets.LONGEST_NAME:
            raise InvalidInputError([Fault("name", f"a name has 1 to {presets.LONGEST_NAME} characters")])
        if workflow.problem is not None:
            raise InvalidInputError([Fault("workflow", f"{workflow.name} cannot be used: {workflow.problem}")])
        # A preset need not say everything.
        fields = [replace(field, required=False) for field in workflow.form]
        checked = check_parameters(fields, values)
        version = self._makers.pin(workflow.name) if workflow.is_file else None
        given = {each: checked[each] for each in values}
        self._database.writing(presets.keep, workflow.name, name, given, version)
        return self.preset(workflow.name, name)

    def forget(self, workflow: str, name: str) -> None:
        """Take a preset away, or raise ``NotFoundError``."""
        self.preset(workflow, name)
        self._database.writing(presets.remove, workflow, name)

    def _noted(self, workflow: Workflow, seen: SeenWorkflow | None) -> SeenWorkflow | None:
        if workflow.hash is None or workflow.problem is not None:
            return None
        if seen is not None and seen.hash == workflow.hash:
            return seen
        version = self._makers.pin(workflow.name)
        # Changed again just now: the next look sees it.
        if version is None or version.hash != workflow.hash:
            return seen
        try:
            return self._database.writing(workflows_seen.note, version)
        except StoreError:
            # A full disk takes no list away; the change is told when there is room again.
            return seen

    def _moved(self, workflow: str, kept: KeptPreset) -> Preset:
        version = self._database.reading(workflows.find, kept.hash) if kept.hash is not None else None
        change = self._makers.changes(workflow, version) if version is not None else None
        values, gone = change.moved(kept.values) if change is not None else (dict(kept.values), [])
        return Preset(kept.name, values, gone, kept.saved_at)
