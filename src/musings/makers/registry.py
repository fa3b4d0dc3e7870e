"""The makers together: each is asked in its turn, and none is known here by its name."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import reduce
from typing import TypeVar

from musings.errors import ConflictError, NotFoundError
from musings.makers.base import (
    BackendState,
    Checked,
    Decorator,
    FieldChanges,
    FileContent,
    Inspection,
    Maker,
    MakerList,
    SentFile,
    SentGraph,
    Serving,
    Sleeper,
    Wanted,
    Workflow,
)
from musings.makers.opening import Opening
from musings.models import JsonObject, WorkflowVersion

Found = TypeVar("Found")


class Registry:
    """``open_list`` opens the makers, which happens when somebody first needs one, and again after ``close``."""

    def __init__(self, open_list: Callable[[], MakerList]) -> None:
        self._opening = Opening(open_list)

    def offered(self) -> list[Workflow]:
        """All workflows as a prompt may use them, the lowest rank first."""
        every = (each for maker in self._makers for each in maker.workflows())
        return sorted((self._shown(each) for each in every), key=lambda each: each.rank)

    def check(self, name: str) -> Checked:
        """What each place lacks for a workflow. Raises ``NotFoundError`` for an unknown name."""
        found = _first(maker.check(name) for maker in self._makers)
        if found is None:
            raise NotFoundError(f"There is no workflow {name!r}.", hint="See `musings workflows list`.")
        return found

    def rehearse(self, wanted: Wanted) -> Checked | None:
        """What would become of such a prompt now; None where nobody would make it."""
        return _first(maker.rehearse(wanted) for maker in self._makers)

    def pin(self, name: str) -> WorkflowVersion | None:
        """A workflow's file as it is now; None for one that is no file, or cannot be used as it is."""
        return _first(maker.pin(name) for maker in self._makers)

    def changes(self, name: str, before: WorkflowVersion) -> FieldChanges | None:
        """What became of the fields of a workflow since an earlier version; None where that cannot be told."""
        return _first(maker.changes(name, before) for maker in self._makers)

    def backends(self, of: Collection[str] | None = None) -> list[BackendState]:
        """The servers of some kinds, or all, asked now; without what is always there."""
        asked = [maker for maker in self._makers if of is None or maker.backend_kind in of]
        return [each for maker in asked for each in maker.backends()]

    def needed(self) -> list[BackendState]:
        """The servers whose absence somebody should hear of, asked now."""
        return [each for maker in self._makers if maker.is_needed() for each in maker.backends()]

    def serving(self) -> list[Serving]:
        """How what was set up is, in words, asked now."""
        return [each for maker in self._makers for each in maker.serving()]

    def places(self) -> int:
        """How many jobs the servers that are there take at once; 0 before any is in use."""
        # Without opening them: a worker without media prompts opens no connection.
        return sum(maker.places() for maker in self._opening.in_use())

    def watch(self, on_change: Callable[[], None]) -> None:
        """Look after the servers until ``close``; ``on_change`` is called when one went away or came back."""
        for maker in self._makers:
            maker.watch(on_change)

    def sleepers(self) -> list[Sleeper]:
        """The servers that may be put to sleep. Asks none."""
        return [each for maker in self._makers for each in maker.sleepers()]

    def leave(self, external_id: str) -> bool:
        """Have what a prompt has outside taken away when the servers answer; False where that is nobody's business."""
        return any(maker.leave(external_id) for maker in self._makers)

    def has_left(self, external_id: str) -> bool:
        """Whether some of that is still to be taken away."""
        return any(maker.has_left(external_id) for maker in self._makers)

    def inspect(self, file_name: str, content: FileContent, servers: Sequence[str] = ()) -> Inspection | None:
        """What a file is and whether it could run, without keeping it. Raises as ``Maker.inspect``."""
        return _first(maker.inspect(file_name, content, servers) for maker in self._makers)

    def classes(self, *, anew: bool = False) -> JsonObject | None:
        """The node classes of the ComfyUI servers; None where none is known. See ``Maker.classes``."""
        return _first(maker.classes(anew=anew) for maker in self._makers)

    def take_graph(self, graph: JsonObject, files: Mapping[str, SentFile]) -> SentGraph | None:
        """A graph that is to be run as it is; None where nobody runs graphs. Raises as ``Maker.take_graph``."""
        return _first(maker.take_graph(graph, files) for maker in self._makers)

    def add(self, file_name: str, content: FileContent) -> str | None:
        """Keep a workflow file; returns the workflow's name; None where nobody keeps any.

        Raises as ``Maker.add``, and ``ConflictError`` for the name of a workflow that is built in.
        """
        stem = file_name.strip().rpartition(".")[0] or file_name.strip()
        if self._is_built_in(stem):
            raise ConflictError(f"{stem} is the name of a workflow that is built in.", hint="Choose another name.")
        return _first(maker.add(file_name, content) for maker in self._makers)

    def remove(self, name: str) -> bool:
        """Take a workflow file away; False where nobody keeps any.

        Raises ``NotFoundError`` for an unknown name, ``ConflictError`` for a workflow that is built in.
        """
        if self._is_built_in(name):
            raise ConflictError(f"{name} is built in and stays.")
        return any(maker.remove(name) for maker in self._makers)

    def close(self) -> None:
        """Let go of the servers; they are opened again when they are needed."""
        self._opening.close()

    def _is_built_in(self, name: str) -> bool:
        """Whether the name is that of a workflow without a file, and of no file. Some disks do not tell case apart."""
        named = [each for each in self.offered() if each.name.casefold() == name.casefold()]
        return bool(named) and not any(each.is_file for each in named)

    @property
    def _makers(self) -> Sequence[Maker]:
        return self._opening.opened().makers

    @property
    def _decorators(self) -> Sequence[Decorator]:
        return self._opening.opened().decorators

    def _shown(self, workflow: Workflow) -> Workflow:
        return reduce(lambda shown, each: each.shown(shown), self._decorators, workflow)


def _first(answers: Iterable[Found | None]) -> Found | None:
    """The first answer that is one; nobody is asked after that."""
    return next((each for each in answers if each is not None), None)
