"""A form's field for one input of a node: its type, bounds and default. Pure."""

import re
from dataclasses import dataclass

from musings.comfy.answers import choices_of
from musings.comfy.checking import options_of, specs_of
from musings.comfy.form import SEED_MAXIMUM
from musings.comfy.graph import title_of
from musings.comfy.protocol import Json, Object
from musings.models import FormField

LONG_ROLES = ("prompt", "negative_prompt", "tags", "lyrics")
LABELS = {
    "prompt": "Prompt",
    "negative_prompt": "Negative prompt",
    "cfg": "Guidance (CFG)",
    "count": "How many",
    "duration": "Duration (s)",
    "width": "Width (px)",
    "height": "Height (px)",
}
BOUNDS = {"width": (16, 16384), "height": (16, 16384), "steps": (1, 1000), "cfg": (0, 100), "count": (1, 64)}


@dataclass(frozen=True)
class Spot:
    """An input of a node."""

    node: str
    input: str


def field_at(
    graph: Object,
    object_info: Object | None,
    spot: Spot,
    *,
    name: str,
    role: str | None,
    label: str | None,
    kind: str | None,
    advanced: bool,
) -> FormField:
    """The field for one spot; its default is what the file has. A seed has none: each prompt gets its own."""
    value: Json = graph[spot.node]["inputs"][spot.input]
    spec = specs_of(object_info, str(graph[spot.node].get("class_type"))).get(spot.input)
    options, choices = options_of(spec), choices_of(spec)
    low, high = BOUNDS.get(role or "", (None, None))
    low, high = options.get("min", low), options.get("max", high)
    if role == "seed":
        value, low, high = None, 0, SEED_MAXIMUM
    kind = kind or _type(value, role, choices, multiline=bool(options.get("multiline")))
    numeric = kind in ("int", "float")
    return FormField(
        name=name,
        type=kind,
        label=label or LABELS.get(role or "") or name.replace("_", " ").capitalize(),
        default=value,
        minimum=_bound(low) if numeric else None,
        maximum=_bound(high) if numeric else None,
        step=_bound(options.get("step")) if numeric else None,
        choices=choices if kind == "choice" else (),
        help=f"{title_of(graph, spot.node)}: {spot.input}",
        role=role,
        advanced=advanced,
    )


def slug(label: str) -> str:
    """A field name made of a label."""
    return re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_") or "field"


def _type(value: Json, role: str | None, choices: tuple[str, ...], *, multiline: bool) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int) or role == "seed":
        return "int"
    if isinstance(value, float):
        return "float"
    if choices:
        return "choice"
    long = multiline or role in LONG_ROLES or (isinstance(value, str) and ("\n" in value or len(value) > 80))
    return "longtext" if long else "text"


def _bound(value: Json) -> float | None:
    """A bound that a form can show; those beyond what a browser counts exactly are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if abs(value) <= SEED_MAXIMUM else None
