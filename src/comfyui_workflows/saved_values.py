"""The values of a node of a saved file, found among its ``widgets_values`` by their places. Pure.

As the official frontend (1.58.1) reads them, with two repairs where it misreads: a file without any place for the
control behind a seed, and one whose class has got other widgets since, when the file names its own.
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from comfyui_workflows.json_types import Json, Object
from comfyui_workflows.object_info import DYNAMIC, options_of
from comfyui_workflows.widgets import (
    CONTROLS,
    NOTHING,
    ONE_OF,
    Widget,
    added_by,
    declared,
    default_of,
    first_choice,
    of_class,
)

Values = list[tuple[Widget, Json]]
"""Each widget with its value, ``NOTHING`` where it has none."""
SAMPLERS = ("KSampler", "KSamplerAdvanced")


def values_of(node: Object, known: Object, class_type: str) -> Values:
    """Every widget that is sent, with the value that the page would have in it; not yet as it is sent."""
    found = [(widget, _named_today(class_type, widget, value)) for widget, value in _found(node, known) if widget.sent]
    return [
        # Null for a choice is an empty widget: the page takes the first choice.
        (widget, first_choice(widget) if value is None and widget.kind in ONE_OF else value)
        for widget, value in found
    ]


def as_sent(widget: Widget, value: Json) -> Json:
    """A value as it goes into the prompt."""
    if widget.multiline and not isinstance(value, str):
        return written(value)
    if options_of(widget.spec).get("widgetType", widget.kind) == "CURVE" and value is not None:
        return {"__type__": "CURVE", "__value__": value}
    return wrapped(value)


def wrapped(value: Json) -> Json:
    """A list in a wrapper, because a bare one would be a link; anything else as it is."""
    return {"__value__": value} if isinstance(value, list) else value


def written(value: Json) -> str:
    """A value as the page writes it into a box for text."""
    if value is None or value is NOTHING:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(map(written, value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "[object Object]" if isinstance(value, Mapping) else str(value)


def _found(node: Object, known: Object) -> Values:
    given = node.get("widgets_values")
    named = node.get("widgets_values_named")
    if not given and isinstance(named, Mapping):
        given = named
    # Some nodes save their values by name: then nothing has to be counted.
    if isinstance(given, Mapping):
        return _by_name(known, given)
    values = _without_forced(known, list(given) if isinstance(given, list) else [])
    widgets = of_class(known)
    found = _by_place(widgets, values)
    listed = _listed(node)
    if (order := _order_of_file(widgets, listed, node)) is not None:
        told = _by_place(order, values)
        return told if _fits(told) or not _fits(found) else found
    if _fits(found) or not values:
        return found
    for other in (_uncontrolled(widgets, values), _drifted(widgets, listed, values)):
        # Only where each value has its place then: a single odd value is no reason to read all others anew.
        if other is not None and len(values) == sum(widget.kept for widget, _ in other) and _fits(other):
            return other
    return found


def _by_place(widgets: Iterable[Widget], values: Sequence[Json]) -> Values:
    found: Values = []
    waiting, place = deque(widgets), 0
    while waiting:
        widget = waiting.popleft()
        value = default_of(widget)
        if widget.kept:
            value = values[place] if place < len(values) else value
            place += 1
        found.append((widget, value))
        if widget.kind == DYNAMIC:
            added = added_by(widget, first_choice(widget) if value is None else value)
            # A combo that is empty in the file has no places behind it.
            waiting.extendleft(reversed([replace(each, kept=False) for each in added] if value is None else added))
    return found


def _by_name(known: Object, given: Mapping[str, Json]) -> Values:
    found: Values = []
    waiting = deque(of_class(known))
    while waiting:
        widget = waiting.popleft()
        value = given.get(widget.name, default_of(widget))
        found.append((widget, value))
        waiting.extendleft(reversed(added_by(widget, value)))
    return found


def _without_forced(known: Object, values: list[Json]) -> list[Json]:
    """The values without those of inputs that have been links only since: old files have places for them."""
    specs = declared(known)
    if not values or not any(options_of(spec).get("forceInput") for spec in specs.values()):
        return values
    names = {widget.name for widget in of_class(known)}
    places: list[bool] = []
    for name, spec in specs.items():
        forced = bool(options_of(spec).get("forceInput"))
        if name in names or forced:
            places.append(forced)
            if options_of(spec).get("control_after_generate"):
                places.append(False)
    if any(places) and len(values) == len(places):
        return [value for value, forced in zip(values, places, strict=True) if not forced]
    return values


def _listed(node: Object) -> list[str]:
    """The widgets in the order of the file; since 2025 it lists each as an input."""
    found = []
    for entry in inputs_of(node):
        widget = entry.get("widget")
        if isinstance(widget, Mapping) and isinstance(widget.get("name"), str):
            found.append(widget["name"])
    return found


def inputs_of(node: Object) -> list[Object]:
    """The inputs that a file has of a node; whatever else stands there is no input."""
    inputs = node.get("inputs")
    return [entry for entry in inputs if isinstance(entry, Mapping)] if isinstance(inputs, list) else []


def _order_of_file(widgets: Sequence[Widget], listed: Sequence[str], node: Object) -> list[Widget] | None:
    """The widgets in the order of the file, where it has one of its own; None where it has not.

    The page lists links before widgets: a file that does not was put together by something else, and its order says
    nothing.
    """
    names = [widget.name for widget in widgets if widget.sent and widget.kept]
    if not names or not set(names) <= set(listed):
        return None
    kinds = [bool(entry.get("widget")) for entry in inputs_of(node) if "." not in str(entry.get("name"))]
    told = [name for name in listed if name in names]
    if told == names or kinds != sorted(kinds) or len(set(told)) != len(told):
        return None
    groups: dict[str, list[Widget]] = {}
    for widget in widgets:
        # What the page adds to a widget stands behind it.
        groups.setdefault(widget.name if widget.sent and widget.kept else next(reversed(groups), ""), []).append(widget)
    return [widget for name in told for widget in groups.get(name, [])]


def _uncontrolled(widgets: Sequence[Widget], values: Sequence[Json]) -> Values | None:
    """As a file is read that has no places for controls."""
    bare = [replace(widget, kept=False) if widget.is_control else widget for widget in widgets]
    return None if bare == list(widgets) else _by_place(bare, values)


def _drifted(widgets: Sequence[Widget], listed: Sequence[str], values: Sequence[Json]) -> Values | None:
    """As a file is read whose class had other widgets, by the names in the file; new ones have their defaults."""
    names = {widget.name for widget in widgets if widget.sent}
    if not listed or set(listed) == names:
        return None
    groups: dict[str, list[Widget]] = {name: [] for name in listed}
    for widget in widgets:
        owner = widget.name if widget.sent else next(reversed(groups), "")
        groups.setdefault(owner, []).append(widget if owner in listed else replace(widget, kept=False))
    # The place of a widget that the class has no more.
    gone = [Widget(name, "GONE", sent=False) for name in listed if not groups[name] and "." not in name]
    for each in gone:
        groups[each.name] = [each]
    return _by_place([widget for group in groups.values() for widget in group], values)


def _fits(values: Values) -> bool:
    return all(_may_hold(widget, value) for widget, value in values)


def _may_hold(widget: Widget, value: Json) -> bool:
    """Whether a value looks like one of its widget; of a choice only its type, because models come and go."""
    if value is None or value is NOTHING or not widget.kept:
        return True
    number = isinstance(value, int | float) and not isinstance(value, bool)
    kind = widget.kind
    if kind == "CONTROL":
        return isinstance(value, bool) or value in CONTROLS
    if kind == "INT":
        return number and float(value).is_integer()
    if kind in ("STRING", "COMBO"):
        return isinstance(value, str) or (kind == "COMBO" and (number or isinstance(value, bool)))
    return number if kind == "FLOAT" else isinstance(value, bool) if kind == "BOOLEAN" else True


def _named_today(class_type: str, widget: Widget, value: Json) -> Json:
    # Samplers were called so before 2023.
    if class_type in SAMPLERS and widget.name == "sampler_name" and isinstance(value, str):
        return value.removeprefix("sample_")
    return value
