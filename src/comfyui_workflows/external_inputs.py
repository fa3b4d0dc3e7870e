"""The input nodes of other packs, by which an author says what a person may set. Pure.

Source: the classes of ComfyUI-Deploy (``ComfyUIDeployExternal*``), SwarmUI (``SwarmInput*``), comfy-pack
(``CPackInput*``, in older files ``BentoInput*``). Each holds a value, and beside it a title, a range or a list of
choices.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from comfyui_workflows.graph import class_of, links, title_of
from comfyui_workflows.input_specs import last_part
from comfyui_workflows.json_types import Json, Object, loads
from comfyui_workflows.node_inputs import Spot
from comfyui_workflows.value_types import number_of

# Not SwarmInputImage, which takes the bytes of a picture as a text and no file.
PACKS = re.compile(r"ComfyUIDeployExternal\w+|SwarmInput(?!Group|Image)\w+|(CPack|Bento)Input\w+")
# The value under which name each pack keeps it; the first that is there and is no link.
VALUES = (
    *("default_value", "value", "default_lora_name", "default_checkpoint_name", "input", "selected", "path"),
    *("image", "audio_file", "default_value_url"),
)
# By the end of the class: what a value is, whatever the file has there.
TYPES = (
    (re.compile(r"Image(Alpha|Batch)?$"), "image"),
    (re.compile(r"(NumberInt|SliderInt|Integer|Int|Seed)$"), "int"),
    (re.compile(r"(Number|Slider|Float)$"), "float"),
    (re.compile(r"(Boolean|Bool)$"), "bool"),
    (re.compile(r"(Enum|Dropdown|Selection)$"), "choice"),
    (re.compile(r"Video$"), "video"),
    (re.compile(r"Audio$"), "audio"),
)
ROLES = {"denoise": "denoise", "noise_seed": "seed", "batch_size": "count", "seconds": "duration", "guidance": "cfg"}
ROLE_NAMES = ("seed", "width", "height", "steps", "cfg", "denoise", "duration", "negative_prompt")


@dataclass(frozen=True)
class ExternalInput:
    """One of them: where its value is, and what its author says of it. ``name`` is what programs call it."""

    spot: Spot
    name: str
    label: str
    type: str | None
    role: str | None
    help: str
    advanced: bool
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    choices: tuple[str, ...] = ()


def is_external(graph: Object, node: str) -> bool:
    return bool(PACKS.fullmatch(class_of(graph, node)))


def external_inputs(graph: Object, nodes: Iterable[str]) -> Iterator[ExternalInput]:
    """Those among ``nodes``, in the order that their authors gave them, else in the order of the file."""
    found = [node for node in nodes if is_external(graph, node)]
    users = _users(graph)
    for node in sorted(found, key=lambda each: _priority(graph, each)):
        inputs = graph[node].get("inputs", {})
        value = next((name for name in VALUES if name in inputs and not isinstance(inputs[name], list)), None)
        if value is None:
            # It takes its value from another node, which is then asked for.
            continue
        class_type = class_of(graph, node)
        name = _text(inputs, "input_id") or _text(inputs, "title") or title_of(graph, node)
        label = _text(inputs, "display_name") or _text(inputs, "title") or name
        kind = next((each for ending, each in TYPES if ending.search(class_type)), None)
        choices = _choices(inputs)
        yield ExternalInput(
            Spot(node, value),
            name=name,
            label=label.replace("_", " ").strip() or name,
            type="choice" if choices else None if kind == "choice" else kind,
            role=_role(inputs, users.get(node)),
            help=_text(inputs, "description"),
            advanced=inputs.get("is_advanced") is True,
            minimum=_number(inputs, "min", "min_value"),
            maximum=_number(inputs, "max", "max_value"),
            step=_number(inputs, "step"),
            choices=choices,
        )


def _users(graph: Object) -> dict[str, str]:
    """The name of the input that each node feeds; the first where there are several."""
    users: dict[str, str] = {}
    for node in graph:
        for name, source, _ in links(graph, node):
            users.setdefault(source, name)
    return users


def _role(inputs: Object, user: str | None) -> str | None:
    """What it means, where the author's view of it or the input that it feeds says so."""
    view = inputs.get("view_type")
    if view == "seed":
        return "seed"
    last = last_part(user or "")
    return ROLES.get(last, last if last in ROLE_NAMES else None)


def _choices(inputs: Object) -> tuple[str, ...]:
    for name in ("values", "options"):
        given = inputs.get(name)
        if isinstance(given, str) and given.strip():
            return _listed(given)
        if isinstance(given, list):
            return tuple(str(each) for each in given)
    return ()


def _listed(text: str) -> tuple[str, ...]:
    """The choices in a text: a JSON list, or one a line, or between commas."""
    try:
        data = loads(text)
    except ValueError:
        data = None
    if isinstance(data, list):
        parts = [str(each) for each in data if isinstance(each, str | int | float)]
    else:
        parts = text.splitlines() if "\n" in text.strip() else text.split(",")
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def _priority(graph: Object, node: str) -> float:
    return _number(graph[node].get("inputs", {}), "order_priority") or 0.0


def _number(inputs: Object, *names: str) -> float | None:
    return next((number for name in names if (number := number_of(inputs.get(name))) is not None), None)


def _text(inputs: Object, name: str) -> str:
    value: Json = inputs.get(name)
    return value.strip() if isinstance(value, str) else ""
