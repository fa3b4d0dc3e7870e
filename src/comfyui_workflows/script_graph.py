"""The calls of nodes in a script of ComfyUI, read back as a graph in API format. Pure.

Source: the scripts of ComfyUI-SaveAsScript and of ComfyUI-to-Python-Extension: each node is one call whose result is
assigned to a variable, and which takes the results of others by ``get_value_at_index``.
"""

import ast
import json
from collections.abc import Iterator

from comfyui_workflows.envelopes import unsound
from comfyui_workflows.graph import Graph
from comfyui_workflows.json_types import Json


def graph_of(tree: ast.Module) -> tuple[Graph, dict[str, tuple[str, str]]]:
    """The calls of ``main`` as a graph keyed by variable, and where each option goes: (variable, input)."""
    # Variables serve as ids: the script has no others.
    graph: Graph = {}
    places: dict[str, tuple[str, str]] = {}
    for target, class_type, call in node_calls(tree):
        inputs: dict[str, Json] = {}
        for word in call.keywords:
            if word.arg is not None:
                inputs[word.arg] = value_of(word.value)
                # An option's name is in the expression, however it is wrapped.
                for option in _option_names(word.value):
                    places[option] = (target, word.arg)
        graph[target] = {"class_type": class_type, "inputs": inputs}
    return graph, places


def node_calls(tree: ast.Module) -> Iterator[tuple[str, str, ast.Call]]:
    """Every call of a node: the variable that holds its result, its class, and the call."""
    classes = dict(_classes(tree))
    for target, call in _assignments(tree):
        if not isinstance(call.func, ast.Attribute) or not isinstance(call.func.value, ast.Name):
            continue
        class_type = classes.get(call.func.value.id)
        if class_type is not None:
            yield target, class_type, call


def value_of(value: ast.expr) -> Json:
    """A keyword's value: a link, a constant, or None for what only the running script knows."""
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "get_value_at_index":
        source, slot = value.args[:2] if len(value.args) >= 2 else (None, None)
        # Its first two arguments are the node's variable and its slot.
        if isinstance(source, ast.Name) and isinstance(slot, ast.Constant):
            return [source.id, slot.value]
        return None
    try:
        found = ast.literal_eval(value)
        # Through JSON: tuples become lists, and what JSON cannot carry is refused.
        told = json.loads(json.dumps(found, allow_nan=False))
    except (ValueError, TypeError, SyntaxError, RecursionError):
        return None
    return None if unsound(told) else told


def keyword_of(call: ast.Call, name: str) -> ast.expr | None:
    """The value of a keyword of a call, None where it is not given."""
    return next((word.value for word in call.keywords if word.arg == name), None)


def _assignments(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)]
    # In the order of the lines: a variable may be assigned again.
    for node in sorted(found, key=lambda node: node.lineno):
        target = node.targets[0]
        if isinstance(target, ast.Name) and isinstance(node.value, ast.Call):
            yield target.id, node.value


def _classes(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Which node class each object is made of: ``X()``, ``NODE_CLASS_MAPPINGS["X"]()``, or one of them wrapped."""
    for target, call in _assignments(tree):
        if call.args or call.keywords:
            continue
        made = call.func
        if isinstance(made, ast.Call) and made.args:
            made = made.args[-1]  # of a wrapper, which took the context too since the end of March 2024
        if isinstance(made, ast.Subscript) and isinstance(made.slice, ast.Constant):
            yield target, str(made.slice.value)
        elif isinstance(made, ast.Name):
            yield target, made.id


def _option_names(value: ast.expr) -> list[str]:
    return [
        node.attr
        for node in ast.walk(value)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "args"
        # It is about how seeds are drawn and is no value of a node.
        if node.attr != "random_seed_type"
    ]
