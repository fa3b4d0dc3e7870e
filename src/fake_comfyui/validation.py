"""Judges a posted graph as the real server does: what is refused, with which words, and what is taken in
part.

Source: the answers of ``POST /prompt`` observed on ComfyUI 0.3.64, 0.8.0 and 0.33.0.
"""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fake_comfyui.dialect import Dialect
from fake_comfyui.nodes import NodeClass

Graph = dict[str, Any]
Complaint = dict[str, Any]


@dataclass
class GraphVerdict:
    """``outputs`` are the output nodes that will be made, with ``graph`` as the server understood it."""

    graph: Graph
    outputs: list[str] = field(default_factory=list)
    error: Complaint | None = None
    node_errors: dict[str, Any] = field(default_factory=dict)


def judge(graph: Any, known: Mapping[str, NodeClass], exists: Callable[[str], bool], dialect: Dialect) -> GraphVerdict:
    """Validate a graph. ``exists`` says whether a file named by a Load node is there."""
    if not isinstance(graph, dict):
        graph = {}
    # A copy: values are converted in it, and the caller's graph is shown as it was posted.
    verdict = GraphVerdict(copy.deepcopy(graph))
    if error := _classes(verdict.graph, known, dialect):
        verdict.error = error
        return verdict
    wanted = [node for node, data in verdict.graph.items() if known[data["class_type"]].saves]
    if not wanted:
        verdict.error = complaint("prompt_no_outputs", "Prompt has no outputs")
        return verdict
    checker = _Checker(verdict.graph, known, exists)
    # Of the output nodes only, as the real server puts them together.
    details: list[str] = []
    for node in wanted:
        try:
            faulty = checker.faulty(node, ())
        except _CircleError as circle:
            # Older versions say nothing of a circle and only refuse.
            if dialect.exact_refusals:
                for name in dict.fromkeys(circle.nodes):
                    _blame(verdict, name, node, [_cycle(circle.nodes, name, verdict.graph)])
            continue
        if faulty:
            details.extend(fault["details"] for fault in checker.errors.get(node, []))
            for name in faulty:
                _blame(verdict, name, node, checker.errors[name])
        else:
            verdict.outputs.append(node)
    # One good output is enough: the job runs in part, with a 200.
    if not verdict.outputs:
        text = "\n".join(details)
        verdict.error = complaint("prompt_outputs_failed_validation", "Prompt outputs failed validation", text)
    return verdict


def complaint(kind: str, message: str, details: str = "", **extra: Any) -> Complaint:
    return {"type": kind, "message": message, "details": details, "extra_info": extra}


def staged(kind: str, graph: Graph, dialect: Dialect) -> tuple[Complaint, dict[str, Any]]:
    """The error and node errors of a refusal that a fault switch asks for, about a node of this graph."""
    if kind == "no_prompt":
        return complaint("no_prompt", "No prompt provided", "No prompt provided"), {}
    if kind == "prompt_no_outputs":
        return complaint(kind, "Prompt has no outputs"), {}
    node = next(iter(graph), "1")
    class_type = graph.get(node, {}).get("class_type", "SaveImage")
    if kind == "invalid_prompt":
        return _no_class(graph, node, class_type, dialect), {}
    details = f"staged by the fault switch for {class_type}"
    extra: dict[str, Any] = {"input_name": "staged"}
    if kind == "value_not_in_list":
        details = "ckpt_name: 'absent.safetensors' not in ['present.safetensors']"
        extra = {"input_name": "ckpt_name", "received_value": "absent.safetensors"}
        extra["input_config"] = [["present.safetensors"], {}]
    errors = {"errors": [complaint(kind, _MESSAGES[kind], details, **extra)], "dependent_outputs": [node]}
    failed = complaint("prompt_outputs_failed_validation", "Prompt outputs failed validation")
    return failed, {node: {**errors, "class_type": class_type}}


