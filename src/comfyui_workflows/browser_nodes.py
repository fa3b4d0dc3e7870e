"""Nodes whose widgets a node pack builds in the browser, so that no class declares them: one adapter for each. Pure.

Where no adapter knows a class, and its widgets or its links would be lost, it is refused by name. Source: what the
browser code of each pack sends (rgthree-comfy, ComfyUI-VideoHelperSuite, the core's CustomCombo).
"""

from collections.abc import Callable, Collection, Mapping

from comfyui_workflows.errors import WorkflowError
from comfyui_workflows.json_types import Json, Object
from comfyui_workflows.object_info import options_of, specs_of

ADAPTER = "adapter"
"""The key in a node's ``_meta`` that names the adapter that converted it."""
EXPORT = (
    "In ComfyUI, with the pack installed, choose Workflow, Export (API), and use that file: its page has resolved them "
    "there. Or replace these nodes by links."
)
EVERYWHERE = "Everywhere"
"""In the names of all classes of the pack Use Everywhere."""
UNLINKED = (EVERYWHERE, "Broadcast")
"""In the names of classes that reach others without a link."""
UNKNOWN_WIDGETS = ("Power Primitive (rgthree)", "Power Puter (rgthree)", "Power Prompt (rgthree)")
"""Classes whose widgets are built in the browser in ways that no adapter here knows."""
Inputs = dict[str, Json]


def refuse_unknown(name: str, classes: Mapping[str, str], resolved: Collection[str] = ()) -> None:
    """Raise ``WorkflowError`` for nodes that would be lost or wrong in silence.

    ``classes`` are those of each node; ``resolved`` the nodes whose links are known all the same.
    """
    lost = [f"{kind} (node {node})" for node, kind in classes.items() if _is_lost(kind) and node not in resolved]
    if lost:
        raise WorkflowError(
            f"{name} has nodes that work in ComfyUI's page alone, which nothing here can resolve: {', '.join(lost)}.",
            hint=EXPORT,
        )


def adapted(class_type: str, node: Object, inputs: Inputs, classes: Object) -> tuple[Inputs, str | None]:
    """The inputs of a node with those of the browser's widgets, and the name of the adapter, where one was needed.

    ``inputs`` are those that the class declares. Raises ``WorkflowError`` for widgets that it cannot tell.
    """
    adapter = _ADAPTERS.get(class_type)
    found = adapter(node, inputs) if adapter is not None else None
    if found is not None:
        return found, class_type
    if class_type.startswith("VHS_"):
        return _video_helper(class_type, node, inputs, classes)
    return inputs, None


def _is_lost(kind: str) -> bool:
    return any(word in kind for word in UNLINKED) or kind in UNKNOWN_WIDGETS


def _power_lora(node: Object, inputs: Inputs) -> Inputs | None:
    """A list of LoRAs, each with its strength: ``lora_1``, ``lora_2`` …, in the order of the file."""
    values = node.get("widgets_values")
    listed = values.values() if isinstance(values, Mapping) else values if isinstance(values, list) else ()
    loras = [value for value in listed if isinstance(value, Mapping) and "lora" in value]
    # One strength for both parts is written as null for the second, and sent without it.
    told = [{key: value for key, value in lora.items() if value is not None} for lora in loras]
    return {
        **inputs,
        "PowerLoraLoaderHeaderWidget": {"type": "PowerLoraLoaderHeaderWidget"},
        **{f"lora_{place}": lora for place, lora in enumerate(told, 1)},
        "➕ Add Lora": "",
    }


def _custom_combo(node: Object, inputs: Inputs) -> Inputs | None:
    """A choice among the author's own words: they stand behind it in the file, and its place among them is sent."""
    values = node.get("widgets_values")
    options = [value for value in values[2:] if isinstance(value, str)] if isinstance(values, list) else []
    options = [*options, ""] if not options or options[-1] else options
    choice = inputs.get("choice")
    index = options.index(choice) if isinstance(choice, str) and choice in options else -1
    named = {f"option{place}": option for place, option in enumerate(options, 1)}
    return {**inputs, "index": index, **named}


_ADAPTERS: Mapping[str, Callable[[Object, Inputs], Inputs | None]] = {
    "Power Lora Loader (rgthree)": _power_lora,
    "CustomCombo": _custom_combo,
}


def _video_helper(class_type: str, node: Object, inputs: Inputs, classes: Object) -> tuple[Inputs, str | None]:
    """The widgets of a format (its codec and quality), which this pack saves by name; its previews are left out."""
    values = node.get("widgets_values")
    declared = specs_of(classes, class_type)
    if isinstance(values, Mapping):
        more = {
            str(name): value
            for name, value in values.items()
            if name not in declared and isinstance(value, str | int | float)
        }
        return ({**inputs, **more}, class_type) if more else (inputs, None)
    formats = options_of(declared.get("format")).get("formats")
    added = formats.get(inputs.get("format")) if isinstance(formats, Mapping) else None
    if class_type == "VHS_VideoCombine" and added:
        raise WorkflowError(
            f"Node {node.get('id')} (VHS_VideoCombine) was saved by an old version of its pack, without the names of "
            f"the widgets of {inputs.get('format')}.",
            hint="Open the file in ComfyUI and save it again, or choose Workflow, Export (API).",
        )
    return inputs, None
