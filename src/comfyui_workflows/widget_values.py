"""The value of every widget of a saved file, after all that the page sets from elsewhere. Pure.

A ``PrimitiveNode`` overwrites the widgets that it is linked to. An instance of a subgraph has values of its own for the
widgets inside that it shows, by their order or by ``proxyWidgets`` (pairs of the id of a node inside and the name of
its widget; "-1" is the subgraph itself). Source: what the official frontend (1.58.1) sends.
"""

import math
import re
from collections.abc import Iterator, Mapping

from comfyui_workflows.following import Valued
from comfyui_workflows.json_types import Json, Object
from comfyui_workflows.object_info import options_of
from comfyui_workflows.saved_format import (
    DEPTH,
    PRIMITIVE,
    BrokenFileError,
    GraphScope,
    SavedLink,
    class_of,
    enter,
    input_at,
)
from comfyui_workflows.saved_values import Values, values_of, written
from comfyui_workflows.text_patterns import Finder, replaced
from comfyui_workflows.widgets import NOTHING, Widget

REPLACES = "Run widget replace on values"
"""The property of a primitive node that makes the page fill the patterns in its value."""
_NESTED_NAME = re.compile(r"\s{0,9}\d{1,19}\s{0,9}:\s{0,9}")
_Place = tuple[str, str]
"""A node and a widget."""


class WidgetValues:
    """Of one file; ``finder`` fills the patterns in primitive nodes that ask for it, where it is given."""

    def __init__(self, finder: Finder | None = None) -> None:
        self.finder = finder
        self._busy: set[str] = set()

    def of(self, scope: GraphScope, node: Object) -> Values:
        """The widgets of a node with what stands in them, not yet as it is sent."""
        given = self._set_by_primitives(scope)
        own = str(node["id"])
        return [(widget, given.get((own, widget.name), value)) for widget, value in _restored(scope, node)]

    def hosted(self, scope: GraphScope, name: str) -> Valued | None:
        """What the instance of ``scope`` has for its input ``name``; None when it shows no widget by it."""
        shown = _shown(scope, name)
        if shown is None:
            return None
        own = _of_instances(scope).get(name)
        if own is not None:
            return Valued(own)
        # What it leads to inside: a widget, or an instance that shows one.
        node, widget = shown
        inner = enter(scope, node)
        if inner is not None:
            return self.hosted(inner, widget)
        value = self._value_in(scope, node, widget)
        return None if value is NOTHING else Valued(value)

    def inside(self, scope: GraphScope, node: Object) -> dict[str, Json]:
        """What the instance around sets in a node's widgets that no input of the subgraph leads to."""
        own = str(node["id"])
        return {place[1]: value for place, value in _proxied(scope).items() if place[0] == own}

    def _value_in(self, scope: GraphScope, node: Object, name: str) -> Json:
        for widget, value in self.of(scope, node):
            if widget.name == name:
                return written(value) if widget.multiline and not isinstance(value, str) else value
        return NOTHING

    def _set_by_primitives(self, scope: GraphScope) -> dict[_Place, Json]:
        """By target; a later node wins, as it does on the page."""
        proxied = _proxied(scope)
        # The same for every instance that sets none of them itself.
        kept = scope.notes.get("primitives")
        if kept is not None and not proxied:
            primitives: dict[_Place, Json] = kept
            return primitives
        if scope.prefix in self._busy:
            return {}
        # Patterns in their values ask for widgets, which must not ask them again.
        self._busy.add(scope.prefix)
        found: dict[_Place, Json] = {}
        for node in scope.nodes.values():
            if node.get("type") == PRIMITIVE:
                found |= self._of_primitive(scope, node, proxied)
        self._busy.discard(scope.prefix)
        if not proxied:
            scope.notes["primitives"] = found
        return found

    def _of_primitive(self, scope: GraphScope, node: Object, proxied: Mapping[_Place, Json]) -> dict[_Place, Json]:
        own = str(node["id"])
        targets = [place for link in scope.leaving.get(own, ()) if (place := _place(scope, link)) is not None]
        first = next(iter(scope.leaving.get(own, ())), None)
        # The first link makes its widget: where that leads to none, the node has no value.
        if first is None or (begin := _place(scope, first)) is None:
            return {}
        widget, theirs = _at(scope, begin)
        value = _own_value(node, widget)
        value = theirs if value is NOTHING else value
        outer = [told for place, told in proxied.items() if place[0] == own]
        value = outer[0] if outer else value
        properties = node.get("properties")
        if isinstance(properties, Mapping) and properties.get(REPLACES) and isinstance(value, str) and self.finder:
            value = replaced(value, self.finder)
        return {} if value is NOTHING else {place: _taken(_at(scope, place)[0], value) for place in targets}