_MESSAGES = {
    "required_input_missing": "Required input is missing",
    "bad_linked_input": "Bad linked input, must be a length-2 list of [node_id, slot_index]",
    "return_type_mismatch": "Return type mismatch between linked nodes",
    "invalid_input_type": "Failed to convert an input value to a INT value",
    "value_smaller_than_min": "Value 0 smaller than min of 1",
    "value_bigger_than_max": "Value 2 bigger than max of 1",
    "value_not_in_list": "Value not in list",
    "custom_validation_failed": "Custom validation failed for node",
    "exception_during_validation": "Exception when validating node",
    "exception_during_inner_validation": "Exception when validating inner node",
}


def _classes(graph: Graph, known: Mapping[str, NodeClass], dialect: Dialect) -> Complaint | None:
    for node, data in graph.items():
        if data.get("class_type") not in known:
            return _no_class(graph, node, data.get("class_type"), dialect)
    return None


def _no_class(graph: Graph, node: str, class_type: str | None, dialect: Dialect) -> Complaint:
    if not dialect.exact_refusals:
        message = f"Cannot execute because node {class_type} does not exist."
        if class_type is None:
            message = "Cannot execute because a node is missing the class_type property."
        return complaint("invalid_prompt", message, f"Node ID '#{node}'")
    title = graph.get(node, {}).get("_meta", {}).get("title", class_type)
    message = f"Node '{title}' not found. The custom node may not be installed."
    if class_type is None:
        shown = title or f"ID #{node}"
        message = f"Node '{shown}' has no class_type. The workflow may be corrupted or a custom node is missing."
    extra = {"node_id": node, "class_type": class_type, "node_title": title}
    return complaint("missing_node_type", message, f"Node ID '#{node}'", **extra)


class _CircleError(Exception):
    """Nodes that feed each other, the first one again at the end."""

    def __init__(self, nodes: tuple[str, ...]) -> None:
        super().__init__()
        self.nodes = nodes


def _cycle(nodes: tuple[str, ...], node: str, graph: Graph) -> Complaint:
    path = " -> ".join(f"{each} ({graph[each]['class_type']})" for each in nodes)
    extra = {"node_id": node, "cycle_nodes": list(dict.fromkeys(nodes))}
    return complaint("dependency_cycle", "Dependency cycle detected", path, **extra)


def _blame(verdict: GraphVerdict, node: str, output: str, errors: list[Complaint]) -> None:
    class_type = verdict.graph[node]["class_type"]
    entry = {"errors": errors, "dependent_outputs": [], "class_type": class_type}
    entry = verdict.node_errors.setdefault(node, entry)
    entry["dependent_outputs"].append(output)


