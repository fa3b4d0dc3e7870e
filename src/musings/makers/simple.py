"""The answers of a maker that has no files, proposes no default and needs no server."""

from collections.abc import Callable, Mapping, Sequence

from musings.makers.base import (
    BackendState,
    Checked,
    DefaultGround,
    FieldChanges,
    FileContent,
    Inspection,
    Proposal,
    SentFile,
    SentGraph,
    Serving,
    Sleeper,
    Wanted,
    Workflow,
)
from musings.models import FormField, JsonObject, Kind, WorkflowVersion


class SimpleMaker:
    """The answers of a maker without files, defaults and servers. What it offers and chooses is its own to say."""

    name: str
    backend_kind = ""

    def workflows(self) -> Sequence[Workflow]:
        return ()

    def unnamed(self, kind: Kind) -> Sequence[FormField] | None:  # noqa: ARG002 (the Protocol's)
        return None

    def propose(self, kind: Kind, ground: DefaultGround, *, wait: bool) -> Proposal | None:  # noqa: ARG002
        return None

    def pin(self, name: str) -> WorkflowVersion | None:  # noqa: ARG002
        return None

    def changes(self, name: str, before: WorkflowVersion) -> FieldChanges | None:  # noqa: ARG002
        return None

    def recall(self, versions: Callable[[str], WorkflowVersion | None]) -> None:
        """There is no file that a sidecar could be about."""

    def check(self, name: str) -> Checked | None:
        """Its own workflows can always run."""
        return Checked(True, [], [self.name]) if any(each.name == name for each in self.workflows()) else None

    def rehearse(self, wanted: Wanted) -> Checked | None:
        return None if wanted.name is None else self.check(wanted.name)

    def backends(self) -> list[BackendState]:
        return []

    def is_needed(self) -> bool:
        """While it has a workflow that can be read."""
        return any(each.problem is None for each in self.workflows())

    def serving(self) -> list[Serving]:
        return []

    def places(self) -> int:
        return 0

    def watch(self, on_change: Callable[[], None]) -> None:
        """There is nothing to look after."""

    def sleepers(self) -> Sequence[Sleeper]:
        return ()

    def leave(self, external_id: str) -> bool:  # noqa: ARG002
        return False

    def has_left(self, external_id: str) -> bool:  # noqa: ARG002
        return False

    def inspect(self, file_name: str, content: FileContent, servers: Sequence[str] = ()) -> Inspection | None:  # noqa: ARG002
        return None

    def classes(self, *, anew: bool = False) -> JsonObject | None:  # noqa: ARG002
        return None

    def take_graph(self, graph: JsonObject, files: Mapping[str, SentFile]) -> SentGraph | None:  # noqa: ARG002
        return None

    def add(self, file_name: str, content: FileContent) -> str | None:  # noqa: ARG002
        return None

    def remove(self, name: str) -> bool:  # noqa: ARG002
        return False

    def close(self) -> None:
        """There is nothing to let go of."""
