"""What each option of a dynamic combo makes of the inputs of its node. Pure.

Such a choice (``COMFY_DYNAMICCOMBO_V3``) brings inputs of its own, called ``combo.input``: with another option the node
has others. What the file has stays where the option takes it; the rest begins as the page would begin it.
"""

from collections.abc import Mapping

from comfyui_workflows.input_specs import declared_type, spec_at
from comfyui_workflows.json_types import Json, Object
from comfyui_workflows.object_info import DYNAMIC, choices_of, options_of
from comfyui_workflows.widgets import NOTHING, Widget, added_by, default_of


def brought(graph: Object, object_info: Object | None, node: str, name: str) -> dict[str, dict[str, Json]]:
    """The inputs below ``name`` that its node has with each option, by option; empty for any other input."""
    spec = spec_at(graph, object_info, node, name)
    if declared_type(spec) != DYNAMIC:
        return {}
    return {option: _with(graph, object_info, node, name, option) for option in choices_of(spec)}


def _with(graph: Object, object_info: Object | None, node: str, name: str, option: str) -> dict[str, Json]:
    inputs = {**graph[node].get("inputs", {}), name: option}
    chosen = {node: {**graph[node], "inputs": inputs}}
    found: dict[str, Json] = {}
    for own, value in inputs.items():
        if own.startswith(f"{name}."):
            # In the order of the file, where a choice stands before what it brings.
            spec = spec_at(chosen, object_info, node, own)
            if spec is not None and _takes(spec, value):
                found[own] = value
    waiting = [Widget(name, DYNAMIC, spec_at(graph, object_info, node, name))]
    while waiting:
        widget = waiting.pop(0)
        value = option if widget.name == name else found.get(widget.name, default_of(widget))
        if widget.name != name and widget.sent and value is not NOTHING:
            found[widget.name] = value
        if not isinstance(value, list):
            waiting += added_by(widget, value)
    return found


def _takes(spec: Json, value: Json) -> bool:
    """Whether an input with this specification takes a value, or what is linked."""
    kind, options = declared_type(spec), options_of(spec)
    if isinstance(value, list):
        return True
    if choices := choices_of(spec):
        return str(value) in choices
    if kind in ("INT", "FLOAT"):
        low, high = options.get("min"), options.get("max")
        return _is_number(value) and not (_is_number(low) and value < low) and not (_is_number(high) and value > high)
    return not isinstance(value, bool) if kind == "STRING" else isinstance(value, bool) or kind != "BOOLEAN"


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def changed(inputs: dict[str, Json], name: str, brings: Mapping[str, Mapping[str, Json]], option: Json) -> None:
    """Set a dynamic combo in the inputs of a node, and what the option brings in place of what the last one brought."""
    if inputs.get(name) != option and (now := brings.get(str(option))) is not None:
        for own in [own for own in inputs if own.startswith(f"{name}.")]:
            del inputs[own]
        inputs |= now
    inputs[name] = option