class _Checker:
    """Checks nodes from an output upwards, each once."""

    def __init__(self, graph: Graph, known: Mapping[str, NodeClass], exists: Callable[[str], bool]) -> None:
        self.graph = graph
        self.errors: dict[str, list[Complaint]] = {}
        self._known = known
        self._exists = exists
        self._done: dict[str, list[str]] = {}

    def faulty(self, node: str, path: tuple[str, ...]) -> list[str]:
        """The nodes with errors at and above ``node``. Raises ``_CircleError``."""
        # The path is what leads here, so that the circle can be named.
        if node in path:
            raise _CircleError((*path[path.index(node) :], node))
        # Each node once: several outputs may share most of the graph.
        if node not in self._done:
            self._done[node] = self._check(node, path)
        return self._done[node]

    def _check(self, node: str, path: tuple[str, ...]) -> list[str]:
        data = self.graph[node]
        spec = self._known[data["class_type"]]
        inputs = data.setdefault("inputs", {})
        errors: list[Complaint] = []
        above: list[str] = []
        for name, config in {**spec.required, **spec.optional}.items():
            if name not in inputs:
                if name in spec.required:
                    message = _MESSAGES["required_input_missing"]
                    errors.append(complaint("required_input_missing", message, name, input_name=name))
            elif isinstance(inputs[name], list):
                errors += self._linked(name, config, inputs[name], (*path, node), above)
            else:
                errors += self._literal(data["class_type"], inputs, name, config)
        # Noted for the node; its faults are told at every output that needs it.
        if errors:
            self.errors[node] = errors
        return ([node] if errors else []) + above

    def _linked(
        self,
        name: str,
        config: list[Any],
        value: list[Any],
        path: tuple[str, ...],
        above: list[str],
    ) -> list[Complaint]:
        extra = {"input_name": name, "input_config": config}
        if len(value) != 2:
            message = _MESSAGES["bad_linked_input"]
            return [complaint("bad_linked_input", message, name, **extra, received_value=value)]
        source, slot = value
        if source not in self.graph:
            # The server's own check fails on a missing node, so that it tells of an exception.
            kind = "exception_during_validation" if len(path) == 1 else "exception_during_inner_validation"
            details = repr(source)
            return [complaint(kind, _MESSAGES[kind], details, exception_type="KeyError", traceback=[])]
        kinds = self._known[self.graph[source]["class_type"]].outputs
        received = kinds[slot] if -len(kinds) <= slot < len(kinds) else "NONE"
        # The star takes any type.
        if config[0] != "*" and received != config[0]:
            details = f"{name}, received_type({received}) mismatch input_type({config[0]})"
            message = _MESSAGES["return_type_mismatch"]
            extra |= {"received_type": received, "linked_node": value}
            return [complaint("return_type_mismatch", message, details, **extra)]
        above += [fault for fault in self.faulty(source, path) if fault not in above]
        return []

    def _literal(self, class_type: str, inputs: dict[str, Any], name: str, config: list[Any]) -> list[Complaint]:
        value, kind = inputs[name], config[0]
        limits = config[1] if len(config) > 1 else {}
        extra = {"input_name": name, "input_config": config, "received_value": value}
        try:
            # Converted in place: a text ``"20"`` runs as the number 20.
            value = inputs[name] = _converted(kind, value)
        except (TypeError, ValueError) as error:
            message = f"Failed to convert an input value to a {kind} value"
            details = f"{name}, {value}, {error}"
            return [complaint("invalid_input_type", message, details, **extra, exception_message=str(error))]
        extra["received_value"] = value
        if class_type in ("LoadImage", "LoadAudio"):
            if self._exists(str(value)):
                return []
            what = "image" if class_type == "LoadImage" else "audio"
            details = f"{name} - Invalid {what} file: {value}"
            return [
                complaint(
                    "custom_validation_failed",
                    _MESSAGES["custom_validation_failed"],
                    details,
                    input_name=name,
                )
            ]
        return _limits(name, value, kind, limits, extra)


def _converted(kind: Any, value: Any) -> Any:
    if kind == "INT":
        return int(value)
    if kind == "FLOAT":
        return float(value)
    if kind == "STRING":
        return str(value)
    if kind == "BOOLEAN":
        return bool(value)
    return value


def _limits(name: str, value: Any, kind: Any, limits: dict[str, Any], extra: dict[str, Any]) -> list[Complaint]:
    if "min" in limits and value < limits["min"]:
        message = f"Value {value} smaller than min of {limits['min']}"
        return [complaint("value_smaller_than_min", message, name, **extra)]
    if "max" in limits and value > limits["max"]:
        message = f"Value {value} bigger than max of {limits['max']}"
        return [complaint("value_bigger_than_max", message, name, **extra)]
    options = kind if isinstance(kind, list) else limits.get("options", []) if kind == "COMBO" else None
    if options is not None and value not in options:
        shown = str(options)
        # A long list of models is left out, as the real server does.
        if len(options) > 20:
            shown, extra = f"(list of length {len(options)})", {**extra, "input_config": None}
        details = f"{name}: '{value}' not in {shown}"
        return [complaint("value_not_in_list", _MESSAGES["value_not_in_list"], details, **extra)]
    return []
