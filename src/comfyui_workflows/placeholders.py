"""Placeholders in place of values, as chat programs keep their workflows: ``"seed": "%seed%"``. Pure.

A known one says what its place is, so it becomes a field of the form, and the graph gets a value there that the field
starts from: its class's own default, the first installed, or a common one. One that stands for a whole value and is not
known is refused by name: no server could take it. The patterns of file names (``%date:yyyy%``) are ComfyUI's own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from comfyui_workflows.errors import WorkflowError
from comfyui_workflows.graph import Graph
from comfyui_workflows.json_types import Json, Object
from comfyui_workflows.node_inputs import Spot
from comfyui_workflows.object_info import choices_of, options_of, specs_of

WHOLE = re.compile(r'\s*"?%([A-Za-z_][A-Za-z0-9_]*)%"?\s*', re.ASCII)
INSIDE = re.compile(r"%([A-Za-z_][A-Za-z0-9_]*)%", re.ASCII)
# Such inputs hold patterns that ComfyUI fills itself.
NOT_OURS = re.compile("filename|prefix|path|folder|directory|pattern")


@dataclass(frozen=True)
class Meaning:
    """The field that a placeholder stands for, and what it starts from where nothing else tells."""

    role: str
    start: Json
    advanced: bool = True


KNOWN: dict[str, Meaning] = {
    "prompt": Meaning("prompt", "", advanced=False),
    "positive_prompt": Meaning("prompt", "", advanced=False),
    "positive": Meaning("prompt", "", advanced=False),
    "negative_prompt": Meaning("negative_prompt", "", advanced=False),
    "negative": Meaning("negative_prompt", "", advanced=False),
    "seed": Meaning("seed", 0),
    "width": Meaning("width", 512, advanced=False),
    "height": Meaning("height", 512, advanced=False),
    "steps": Meaning("steps", 20),
    "cfg": Meaning("cfg", 7.0),
    "scale": Meaning("cfg", 7.0),
    "cfg_scale": Meaning("cfg", 7.0),
    "denoise": Meaning("denoise", 1.0),
    "sampler": Meaning("sampler", "euler"),
    "sampler_name": Meaning("sampler", "euler"),
    "scheduler": Meaning("scheduler", "normal"),
    "model": Meaning("checkpoint", None),
    "checkpoint": Meaning("checkpoint", None),
    "vae": Meaning("vae", None),
    "lora": Meaning("lora", None),
    "count": Meaning("count", 1),
    "batch_size": Meaning("count", 1),
    "clip_skip": Meaning("clip_skip", -1),
    "duration": Meaning("duration", 30.0, advanced=False),
    "tags": Meaning("tags", "", advanced=False),
    "lyrics": Meaning("lyrics", "", advanced=False),
}


@dataclass(frozen=True)
class Placeholder:
    """Where one stands. ``within`` is its text where it is only a part of the value, else None."""

    spot: Spot
    meaning: Meaning
    within: str | None


def taken(name: str, graph: Graph, object_info: Object | None = None) -> tuple[Graph, tuple[Placeholder, ...]]:
    """The graph with values in place of whole placeholders, and all that were found.

    Raises ``WorkflowError`` that names the unknown ones.
    """
    found: list[Placeholder] = []
    unknown: list[str] = []
    # Copied: the caller's graph still has its placeholders.
    plain: Graph = {node: {**data, "inputs": dict(data.get("inputs", {}))} for node, data in graph.items()}
    for node, data in plain.items():
        for key, value in data["inputs"].items():
            if not isinstance(value, str) or NOT_OURS.search(key):
                continue
            spot, whole = Spot(node, key), WHOLE.fullmatch(value)
            # Only a part of the text: the rest has to stay, so that it is filled in its place.
            if whole is None:
                found += _inside(spot, value)
            elif (meaning := KNOWN.get(whole[1].lower())) is None:
                # All are collected: whoever mends the file wants to see every one.
                unknown.append(f"%{whole[1]}% (node {node}, {key})")
            else:
                found.append(Placeholder(spot, meaning, None))
                data["inputs"][key] = _start(meaning, specs_of(object_info, str(data.get("class_type"))).get(key))
    if unknown:
        raise WorkflowError(
            f"{name} has placeholders that nothing here fills: {', '.join(unknown)}.",
            hint=f"Write values in their place. Known are: {', '.join(f'%{each}%' for each in KNOWN)}.",
        )
    return plain, tuple(found)


def _inside(spot: Spot, text: str) -> Iterator[Placeholder]:
    # Each once: one field fills all places with the same name.
    for each in dict.fromkeys(INSIDE.findall(text)):
        if each.lower() in KNOWN:
            yield Placeholder(spot, KNOWN[each.lower()], f"%{each}%")


def _start(meaning: Meaning, spec: Json) -> Json:
    choices, default = choices_of(spec), options_of(spec).get("default")
    # An empty text is meant: a default text of the class would be put before the person's own.
    if meaning.start is not None and (not choices or meaning.start in choices):
        return meaning.start if default is None or meaning.start == "" else default
    if choices:
        # A choice that is not installed cannot be a beginning.
        return default if default in choices else choices[0]
    return meaning.start if default is None else default
