"""What a server lacks for a workflow file, with what is known about how to get it. No I/O but by its caller."""

from collections.abc import Sequence

from comfyui_workflows.checking import GraphProblem, ProblemKind, adapters, check
from comfyui_workflows.conversion import read_workflow
from comfyui_workflows.envelopes import OpenedFile
from comfyui_workflows.errors import MISREAD, MissingNodesError, WorkflowError
from comfyui_workflows.json_types import Object
from comfyui_workflows.packs import addresses_in, pack_of, packs_in
from musings.config.section import is_address
from musings.errors import Fault, InvalidInputError
from musings.makers.base import Lacking
from musings.makers.comfyui.incoming import looked_into
from musings.makers.comfyui.library import WorkflowFile

MISSING = {kind.value for kind in (ProblemKind.CLASS, ProblemKind.MODEL, ProblemKind.CHOICE)}
"""What has to be installed on a server; the rest is in the workflow, or is uploaded with the job."""
MOST_ALLOWED = 30


class CheckedFile:
    """A workflow file to be held against several servers. ``known`` are the classes of all that were heard.

    ``opened`` is what is in it, where that is known.
    """

    def __init__(self, found: WorkflowFile, content: bytes, known: Object, opened: OpenedFile | None = None) -> None:
        self._found = found
        self._content = content
        self._known = known
        self._later = _set_later(found)
        self._packs: dict[str, str] = {}
        self._addresses: dict[str, str] = {}
        looked = opened if opened is not None else looked_into(found.path.name, content)
        for graph in looked.graphs if isinstance(looked, OpenedFile) else ():
            self._packs |= packs_in(graph)
            self._addresses |= addresses_in(graph)

    def lacking(self, where: str, object_info: Object) -> list[Lacking]:
        """What the server at ``where`` lacks; each thing once."""
        graph = self._found.graph
        if graph is None:
            try:
                # What no table of ours could read, this server's may.
                graph = read_workflow(self._found.path.name, self._content, object_info)
            except MissingNodesError as error:
                return [self._missing(where, name, near) for name, near in error.missing]
            except WorkflowError as error:
                return [Lacking(where, f"{error} {error.hint or ''}".strip(), ProblemKind.CLASS.value)]
            except MISREAD as error:
                words = f"It cannot be understood: {type(error).__name__}: {error}."
                return [Lacking(where, words, ProblemKind.CLASS.value)]
        problems = check(graph, object_info, self._later)
        return list(dict.fromkeys(self._told(where, each) for each in problems))

    def _missing(self, where: str, name: str, near: str | None) -> Lacking:
        pack = pack_of(name, self._packs, [self._known])
        offer = f" The nearest installed is {near}." if near else ""
        words = f"The node {name} is not installed.{_from(pack)}{offer}"
        return Lacking(where, words, ProblemKind.CLASS.value, name, near, pack=pack)

    def _told(self, where: str, problem: GraphProblem) -> Lacking:
        pack = address = None
        if problem.kind is ProblemKind.CLASS:
            pack = pack_of(problem.wanted, self._packs, [self._known])
        elif problem.kind is ProblemKind.MODEL:
            address = self._addresses.get(problem.wanted.replace("\\", "/").rpartition("/")[2])
        allowed = problem.allowed[:MOST_ALLOWED]
        more = f" It can be had from {address}" if address else ""
        # A short list says it all; a long one is shown by its nearest.
        if problem.kind is ProblemKind.CHOICE and 0 < len(problem.allowed) <= MOST_ALLOWED and not problem.nearest:
            more = f" It may be {', '.join(problem.allowed)}."
        words = f"{problem.message}{_from(pack)}{more}"
        return Lacking(where, words, problem.kind.value, problem.wanted, problem.nearest, allowed, pack, address)


def could_do(lacking: Sequence[Lacking]) -> bool:
    """Whether a server lacks nothing that has to be installed."""
    return not any(each.kind in MISSING for each in lacking)


def remarks_on_adapters(found: WorkflowFile) -> tuple[str, ...]:
    """Which nodes were converted by an adapter: a sentence for each adapter."""
    graph = found.graph or {}
    classes: dict[str, set[str]] = {}
    for node, adapter in adapters(graph).items():
        classes.setdefault(adapter, set()).add(str(graph[node].get("class_type")))
    return tuple(
        f"{', '.join(sorted(names))}: converted by the adapter {adapter}, because ComfyUI's page builds its widgets "
        "or its links. No server can check those."
        for adapter, names in sorted(classes.items())
    )


def address_of(url: str) -> str:
    """An address of a server. Raises ``InvalidInputError`` for what is none."""
    if not is_address(url):
        raise InvalidInputError([Fault("server", f"{url[:100]!r} is no address: write http://name:port")])
    return url


def _from(pack: str | None) -> str:
    return f" The pack {pack} brings it." if pack else ""


def _set_later(found: WorkflowFile) -> set[tuple[str, str]]:
    """Where a seed goes: what the file has there is never used, because every prompt brings its own."""
    seeds = {field.name for field in found.form.fields if field.role == "seed"}
    # A value of the file that no server offers is no fault where every prompt replaces it.
    return {(each.node, each.input) for each in found.form.bindings if each.field in seeds}
