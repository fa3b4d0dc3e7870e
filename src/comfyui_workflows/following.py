"""Where an input of a saved file really comes from, through all that exists in the page alone. Pure.

Reroutes, muted and bypassed nodes, the walls of subgraphs, Set and Get nodes. Source: what the official frontend
(1.58.1) sends. A value that a ``PrimitiveNode`` gives is set in its target before (``widget_values``).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from comfyui_workflows.json_types import Json, Object
from comfyui_workflows.object_info import options_of
from comfyui_workflows.saved_format import (
    BYPASSED,
    GETTERS,
    HELPERS,
    INPUTS,
    MUTED,
    PRIMITIVE,
    REROUTES,
    SETTERS,
    BrokenFileError,
    GraphScope,
    enter,
    input_type,
)
from comfyui_workflows.saved_values import inputs_of
from comfyui_workflows.widgets import (
    AUTOGROW,
    MATCHED,
    declared,
    inputs_added_by,
    is_widget,
    kind_of,
    type_of_input,
)


@dataclass(frozen=True)
class Linked:
    """An input comes from slot ``slot`` of a node that runs."""

    node: str
    slot: int


@dataclass(frozen=True)
class Valued:
    """An input has a value that was set on an instance of a subgraph."""

    value: Json


@dataclass(frozen=True)
class _Step:
    """On the way: the link to follow next, in its scope, and the type that is wanted at its end."""

    scope: GraphScope
    link: Json
    wanted: str


Hosted = Callable[[GraphScope, str], "Valued | None"]
"""What an instance has of its own for an input, by the input's name."""


def follow(scope: GraphScope, link_id: Json, wanted: str, hosted: Hosted) -> Linked | Valued | None:
    """Where an input really comes from; ``wanted`` is its type.

    None: from nowhere, or from a muted node. Raises ``BrokenFileError`` on a circle, and for a value that is got and
    that nothing sets.
    """
    step: _Step | Linked | Valued | None = _Step(scope, link_id, wanted)
    known = scope.followed
    # A list of our own instead of calls: the length of a chain is not in our hands.
    seen: dict[tuple[str, Json, str], None] = {}
    while isinstance(step, _Step) and not isinstance(step.link, list | dict):
        here = (step.scope.prefix, step.link, step.wanted)
        # Many may hang on one long chain, which is walked once.
        if here in known:
            step = known[here]
            break
        if here in seen:
            raise BrokenFileError("bypassed nodes feed each other")
        seen[here] = None
        step = _next(step, hosted)
    found = None if isinstance(step, _Step) else step
    known.update(dict.fromkeys(seen, found))
    return found


def _next(step: _Step, hosted: Hosted) -> _Step | Linked | Valued | None:
    scope = step.scope
    link = scope.links.get(step.link)
    if link is None:
        return None
    # The wall of a subgraph: go on outside, at its instance.
    if link.source == INPUTS:
        return _outside(scope, link.slot, hosted)
    return _through(scope, link.source, link.slot, step.wanted)


def _through(scope: GraphScope, source: str, slot: int, wanted: str) -> _Step | Linked | None:
    node = scope.nodes.get(source)
    if node is None or node.get("mode") == MUTED or node.get("type") in (PRIMITIVE, *HELPERS):
        return None
    if node.get("mode") == BYPASSED:
        # A bypassed node behaves as if its input were connected to its output.
        passed = _bypass(scope, node, slot, wanted)
        return None if passed is None or passed.link is None else _Step(scope, passed.link, passed.type)
    if node.get("type") in (*REROUTES, *SETTERS):
        return _Step(scope, _first_link(node), wanted)
    if node.get("type") in GETTERS:
        there, setter = _setter(scope, node)
        return None if setter.get("mode") == MUTED else _Step(there, _first_link(setter), wanted)
    # Into the subgraph: what leads to this slot of its output.
    if (inner := enter(scope, node)) is not None:
        return _Step(inner, inner.outputs.get(slot), wanted)
    return Linked(scope.full_id(node), slot)


def _outside(scope: GraphScope, slot: int, hosted: Hosted) -> _Step | Valued | None:
    """What an instance passes in: its link, else the value that it has of its own."""
    inputs = scope.inputs
    # More slots than are declared: the file was changed by hand.
    if scope.parent is None or not 0 <= slot < len(inputs):
        return None
    name = str(inputs[slot].get("name"))
    if name in (given := _given(scope, scope.parent)):
        return _Step(scope.parent, given[name], input_type(inputs[slot]))
    return hosted(scope, name)


def _given(scope: GraphScope, parent: GraphScope) -> dict[str, Json]:
    """The links to an instance, by the names of its inputs; once, because it may have thousands."""
    key = f"given {scope.prefix}"
    if key not in scope.notes:
        entries = [each for each in inputs_of(scope.instance) if parent.link_at(each.get("link")) is not None]
        # The first of several with one name, as on the page.
        scope.notes[key] = {str(each.get("name")): each["link"] for each in reversed(entries)}
    found: dict[str, Json] = scope.notes[key]
    return found


