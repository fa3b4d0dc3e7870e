"""Judges a posted graph as ComfyUI does: what is refused, in which words, and what is taken in part.

Only what ``/object_info`` tells can be judged. Where no server has told of its classes every graph is taken: it waits
for one, and is judged there.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from comfyui_workflows.checking import as_number, circle
from comfyui_workflows.graph import Graph, link_of, links
from comfyui_workflows.input_specs import declared_type
from comfyui_workflows.json_types import Json, Object
from comfyui_workflows.object_info import choices_of, installed_as, options_of
from comfyui_workflows.reach import Reach
from musings.comfyui_api.refusals import Complaint, GraphRefusal, complaint

MOST_SHOWN = 20
"""Choices; ComfyUI leaves longer lists out of its errors."""
UPLOADED = "_upload"

HasFile = Callable[[str], bool]
"""Whether a file that a Load node names was sent to this door, or made by it."""


@dataclass(frozen=True)
class JudgedGraph:
    """``graph`` is what runs: what ``outputs`` need, where others were refused; the whole where none was.

    ``node_errors`` are of those that were refused.
    """

    graph: Graph
    outputs: Sequence[str]
    node_errors: Mapping[str, Any] = field(default_factory=dict)


def judge(graph: Graph, classes: Object | None, has_file: HasFile, targets: Sequence[str] | None = None) -> JudgedGraph:
    """Judge a graph. ``targets`` are the outputs to be made, all where None. Raises ``GraphRefusal``.

    A part of the outputs is enough, as for ComfyUI: the others are named in ``node_errors``, and are not run.
    """
    _require_classes(graph, classes)
    every = _outputs(graph, classes)
    wanted = [node for node in every if targets is None or node in targets]
    if not wanted:
        raise GraphRefusal(400, complaint("prompt_no_outputs", "Prompt has no outputs"))
    needed = {node: _upstream(graph, node) for node in wanted}
    faults = _faults(graph, classes, {each for nodes in needed.values() for each in nodes}, has_file)
    blamed: dict[str, Any] = {}
    for output, nodes in needed.items():
        for node in (each for each in graph if each in nodes and each in faults):
            entry = {"errors": faults[node], "dependent_outputs": [], "class_type": graph[node]["class_type"]}
            blamed.setdefault(node, entry)["dependent_outputs"].append(output)
    # An output whose way up is without a fault can be made, whatever is wrong elsewhere.
    good = [output for output, nodes in needed.items() if faults.keys().isdisjoint(nodes)]
    if not good:
        told = [fault["details"] for output in wanted for fault in faults.get(output, ())]
        failed = complaint("prompt_outputs_failed_validation", "Prompt outputs failed validation", "\n".join(told))
        raise GraphRefusal(400, failed, blamed)
    # The graph itself and no copy: it is kept and shown as it was posted.
    if len(good) == len(every):
        return JudgedGraph(graph, good, blamed)
    # The rest would be refused, or made, by the server that runs it.
    kept = {node for output in good for node in needed[output]}
    return JudgedGraph({node: data for node, data in graph.items() if node in kept}, good, blamed)


def file_inputs(graph: Graph, classes: Object | None) -> Iterator[tuple[str, str, str]]:
    """Each input that names a file which somebody may have sent: node, input and value."""
    for node, data in graph.items():
        specs = _specs(classes, data["class_type"])
        for name, value in data["inputs"].items():
            # Of a class that nobody has told of, only the name says what it does.
            marked = _takes_files(specs[name][1]) if name in specs else classes is None and "Load" in data["class_type"]
            if isinstance(value, str) and marked:
                yield node, name, value


def _require_classes(graph: Graph, classes: Object | None) -> None:
    for node, data in graph.items():
        kind = data.get("class_type") if isinstance(data, Mapping) else None
        if not isinstance(kind, str):
            message = "Cannot execute because a node is missing the class_type property."
            raise GraphRefusal(400, complaint("invalid_prompt", message, f"Node ID '#{node}'"))
        if classes is not None and kind not in classes:
            message = f"Cannot execute because node {kind} does not exist."
            extra = {"node_id": node, "class_type": kind}
            raise GraphRefusal(400, complaint("invalid_prompt", message, f"Node ID '#{node}'", **extra))
        if not isinstance(data.setdefault("inputs", {}), dict):
            message = "Cannot execute because the inputs of a node are no object."
            raise GraphRefusal(400, complaint("invalid_prompt", message, f"Node ID '#{node}'"))


def _outputs(graph: Graph, classes: Object | None) -> list[str]:
    # What nothing uses is taken for an output, until a server says what is one.
    if classes is None:
        return list(Reach(graph).outputs)
    return [node for node, data in graph.items() if (classes[data["class_type"]] or {}).get("output_node") is True]


def _upstream(graph: Graph, output: str) -> set[str]:
    """An output with everything that it needs. A loop and no recursion: graphs may be deep."""
    found, left = {output}, [output]
    while left:
        for _, source, _ in links(graph, left.pop()):
            if source not in found:
                found.add(source)
                left.append(source)
    return found


def _faults(graph: Graph, classes: Object | None, nodes: set[str], has_file: HasFile) -> dict[str, list[Complaint]]:
    found = {node: list(_of_node(graph, classes, node, has_file)) for node in nodes} if classes is not None else {}
    round_trip = circle({node: graph[node] for node in graph if node in nodes})
    path = " -> ".join(f"{node} ({graph[node]['class_type']})" for node in round_trip)
    for node in dict.fromkeys(round_trip):
        extra = {"node_id": node, "cycle_nodes": list(dict.fromkeys(round_trip))}
        found.setdefault(node, []).append(complaint("dependency_cycle", "Dependency cycle detected", path, **extra))
    return {node: faults for node, faults in found.items() if faults}


def _of_node(graph: Graph, classes: Object, node: str, has_file: HasFile) -> Iterator[Complaint]:
    data = graph[node]
    for name, (group, spec) in _specs(classes, data["class_type"]).items():
        if name not in data["inputs"]:
            # A group of inputs is never given by its own name.
            if group == "required" and not (declared_type(spec) or "").startswith("COMFY_"):
                yield complaint("required_input_missing", "Required input is missing", name, input_name=name)
            continue
        value = data["inputs"][name]
        if isinstance(value, list):
            yield from _linked(graph, classes, name, spec, value)
        elif not isinstance(value, Mapping):  # which wraps a value: not ours to read
            yield from _literal(name, spec, value, has_file)


def _linked(graph: Graph, classes: Object, name: str, spec: Json, value: list[Any]) -> Iterator[Complaint]:
    extra = {"input_name": name, "input_config": spec, "received_value": value}
    if len(value) != 2:
        words = "Bad linked input, must be a length-2 list of [node_id, slot_index]"
        yield complaint("bad_linked_input", words, name, **extra)
        return
    link = link_of(graph, value)
    if link is None:
        words = "Exception when validating node"
        yield complaint("exception_during_validation", words, repr(value[0]), exception_type="KeyError", **extra)
        return
    given = (classes[graph[link[0]]["class_type"]] or {}).get("output") or ()
    received = given[link[1]] if -len(given) <= link[1] < len(given) else "NONE"
    if not _fits(received, declared_type(spec)):
        details = f"{name}, received_type({received}) mismatch input_type({declared_type(spec)})"
        extra = {"input_name": name, "input_config": spec, "received_type": received, "linked_node": value}
        yield complaint("return_type_mismatch", "Return type mismatch between linked nodes", details, **extra)


def _fits(received: Json, wanted: str | None) -> bool:
    """Whether an output may go into an input. Several types are told with commas, any type as ``*``."""
    if not isinstance(received, str) or wanted is None or "*" in (received, wanted):
        return True
    if received.startswith("COMFY_") or wanted.startswith("COMFY_") or "COMBO" in (received, wanted):
        return True  # what they stand for is found out when it runs
    return not {part.strip() for part in received.split(",")}.isdisjoint(part.strip() for part in wanted.split(","))


def _literal(name: str, spec: Json, value: Json, has_file: HasFile) -> Iterator[Complaint]:
    kind, options = declared_type(spec), options_of(spec)
    extra = {"input_name": name, "input_config": spec, "received_value": value}
    if kind in ("INT", "FLOAT"):
        try:
            number = as_number(kind, value)
        # Infinity cannot become a whole number.
        except (ValueError, TypeError, OverflowError) as error:
            words = f"Failed to convert an input value to a {kind} value"
            details = f"{name}, {value}, {error}"
            yield complaint("invalid_input_type", words, details, **extra, exception_message=str(error))
            return
        yield from _bounds(name, number, options, extra)
        return
    if not _has_choices(spec):
        return
    choices = choices_of(spec)
    # With either separator: the servers may be of different systems.
    if installed_as(str(value), choices) is not None:
        return
    if _takes_files(spec):
        if not has_file(str(value)):
            what = "audio" if options.get("audio_upload") else "video" if options.get("video_upload") else "image"
            details = f"{name} - Invalid {what} file: {value}"
            words = "Custom validation failed for node"
            yield complaint("custom_validation_failed", words, details, input_name=name)
        return
    is_short = len(choices) <= MOST_SHOWN
    shown = str(list(choices)) if is_short else f"(list of length {len(choices)})"
    extra = {**extra, "input_config": spec if is_short else None}
    yield complaint("value_not_in_list", "Value not in list", f"{name}: '{value}' not in {shown}", **extra)


def _bounds(name: str, number: float, options: Mapping[str, Json], extra: Mapping[str, Any]) -> Iterator[Complaint]:
    low, high = options.get("min"), options.get("max")
    if isinstance(low, int | float) and number < low:
        yield complaint("value_smaller_than_min", f"Value {number} smaller than min of {low}", name, **extra)
    if isinstance(high, int | float) and number > high:
        yield complaint("value_bigger_than_max", f"Value {number} bigger than max of {high}", name, **extra)


def _specs(classes: Object | None, class_type: str) -> dict[str, tuple[str, Json]]:
    """The inputs that a class declares, with their group."""
    declared = ((classes or {}).get(class_type) or {}).get("input") or {}
    return {
        name: (group, spec) for group in ("required", "optional") for name, spec in (declared.get(group) or {}).items()
    }


def _has_choices(spec: Json) -> bool:
    """Whether a value must be one of a list; one that is fetched from elsewhere is not told."""
    if not isinstance(spec, list) or not spec:
        return False
    return isinstance(spec[0], list) or (spec[0] == "COMBO" and "options" in options_of(spec))


def _takes_files(spec: Json) -> bool:
    return any(key.endswith(UPLOADED) and value for key, value in options_of(spec).items())
