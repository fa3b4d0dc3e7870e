"""Turns a saved workflow into the API format, as ComfyUI's page would before it queues it. Pure.

Source: the rules observed on the official frontend (1.35.9 and 1.58.1). The class table of a server is needed: saved
files hold values by their place, and only the class tells the names. Left out on purpose: dynamic prompts
(``{a|b}``, comments), which damage texts, and the ``%date%`` patterns of file names, which cannot matter here.
"""

from collections.abc import Iterator, Mapping, Sequence

from comfyui_workflows.envelopes import HOW_TO_EXPORT, is_saved, opened
from comfyui_workflows.errors import MissingNodesError, UnreadableFileError
from comfyui_workflows.graph import Graph, read
from comfyui_workflows.json_types import Json, Object
from comfyui_workflows.object_info import choices_of, nearest, options_of
from comfyui_workflows.saved_format import (
    GraphScope,
    Linked,
    Valued,
    follow,
    input_type,
    outermost,
    running,
    stands_alone,
)

WIDGET_TYPES = ("INT", "FLOAT", "STRING", "BOOLEAN", "COMBO")
# What the page's own control writes behind a seed.
CONTROLS = ("fixed", "increment", "decrement", "randomize", "increment-wrap")
# Names that ComfyUI changed; its page still reads the old ones.
RENAMED = {
    "T2IAdapterLoader": "ControlNetLoader",
    "ConditioningAverage ": "ConditioningAverage",
    "SDV_img2vid_Conditioning": "SVD_img2vid_Conditioning",
    "Load3DAnimation": "Load3D",
    "Preview3DAnimation": "Preview3D",
}
DYNAMIC = "COMFY_DYNAMICCOMBO_V3"


def read_workflow(name: str, text: str | bytes, object_info: Object | None = None) -> Graph:
    """The graph of a ``.json`` workflow in either format; a saved one needs the classes of a server.

    Raises ``UnreadableFileError`` that says what is wrong with the file, ``MissingNodesError`` what the server lacks.
    """
    # Opened only for a server: without classes a saved file cannot be read anyway.
    if object_info is not None and is_saved(data := opened(name, text)):
        return convert(name, data, object_info)
    return read(name, text)


def convert(name: str, data: Object, object_info: Object) -> Graph:
    """The graph in API format of a saved file, for a server with these classes.

    Raises ``MissingNodesError`` when classes are not installed, with the nearest that are, and
    ``UnreadableFileError`` when the file makes no sense.
    """
    try:
        there = list(running(outermost(data)))
        # Nodes of the page alone are left out, unless nothing would be left to complain about.
        nodes = [each for each in there if not _left_out(*each, object_info)]
        _known(name, nodes or there, object_info)
        return {scope.full_id(node): _convert(scope, node, object_info) for scope, node in nodes}
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, RecursionError) as error:
        # Only what we raised ourselves was written for a person; anything else is Python stumbling over the file.
        ours = type(error) in (ValueError, RecursionError) and "recursion depth" not in str(error)
        what = str(error) if ours else "its nodes and links are not built as ComfyUI saves them"
        raise UnreadableFileError(
            f"{name} cannot be read as a saved workflow: {what}.",
            hint=HOW_TO_EXPORT,
        ) from error


def _left_out(scope: GraphScope, node: Object, object_info: Object) -> bool:
    """Whether a node is one of the page: no server knows its class, and nothing is linked to it.

    Those that reach others without a link are not: what they do would be lost in silence.
    """
    # Those that reach others without a link are kept: leaving one out would change what is made.
    return _class(node) not in object_info and "Everywhere" not in _class(node) and stands_alone(scope, node)


def _known(name: str, nodes: Sequence[tuple[GraphScope, Object]], object_info: Object) -> None:
    if not nodes:
        raise UnreadableFileError(f"{name} has no nodes that run.", hint=HOW_TO_EXPORT)
    missing = sorted({_class(node) for _, node in nodes} - set(object_info))
    if missing:
        offers = [(each, nearest(each, object_info)) for each in missing]
        told = ", ".join(f"{each} (nearest: {near})" if near else each for each, near in offers)
        raise MissingNodesError(
            f"{name} needs nodes that this ComfyUI does not have: {told}.",
            hint="Install the node packs that bring them, and restart ComfyUI. Nodes that live in its page alone are "
            f"resolved by its export: {HOW_TO_EXPORT[0].lower()}{HOW_TO_EXPORT[1:]}",
        )


def _class(node: Object) -> str:
    kind = str(node.get("type"))
    return RENAMED.get(kind, kind)


def _convert(scope: GraphScope, node: Object, object_info: Object) -> dict[str, Json]:
    known = object_info[_class(node)]
    inputs = _values(node, known)
    for entry in node.get("inputs") or []:
        # An input without a link has its value among the widgets.
        if entry.get("link") is None:
            continue
        source = follow(scope, entry["link"], input_type(entry))
        if isinstance(source, Linked):
            inputs[str(entry["name"])] = [source.node, source.slot]
        elif isinstance(source, Valued):
            inputs[str(entry["name"])] = source.value
    # The title, because forms find their places by it after a new export.
    title = node.get("title") or known.get("display_name") or _class(node)
    return {"inputs": inputs, "class_type": _class(node), "_meta": {"title": title}}