def _restored(scope: GraphScope, node: Object) -> Values:
    """As the file has them; worked out once, however many instances there are."""
    key = f"values {node['id']}"
    if key not in scope.notes:
        scope.notes[key] = values_of(node, scope.known(node), class_of(node))
    found: Values = scope.notes[key]
    return found


def _place(scope: GraphScope, link: SavedLink) -> _Place | None:
    """The widget that a link leads to, or None for an input without one."""
    target = scope.nodes.get(link.target)
    entry = input_at(target, link) if target is not None else None
    if target is None or entry is None or str(target.get("type")) in scope.definitions:
        return None
    name = str(entry.get("name"))
    return (link.target, name) if any(each.name == name for each, _ in _restored(scope, target)) else None


def _at(scope: GraphScope, place: _Place) -> tuple[Widget, Json]:
    return next(pair for pair in _restored(scope, scope.nodes[place[0]]) if pair[0].name == place[1])


def _taken(widget: Widget, value: Json) -> Json:
    """A value as a widget takes it over from elsewhere: a number within its bounds, at its step."""
    if isinstance(value, bool) or not isinstance(value, int | float) or widget.kind not in ("INT", "FLOAT"):
        return value
    low, high, step, rounded = (_number(widget, key) for key in ("min", "max", "step", "round"))
    low, high = 0 if low is None else low, 2048 if high is None else high
    if widget.kind == "INT":
        step = step or 1
        value = math.floor((value - low % step) / step + 0.5) * step + low % step if step != 1 else _whole(value)
    else:
        digits = max(0, -math.floor(math.log10(step if step and step > 0 else 0.5)))
        unit = rounded or 10.0**-digits
        value = round(math.floor(value / unit + 0.5) * unit, digits) if rounded or digits else value
    return max(low, min(high, value))


def _whole(value: float) -> int:
    return value if isinstance(value, int) else math.floor(value + 0.5)


def _number(widget: Widget, key: str) -> float | None:
    value = options_of(widget.spec).get(key)
    return value if isinstance(value, int | float) and not isinstance(value, bool) and value == value else None


def _own_value(node: Object, widget: Widget) -> Json:
    """The value that a primitive node keeps; ``NOTHING`` where it keeps none, or one of another type."""
    values = node.get("widgets_values")
    outputs = node.get("outputs")
    told = outputs[0].get("type") if isinstance(outputs, list) and outputs and isinstance(outputs[0], dict) else None
    # Such a value was kept for another input; the page takes over what stands in this one.
    if isinstance(told, list) or (isinstance(told, str) and told != "*" and told != widget.kind):
        return NOTHING
    return values[0] if isinstance(values, list) and values else NOTHING


def _shown(scope: GraphScope, name: str) -> tuple[Object, str] | None:
    """The widget that an instance shows under the name of an input, as the node inside and the name there; else None.

    Through nested subgraphs too, and worked out once for a definition: a file may nest them.
    """
    key = f"shown {name}"
    if key not in scope.notes:
        # Against subgraphs that contain each other.
        if scope.prefix.count(":") > DEPTH:
            raise BrokenFileError("subgraphs contain each other")
        scope.notes[key] = None
        scope.notes[key] = next(_leads_to(scope, name), None)
    found: tuple[Object, str] | None = scope.notes[key]
    return found


