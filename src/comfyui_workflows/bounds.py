"""The numbers of a workflow: how a server reads them, and within which bounds they must be where they go. Pure.

Source: the validation of ``POST /prompt`` (observed on ComfyUI 0.3.64, 0.8.0 and 0.33.0): a whole number is read with
``int()`` and any other with ``float()``, texts like ``"512"`` included, and then held against ``min`` and ``max`` of
the input's class. ``step`` is for the page alone.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from comfyui_workflows.checking import as_number
from comfyui_workflows.form import SEED_MAXIMUM, Form, rebind
from comfyui_workflows.form_field import FormField
from comfyui_workflows.graph import Graph, class_of, link_of
from comfyui_workflows.input_specs import declared_type
from comfyui_workflows.json_types import Json, Object
from comfyui_workflows.node_inputs import Spot
from comfyui_workflows.object_info import installed_as, options_of, specs_of

# For these a float would be refused; they are never anything else.
WHOLE = ("seed", "noise_seed", "steps", "width", "height", "batch_size", "length", "start_at_step", "end_at_step")
# For these a whole number in the file only looks like one.
BROKEN = ("cfg", "denoise", "guidance", "seconds", "duration", "fps")
"""Inputs that are numbers wherever they occur, for classes that no server has told of yet."""
NUMBERS = ("INT", "FLOAT")
# Some classes declare the largest number there is, which bounds nothing.
FAR = 10**300
"""Bounds beyond are none."""


@dataclass(frozen=True)
class Bounds:
    """The narrowest of several; None where nothing bounds."""

    low: float | None = None
    high: float | None = None
    step: float | None = None

    @property
    def sound(self) -> bool:
        return self.low is None or self.high is None or self.low <= self.high


def plain(graph: Object, object_info: Object | None = None) -> Graph:
    """The graph with numbers that are written as texts as numbers. What a server could not read stays as it is."""
    return {
        node: {
            **data,
            "inputs": {
                name: _plain(value, _type_of(object_info, data, name)) for name, value in data.get("inputs", {}).items()
            },
        }
        for node, data in graph.items()
    }


def bounds_at(graph: Object, object_info: Object | None, spots: Iterable[Spot]) -> Bounds:
    """The bounds of a number that goes to all these places, and to those that they hand it on to."""
    # Also where the value is handed on to: a primitive node has no bounds of its own.
    found = [options_of(spec) for spot in spots for spec in _specs(graph, object_info, spot)]
    lows, highs, steps = ([_finite(each.get(key)) for each in found] for key in ("min", "max", "step"))
    return Bounds(
        # The narrowest: the value must be right in every place.
        low=max((low for low in lows if low is not None), default=None),
        high=min((high for high in highs if high is not None), default=None),
        step=max((step for step in steps if step is not None), default=None),
    )


def within(form: Form, graph: Object, object_info: Object | None) -> Form:
    """The form as every place of every field takes it: numbers within the bounds of all, choices as the server spells
    them.
    """
    places: dict[str, list[Spot]] = {}
    for each in form.bindings:
        places.setdefault(each.field, []).append(Spot(each.node, each.input))
    fields = (_narrowed(field, graph, object_info, places.get(field.name, ())) for field in form.fields)
    return replace(form, fields=tuple(fields))


def seed_bounds(graph: Object, object_info: Object | None, form: Form, field: FormField) -> tuple[int, int]:
    """The least and the greatest seed that every place of ``field`` takes, on the server that told ``object_info``."""
    # Moved first: the graph may have been exported anew since the form was made.
    bound, _ = rebind(graph, form)
    spots = [Spot(each.node, each.input) for each in bound.bindings if each.field == field.name]
    found = bounds_at(graph, object_info, spots)
    # Rounded inwards: a bound may be a broken number where the seed is whole.
    low = math.ceil(max(0, field.minimum or 0, found.low or 0))
    highs = (SEED_MAXIMUM, field.maximum, found.high)
    high = math.floor(min(each for each in highs if each is not None))
    # Contradicting bounds: the server will say so; a seed has to be drawn all the same.
    return (low, high) if low <= high else (0, SEED_MAXIMUM)


def _narrowed(field: FormField, graph: Object, object_info: Object | None, spots: Iterable[Spot]) -> FormField:
    if field.choices and isinstance(field.default, str):
        # Only the spelling: a default that is not installed stays to be seen.
        return replace(field, default=installed_as(field.default, field.choices) or field.default)
    if field.type not in ("int", "float"):
        return field
    found = bounds_at(graph, object_info, spots)
    both = Bounds(
        low=max((low for low in (field.minimum, found.low) if low is not None), default=None),
        high=min((high for high in (field.maximum, found.high) if high is not None), default=None),
    )
    # A field that takes no number at all helps nobody: the server's word counts, else the author's.
    if not both.sound:
        both = found if found.sound else Bounds(field.minimum, field.maximum)
    return replace(field, minimum=_shown(both.low), maximum=_shown(both.high), step=field.step or _shown(found.step))


def _plain(value: Json, kind: str | None) -> Json:
    if kind not in NUMBERS or not isinstance(value, str):
        return value
    try:
        number = as_number(kind, value)
        # Infinity written as a text is read by Python and by no server.
        return number if math.isfinite(number) else value
    except (ValueError, OverflowError):
        return value


def _type_of(object_info: Object | None, data: Object, name: str) -> str | None:
    class_type = str(data.get("class_type"))
    specs = specs_of(object_info, class_type)
    if specs:
        # The class is known, so that its word alone counts.
        return declared_type(specs.get(name))
    if name in WHOLE or (name == "value" and class_type == "PrimitiveInt"):
        return "INT"
    return "FLOAT" if name in BROKEN or (name == "value" and class_type == "PrimitiveFloat") else None


def _specs(graph: Object, object_info: Object | None, spot: Spot) -> Iterator[Json]:
    """What is declared of a place, and of the places that its node hands the number on to."""
    # A node may be reached twice, and graphs may have circles.
    seen, waiting = {spot}, [spot]
    while waiting:
        here = waiting.pop()
        spec = specs_of(object_info, class_of(graph, here.node)).get(here.input)
        # Numbers only: bounds of anything else are none.
        if declared_type(spec) not in NUMBERS:
            continue
        yield spec
        if _hands_on(graph, here):
            for node, data in graph.items():
                for name, value in data.get("inputs", {}).items():
                    link, there = link_of(graph, value), Spot(node, name)
                    if link is not None and link[0] == here.node and there not in seen:
                        seen.add(there)
                        waiting.append(there)


def _hands_on(graph: Object, spot: Spot) -> bool:
    """Whether a node is there to hold this one number."""
    values = graph[spot.node].get("inputs", {}).values()
    # With several numbers nobody knows which of them it hands on.
    return sum(isinstance(value, int | float) and not isinstance(value, bool) for value in values) <= 1


def _finite(value: Json) -> float | None:
    # The value itself is compared: NaN is the only one that differs from itself.
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value or abs(value) > FAR:
        return None
    return value


def _shown(value: float | None) -> float | None:
    """A bound that a page counts exactly; those beyond are none."""
    return value if value is not None and abs(value) <= SEED_MAXIMUM else None