def _values(node: Object, known: Object) -> dict[str, Json]:
    """The values of the widgets, by name; a widget that the file has no value for gets its default."""
    given = node.get("widgets_values")
    specs = dict(_widgets(known))
    # Some nodes save their values by name: then nothing has to be counted.
    if isinstance(given, Mapping):
        return {name: given.get(name, _default(spec)) for name, spec in specs.items()}
    values = list(given or [])
    names = _names(node, specs, len(values))
    found: dict[str, Json] = {}
    # The names cannot be known beforehand: a dynamic combo brings more of them with the value that it has.
    while names:
        name = names.pop(0)
        spec = specs.get(name)
        if not values:
            if spec is not None:
                found[name] = _default(spec)
            # Older files have fewer values than the class has widgets now.
            continue
        found[name] = values.pop(0)
        # The control has a value in the file and no input in the class: skipped, or all that follows moves by one.
        if _has_control(name, spec) and values and _is_control(values[0], specs.get(names[0]) if names else None):
            values.pop(0)
        # Before the rest: a dynamic combo's own widgets come right after it in the file.
        names = [*_opened(name, spec, found[name], specs, names), *names]
    return {
        # Null for a choice is an empty widget: the page sends the first choice.
        name: _default(specs[name]) if value is None and choices_of(specs.get(name)) else _as_sent(name, value, specs)
        for name, value in found.items()
    }


def _is_control(value: Json, following: Json) -> bool:
    """Whether a value is that of a control; old files have true or false there."""
    is_switch = isinstance(following, list) and following[:1] == ["BOOLEAN"]
    # A switch that follows may have the same value as the control of an old file.
    return value in CONTROLS or (isinstance(value, bool) and not is_switch)


def _as_sent(name: str, value: Json, specs: Mapping[str, Json]) -> Json:
    """A value as the page sends it: the lines of a text as one, samplers by the names that they have had since 2023."""
    spec = specs.get(name)
    if isinstance(value, list) and isinstance(spec, list) and spec[:1] == ["STRING"]:
        # Older pages kept the lines of a text as a list.
        return ",".join(map(str, value))
    if name == "sampler_name" and isinstance(value, str):
        # Samplers were called so before 2023.
        return value.removeprefix("sample_")
    return value


def _names(node: Object, specs: Mapping[str, Json], count: int) -> list[str]:
    """The widgets in the order of the values: as the file names them, or as the class declares them."""
    listed = [str(entry["widget"]["name"]) for entry in node.get("inputs") or [] if entry.get("widget")]
    declared = [name for name, spec in specs.items() if not options_of(spec).get("forceInput")]
    forced = [name for name in specs if name not in declared]
    # The file's own order is right only when it names all that the class has.
    if listed and set(declared) <= set(listed):
        return [name for name in listed if name in specs or "." in name]
    # As many values as widgets and controls: then those with ``forceInput`` have values too.
    if forced and count == len(specs) + sum(_has_control(name, specs[name]) for name in specs):
        return list(specs)
    return declared


def _widgets(known: Object) -> Iterator[tuple[str, Json]]:
    groups = known.get("input") or {}
    order = known.get("input_order") or {}
    for group in ("required", "optional"):
        declared = groups.get(group) or {}
        # ``input_order`` where it is there: the page goes by it, and the values stand in its order.
        for name in order.get(group) or declared:
            if name in declared and _is_widget(declared[name]):
                yield name, declared[name]


def _is_widget(spec: Json) -> bool:
    if not isinstance(spec, list) or not spec:
        return False
    return isinstance(spec[0], list) or spec[0] in (*WIDGET_TYPES, DYNAMIC)


def _opened(name: str, spec: Json, value: Json, specs: dict[str, Json], waiting: Sequence[str]) -> list[str]:
    """The widgets that the chosen option of a dynamic combo adds right after it; they join ``specs``."""
    if not isinstance(spec, list) or spec[:1] != [DYNAMIC]:
        return []
    added = []
    for option in options_of(spec).get("options") or []:
        if option.get("key") == value:
            for inner, inner_spec in _widgets({"input": option.get("inputs") or {}}):
                specs[f"{name}.{inner}"] = inner_spec
                added.append(f"{name}.{inner}")
    # Names that the file lists itself are not added again.
    return [each for each in added if each not in waiting]


def _has_control(name: str, spec: Json) -> bool:
    """Whether the page shows a "control after generate" behind this widget, whose value is in the file too."""
    if not isinstance(spec, list) or spec[:1] not in (["INT"], ["FLOAT"]):
        return isinstance(spec, list) and bool(options_of(spec).get("control_after_generate"))
    control = options_of(spec).get("control_after_generate")
    # Older classes say nothing; then only these two have a control.
    return name in ("seed", "noise_seed") if control is None else bool(control)


def _default(spec: Json) -> Json:
    """What the page puts into an empty widget."""
    options, choices = options_of(spec), choices_of(spec)
    if "default" in options:
        return options["default"]
    if choices:
        declared = spec[0] if isinstance(spec[0], list) else options.get("options")
        return declared[0] if isinstance(declared, list) else choices[0]  # a number stays one
    kind = spec[0] if isinstance(spec, list) and spec else ""
    return {"INT": 0, "FLOAT": 0.0, "STRING": "", "BOOLEAN": False}.get(kind if isinstance(kind, str) else "")
