"""Compares a workflow with what a server has installed, before a prompt is spent on it. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from graphlib import CycleError, TopologicalSorter

from comfyui_workflows.browser_nodes import ADAPTER
from comfyui_workflows.graph import Graph, link_of, links, name_of
from comfyui_workflows.input_specs import declared_type
from comfyui_workflows.json_types import Json, Object
from comfyui_workflows.object_info import choices_of, installed_as, looks_like_model, nearest, options_of, specs_of


class ProblemKind(StrEnum):
    """What is wrong; the first three are missing on the server."""

    CLASS = "missing node"
    MODEL = "missing model"
    CHOICE = "missing choice"
    FILE = "missing input file"
    INPUT = "missing input"
    VALUE = "wrong value"
    CIRCLE = "circle"


@dataclass(frozen=True)
class GraphProblem:
    """One thing that would make a run fail. ``message`` is a sentence, ``nearest`` the installed thing most like it.

    ``wanted`` is the class or the value that is wrong, ``allowed`` what may stand there instead, where that is a list.
    """

    kind: ProblemKind
    node: str
    message: str
    nearest: str | None = None
    wanted: str = ""
    allowed: tuple[str, ...] = ()

    @property
    def missing(self) -> bool:
        """Whether something has to be installed on the server; the rest is in the workflow or is uploaded."""
        return self.kind in (ProblemKind.CLASS, ProblemKind.MODEL, ProblemKind.CHOICE)


def check(graph: Object, object_info: Object, set_later: Collection[tuple[str, str]] = ()) -> list[GraphProblem]:
    """Everything that ``object_info`` lets us know will fail, in the order of the file.

    ``set_later`` are the places (node, input) whose value in the file is never used.
    """
    problems: list[GraphProblem] = []
    # First: a circle makes every later complaint meaningless.
    if found := circle(graph):
        path = " -> ".join(name_of(graph, node) for node in found)
        problems.append(GraphProblem(ProblemKind.CIRCLE, found[0], f"Nodes feed each other in a circle: {path}."))
    for node, data in graph.items():
        class_type = str(data.get("class_type"))
        known = object_info.get(class_type)
        if known is None:
            problems.append(_class(graph, node, class_type, object_info))
        else:
            problems += _inputs(graph, node, data.get("inputs", {}), known.get("input") or {}, set_later)
    return problems


def circle(graph: Object) -> list[str]:
    """Nodes that feed each other, the first of them again at the end; empty where none do."""
    # From the library, which also names the circle.
    try:
        TopologicalSorter({node: {source for _, source, _ in links(graph, node)} for node in graph}).prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        return found
    return []


def suited(graph: Object, object_info: Object) -> Graph:
    """The graph with every choice spelled as this server spells it; what it does not have stays as it is."""
    return {node: {**data, "inputs": _suited(data, object_info)} for node, data in graph.items()}


def partner_nodes(graph: Object, object_info: Object) -> tuple[str, ...]:
    """The classes of the graph that cost money each time they run (``api_node`` in ``/object_info``)."""
    classes = {str(node.get("class_type")) for node in graph.values()}
    # Only a plain True: packs write other things there.
    return tuple(sorted(name for name in classes if (object_info.get(name) or {}).get("api_node") is True))


def adapters(graph: Object) -> dict[str, str]:
    """By node, the adapter that converted its widgets or its links: those that a node pack builds in the browser, so
    that no class declares them and nothing here can check them.
    """
    found = {node: data.get("_meta") for node, data in graph.items()}
    return {node: str(meta[ADAPTER]) for node, meta in found.items() if isinstance(meta, Mapping) and ADAPTER in meta}


def as_number(kind: str, value: Json) -> int | float:
    """A number as the server reads it for ``INT`` or ``FLOAT``. Raises ``ValueError`` or ``TypeError``."""
    # As the server: its ``int`` also takes texts such as ``"512"``.
    return int(value) if kind == "INT" else float(value)


def _suited(data: Object, object_info: Object) -> dict[str, Json]:
    given = dict(data.get("inputs", {}))
    for name, spec in specs_of(object_info, str(data.get("class_type"))).items():
        if isinstance(given.get(name), str) and (choices := choices_of(spec)):
            given[name] = installed_as(given[name], choices) or given[name]
    # What it does not have stays, so that the message names what the file says.
    return given


def _class(graph: Object, node: str, class_type: str, object_info: Object) -> GraphProblem:
    near = nearest(class_type, object_info)
    offer = f" The nearest installed is {near}." if near else ""
    return GraphProblem(
        ProblemKind.CLASS, node, f"{name_of(graph, node)} needs a node that is not installed.{offer}", near, class_type
    )


def _inputs(
    graph: Object, node: str, given: Object, declared: Object, set_later: Collection[tuple[str, str]]
) -> list[GraphProblem]:
    problems = []
    for group in ("required", "optional"):
        for name, spec in (declared.get(group) or {}).items():
            if name not in given:
                # A group of inputs is never given by its own name.
                if group == "required" and not _dynamic(spec):
                    words = f"{name_of(graph, node)} lacks its input {name}."
                    problems.append(GraphProblem(ProblemKind.INPUT, node, words))
            # A link brings its value only when it runs, and a value that is replaced needs no check.
            elif link_of(graph, given[name]) is None and (node, name) not in set_later:
                found = _choice(graph, node, name, given[name], spec) or _value(graph, node, name, given[name], spec)
                problems += [found] if found else []
    return problems


def _dynamic(spec: Json) -> bool:
    """Whether an input stands for a group of inputs with dotted names."""
    return (declared_type(spec) or "").startswith("COMFY_")


def _choice(graph: Object, node: str, name: str, value: Json, spec: Json) -> GraphProblem | None:
    is_list = isinstance(spec, list) and bool(spec) and isinstance(spec[0], list)
    # An empty list of choices is a finding too: nothing is installed.
    has_options = is_list or (isinstance(spec, list) and spec[:1] == ["COMBO"] and "options" in options_of(spec))
    choices = choices_of(spec)
    if not has_options or isinstance(value, list) or installed_as(str(value), choices) is not None:
        return None
    where = f"{name_of(graph, node)}, {name}:"
    # The file is uploaded before the job runs.
    if any(key.endswith("_upload") for key in options_of(spec)):
        return GraphProblem(ProblemKind.FILE, node, f"{where} the file {value!r} is not on the server yet.")
    near = nearest(str(value), choices)
    offer = f" The nearest installed is {near!r}." if near else "" if choices else " None is installed."
    is_model = looks_like_model(value)
    words = f"the model {value!r} is not installed" if is_model else f"{value!r} is not one of its choices"
    kind = ProblemKind.MODEL if is_model else ProblemKind.CHOICE
    return GraphProblem(kind, node, f"{where} {words}.{offer}", near, str(value), choices)


def _value(graph: Object, node: str, name: str, value: Json, spec: Json) -> GraphProblem | None:
    """A number that cannot be read, or is out of the bounds of its class."""
    kind = declared_type(spec)
    if kind not in ("INT", "FLOAT") or isinstance(value, list | Mapping):  # a mapping wraps a value: not ours to read
        return None
    where, options = f"{name_of(graph, node)}, {name}:", options_of(spec)
    try:
        number = as_number(kind, value)
    # Infinity cannot become a whole number.
    except (ValueError, TypeError, OverflowError):
        what = "a whole number" if kind == "INT" else "a number"
        return GraphProblem(ProblemKind.VALUE, node, f"{where} {value!r} is not {what}.")
    low, high = options.get("min"), options.get("max")
    if isinstance(low, int | float) and number < low:
        return GraphProblem(ProblemKind.VALUE, node, f"{where} {number} is below its minimum of {low}.")
    if isinstance(high, int | float) and number > high:
        return GraphProblem(ProblemKind.VALUE, node, f"{where} {number} is above its maximum of {high}.")
    return None