def _first_link(node: Object) -> Json:
    """They hand on their first input under another name."""
    return next((entry.get("link") for entry in inputs_of(node)), None)


def _setter(scope: GraphScope, getter: Object) -> tuple[GraphScope, Object]:
    """The node that sets what a node gets, by name, and its scope: here, or around here."""
    wanted = _variable(getter)
    around: GraphScope | None = scope
    while around is not None:
        if (setter := _setters(around).get(wanted)) is not None:
            return around, setter
        # From the inside out: the nearest with this name is meant.
        around = around.parent
    raise BrokenFileError(f"nothing sets {wanted!r}, which the node {getter.get('id')} gets")


def _setters(scope: GraphScope) -> Mapping[str, Object]:
    """The first node that sets each name; once, because a file may get thousands."""
    if "setters" not in scope.notes:
        found: dict[str, Object] = {}
        for node in scope.nodes.values():
            if node.get("type") in SETTERS:
                found.setdefault(_variable(node), node)
        scope.notes["setters"] = found
    setters: Mapping[str, Object] = scope.notes["setters"]
    return setters


def _variable(node: Object) -> str:
    values = node.get("widgets_values")
    return str(values[0]) if isinstance(values, list) and values else str(node.get("title"))


@dataclass(frozen=True)
class _Socket:
    type: str
    link: Json
    beside_widget: bool


def _bypass(scope: GraphScope, node: Object, slot: int, wanted: str) -> _Socket | None:
    """The input that a bypassed node passes on in place of its output ``slot``."""
    sockets = list(_sockets(scope, node))
    if wanted in ("*", ""):
        return (sockets[slot] if slot < len(sockets) else sockets[0]) if sockets else None
    kind = _output_type(scope, node, slot)
    # The input at the same place first, as the page does.
    if slot < len(sockets) and _fits(sockets[slot].type, kind) and _fits(sockets[slot].type, wanted):
        return sockets[slot]
    # The exact type before one that merely fits.
    for each in sockets:
        if each.type == wanted:
            return each
    return next((each for each in sockets if _fits(each.type, kind) and _fits(each.type, wanted)), None)


def _sockets(scope: GraphScope, node: Object) -> Iterator[_Socket]:
    """The inputs of a node in the order of its class, whatever the file's: links first, then widgets."""
    entries = {str(entry.get("name")): entry for entry in inputs_of(node)}
    found: dict[str, _Socket] = {}
    definition = scope.definitions.get(str(node.get("type")))
    specs = _specs_of_subgraph(definition) if definition is not None else _specs(scope.known(node), node, entries)
    for name, spec in specs.items():
        entry = entries.get(name, {})
        own = type_of_input(spec) or input_type(entry)
        if not options_of(spec).get("socketless"):
            found[name] = _Socket(own, entry.get("link"), is_widget(spec))
    # What the class does not declare comes last.
    for name, entry in entries.items():
        found.setdefault(name, _Socket(input_type(entry), entry.get("link"), beside_widget=True))
    return iter(sorted(found.values(), key=lambda each: each.beside_widget))


def _specs_of_subgraph(definition: Object) -> dict[str, Json]:
    # All of them count as links, so that they keep their order.
    return {str(entry.get("name")): [input_type(entry), {"forceInput": True}] for entry in inputs_of(definition)}


def _specs(known: Object, node: Object, entries: dict[str, Object]) -> dict[str, Json]:
    """What a class declares, with the inputs that its choices and its growing groups have in this file."""
    specs: dict[str, Json] = {}
    for name, spec in declared(known).items():
        if kind_of(spec) == AUTOGROW:
            specs |= {each: None for each in entries if each.startswith(f"{name}.")}
            continue
        specs[name] = spec
        values = node.get("widgets_values")
        # Which choice it is does not matter here: only its inputs are in the file.
        for value in values if isinstance(values, list) else ():
            added = inputs_added_by(name, spec, value)
            specs |= {each: inner for each, inner in added.items() if each in entries}
    return specs


def _output_type(scope: GraphScope, node: Object, slot: int) -> str:
    outputs = node.get("outputs")
    outputs = outputs if isinstance(outputs, list) else []
    saved = input_type(outputs[slot]) if slot < len(outputs) and isinstance(outputs[slot], dict) else "*"
    told = scope.known(node).get("output")
    kind = told[slot] if isinstance(told, list) and 0 <= slot < len(told) else None
    if isinstance(kind, list):
        return "COMBO"
    return kind if isinstance(kind, str) and kind != MATCHED else saved


def _fits(first: str, second: str) -> bool:
    if first in ("*", "") or second in ("*", ""):
        return True
    return bool(set(first.lower().split(",")) & set(second.lower().split(",")))
