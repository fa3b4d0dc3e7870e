"""What a class declares of one input of a node, also where the input's name is dotted. Pure.

Source: the classes of ComfyUI 0.33.0. A dynamic combo (``COMFY_DYNAMICCOMBO_V3``) brings the inputs of the option that
is chosen, called ``combo.input``; a growing group (``COMFY_AUTOGROW_V3``) has one specification for all its members.
"""

from collections.abc import Mapping

from comfyui_workflows.json_types import Json, Object
from comfyui_workflows.object_info import options_of, specs_of

# No input is called so: what stands under it is declared for every member of a growing group.
ANY_NAME = "*"


def spec_at(graph: Object, object_info: Object | None, node: str, name: str) -> Json:
    """The specification of an input, or None where its class is not known or does not declare it."""
    if object_info is None:
        return None
    data = graph[node]
    class_type = str(data.get("class_type"))
    # Nearly all names are plain: this is asked for every input of large graphs.
    groups = (object_info.get(class_type) or {}).get("input") or {}
    for group in ("optional", "required"):
        if name in (groups.get(group) or {}):
            return groups[group][name]
    if "." not in name:
        return None
    specs: Mapping[str, Json] = specs_of(object_info, class_type)
    inputs = data.get("inputs", {})
    path = ""
    # Part by part, because a chosen option may itself bring a combo.
    for part in name.split("."):
        path = f"{path}.{part}".lstrip(".")
        spec = specs.get(path, specs.get(part, specs.get(ANY_NAME)))
        if path == name or spec is None:
            return spec
        specs = _within(spec, inputs.get(path), part)
    return None


def last_part(name: str) -> str:
    """What an input is called within its group; the whole name where it has no dots."""
    return name.rpartition(".")[2]


def declared_type(spec: Json) -> str | None:
    """The type of a specification in capitals; ``COMBO`` for a list of choices, None where nothing is declared."""
    kind = spec[0] if isinstance(spec, list) and spec else None
    return "COMBO" if isinstance(kind, list) else kind if isinstance(kind, str) else None


def _within(spec: Json, chosen: Json, group: str) -> Mapping[str, Json]:
    """The specifications of the inputs that a group stands for."""
    options = options_of(spec)
    for option in options.get("options") or () if isinstance(options.get("options"), list) else ():
        if isinstance(option, Mapping) and option.get("key") == chosen:
            return specs_of({group: {"input": option.get("inputs") or {}}}, group)
    template = options.get("template")
    if isinstance(template, Mapping) and isinstance(template.get("input"), Mapping):
        # One specification for however many there are: it is found under whatever name the member has.
        member = next(iter(specs_of({group: {"input": template["input"]}}, group).values()), None)
        return {ANY_NAME: member}
    return {}
