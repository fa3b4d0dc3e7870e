"""A form's field for one input of a node: its type, bounds and default. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from comfyui_workflows.form import SEED_MAXIMUM
from comfyui_workflows.form_field import FormField
from comfyui_workflows.graph import class_of, title_of
from comfyui_workflows.input_specs import declared_type, spec_at
from comfyui_workflows.json_types import Json, Object
from comfyui_workflows.object_info import DYNAMIC, choices_of, options_of
from comfyui_workflows.value_types import number_of, type_of

LABELS = {
    "prompt": "Prompt",
    "negative_prompt": "Negative prompt",
    "cfg": "Guidance (CFG)",
    "count": "How many",
    "duration": "Duration (s)",
    "width": "Width (px)",
    "height": "Height (px)",
    "lora": "LoRA",
    "vae": "VAE",
}
# For classes that no server has told of: what no sensible value lies outside of.
BOUNDS: Mapping[str, tuple[float, float]] = {
    "width": (16, 16384),
    "height": (16, 16384),
    "steps": (1, 1000),
    "cfg": (0, 100),
    "count": (1, 64),
    "denoise": (0, 1),
}


_BRINGS = " (another choice begins with settings of its own)"


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
    class_type = class_of(graph, spot.node)
    spec = spec_at(graph, object_info, spot.node, spot.input)
    options = options_of(spec)
    kind = kind or type_of(value, spec, name=spot.input, class_type=class_type, role=role)
    numeric = kind in ("int", "float")
    if numeric:
        value = number_of(value)
    low, high = _usual(role, value)
    # The class's own bounds win over the usual ones.
    low, high = options.get("min", low), options.get("max", high)
    if role == "seed":
        # No default: every prompt draws its own. Any browser-safe number is a seed.
        value, low, high = None, 0, SEED_MAXIMUM
    choices = _offered(choices_of(spec), value) if kind == "choice" else ()
    if choices and value is not None:
        value = str(value)
    return FormField(
        name=name,
        type=kind,
        label=label or LABELS.get(role or "") or name.replace("_", " ").capitalize(),
        default=value,
        minimum=_bound(low) if numeric else None,
        maximum=_bound(high) if numeric else None,
        step=_bound(options.get("step")) if numeric else None,
        choices=choices,
        help=f"{title_of(graph, spot.node)}: {spot.input}{_BRINGS if declared_type(spec) == DYNAMIC else ''}",
        role=role,
        advanced=advanced,
    )


def slug(label: str) -> str:
    """A field name made of a label."""
    return re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_") or "field"


def _offered(installed: tuple[str, ...], value: Json) -> tuple[str, ...]:
    """What is installed and, before it, what the file has: another server may have that."""
    return installed if value in (None, "") or str(value) in installed else (str(value), *installed)


def _usual(role: str | None, value: Json) -> tuple[float | None, float | None]:
    """The bounds where a class tells none; what the file has is within them, whatever we think of it."""
    low, high = BOUNDS.get(role or "", (None, None))
    if low is None or high is None or isinstance(value, bool) or not isinstance(value, int | float):
        return low, high
    # What the author wrote is right, however unusual.
    return min(low, value), max(high, value)


def _bound(value: Json) -> float | None:
    """A bound that a form can show; those beyond what a browser counts exactly are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if abs(value) <= SEED_MAXIMUM else None