def _leads_to(scope: GraphScope, name: str) -> Iterator[tuple[Object, str]]:
    declared: Object = next((each for each in scope.inputs if each.get("name") == name), {})
    ids = declared.get("linkIds")
    for link_id in ids if isinstance(ids, list) else ():
        link = scope.link_at(link_id)
        node = scope.nodes.get(link.target) if link is not None else None
        entry = input_at(node, link) if node is not None and link is not None else None
        if node is None or entry is None:
            continue
        inner = enter(scope, node)
        there = str(entry.get("name"))
        if inner is not None:
            if _shown(inner, there) is not None:
                yield node, there
        elif any(widget.name == there for widget, _ in _restored(scope, node)):
            yield node, there


def _of_instances(scope: GraphScope) -> dict[str, Json]:
    """The values that an instance has for the widgets that it shows, by the name of the input. Null never wins."""
    key = f"instance {scope.prefix}"
    if key in scope.notes:
        known: dict[str, Json] = scope.notes[key]
        return known
    names = [str(each.get("name")) for each in scope.inputs]
    shown = [name for name in names if _shown(scope, name) is not None]
    values = scope.instance.get("widgets_values")
    found: dict[str, Json] = {}
    if isinstance(values, Mapping):
        found = {name: values[name] for name in shown if name in values}
    elif isinstance(values, list):
        # By their order, unless each is told whose it is.
        if len(_pairs(scope)) < len(values):
            found = dict(zip(shown, values, strict=False))
        for source, name, value in _proxies(scope, values):
            if source == "-1":
                found[name] = value
            elif (own := _inputs_by_place(scope).get((source, name))) is not None:
                found[own] = value
    if scope.parent is not None:
        # What an instance further out sets in this one.
        found |= {
            widget: value
            for (node, widget), value in _proxied(scope.parent).items()
            if node == str(scope.instance.get("id")) and widget in shown
        }
    found = {name: value for name, value in found.items() if value is not None}
    scope.notes[key] = found
    return found


def _proxied(scope: GraphScope) -> dict[_Place, Json]:
    """What the instance of a scope sets in widgets inside that no input leads to."""
    values = scope.instance.get("widgets_values")
    if scope.parent is None or not isinstance(values, list) or not _pairs(scope):
        return {}
    key = f"proxied {scope.prefix}"
    if key not in scope.notes:
        led_to = _inputs_by_place(scope)
        scope.notes[key] = {
            (source, name): value
            for source, name, value in _proxies(scope, values)
            if source != "-1" and value is not None and (source, name) not in led_to
        }
    found: dict[_Place, Json] = scope.notes[key]
    return found


def _pairs(scope: GraphScope) -> list[Json]:
    properties = scope.instance.get("properties")
    pairs = properties.get("proxyWidgets") if isinstance(properties, Mapping) else None
    return pairs if isinstance(pairs, list) else []


def _proxies(scope: GraphScope, values: list[Json]) -> Iterator[tuple[str, str, Json]]:
    """Node, widget and value of each entry of ``proxyWidgets``."""
    for pair, value in zip(_pairs(scope), values, strict=False):
        if isinstance(pair, list) and len(pair) > 1:
            name = str(pair[1])
            yield str(pair[0]), _NESTED_NAME.sub("", name) if _NESTED_NAME.match(name) else name, value


def _inputs_by_place(scope: GraphScope) -> dict[_Place, str]:
    """The inputs of a subgraph by the widgets of nodes inside that they lead to; the first of several."""
    if "inputs" not in scope.notes:
        found: dict[_Place, str] = {}
        for name in (str(each.get("name")) for each in scope.inputs):
            if (shown := _shown(scope, name)) is not None:
                found.setdefault((str(shown[0].get("id")), shown[1]), name)
        scope.notes["inputs"] = found
    inputs: dict[_Place, str] = scope.notes["inputs"]
    return inputs
