"""The saved format of ComfyUI's page, as scopes whose links can be followed. Pure.

Source: files of the official frontend (1.35.9 and 1.58.1) and what it makes of them; where the two differ, the newer
is followed. Subgraphs are definitions that instances name; inside them node -10 stands for their inputs and -20 for
their outputs. Mode 2 is muted, mode 4 bypassed.
"""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from comfyui_workflows.envelopes import MOST_NODES
from comfyui_workflows.json_types import Json, Object

# Numbers of the page's own modes.
MUTED, BYPASSED = 2, 4
REROUTES = ("Reroute", "Reroute (rgthree)")
SETTERS, GETTERS = ("SetNode", "easy setNode"), ("GetNode", "easy getNode")
HELPERS = (
    *("Label (rgthree)", "Bookmark (rgthree)", "Node Collector (rgthree)", "Node Combiner (rgthree)"),
    *("Fast Muter (rgthree)", "Fast Bypasser (rgthree)", "Fast Actions Button (rgthree)"),
    *("Fast Groups Muter (rgthree)", "Fast Groups Bypasser (rgthree)", "Random Unmuter (rgthree)"),
    *("Mute / Bypass Relay (rgthree)", "Mute / Bypass Repeater (rgthree)"),
)
"""Nodes of common packs that exist in the page alone and hand no value on: what they switch is in the file already."""
VIRTUAL = ("Note", "MarkdownNote", "PrimitiveNode", *REROUTES, *SETTERS, *GETTERS, *HELPERS)
INPUTS, OUTPUTS = -10, -20
# Deeper nesting than any file has; it bounds circles.
DEPTH = 200


@dataclass(frozen=True)
class SavedLink:
    """From slot ``slot`` of node ``source`` to slot ``target_slot`` of node ``target``."""

    source: Json
    slot: int
    target: Json
    target_slot: int
    type: str


@dataclass(frozen=True)
class GraphScope:
    """The nodes and links of one graph: the outermost, or one instance of a subgraph in its ``parent``.

    ``linked`` are the ids at the ends of its links, ``outputs`` the links to its own outputs by slot; ``read`` the
    definitions that were read before, of which a file may have thousands of instances.
    """

    nodes: Mapping[Json, Object]
    links: Mapping[Json, SavedLink]
    definitions: Mapping[str, Object]
    prefix: str = ""
    parent: "GraphScope | None" = None
    instance: Object = field(default_factory=dict)
    definition: Object = field(default_factory=dict)
    linked: frozenset[Json] = frozenset()
    outputs: Mapping[int, Json] = field(default_factory=dict)
    read: dict[int, "GraphScope"] = field(default_factory=dict)

    def full_id(self, node: Object) -> str:
        return f"{self.prefix}{node['id']}"


@dataclass(frozen=True)
class Linked:
    """An input comes from slot ``slot`` of a node that runs."""

    node: str
    slot: int


@dataclass(frozen=True)
class Valued:
    """An input has a value that was set elsewhere: in a primitive node, or on an instance of a subgraph."""

    value: Json


def outermost(data: Object) -> GraphScope:
    """The scope of a whole file."""
    subgraphs = (data.get("definitions") or {}).get("subgraphs") or []
    return _scope(data, {str(each["id"]): each for each in subgraphs})


def running(scope: GraphScope, count: Iterator[int] | None = None) -> Iterator[tuple[GraphScope, Object]]:
    """Every node that runs, subgraphs opened; muted and bypassed instances are left out whole.

    Raises ``RecursionError`` for subgraphs that contain each other, ``ValueError`` for more than ``MOST_NODES`` nodes:
    a small file can hold any number of them.
    """
    count = itertools.count(1) if count is None else count
    # A bound of ours: Python's own would end somewhere in the middle, without words.
    if scope.prefix.count(":") > DEPTH:
        raise RecursionError("subgraphs contain each other")
    for node in scope.nodes.values():
        # Counted while they are made: a small file can open into millions.
        if next(count) > MOST_NODES:
            raise ValueError(f"opening its subgraphs makes more than {MOST_NODES:,} nodes")
        # A bypassed instance passes its links on, which ``follow`` knows; nothing of it runs.
        if node.get("mode") in (MUTED, BYPASSED):
            continue
        if (inner := enter(scope, node)) is not None:
            yield from running(inner, count)
        elif node.get("type") not in VIRTUAL:
            yield scope, node


def enter(scope: GraphScope, node: Object) -> GraphScope | None:
    """The inside of an instance of a subgraph, or None for an ordinary node."""
    definition = scope.definitions.get(str(node.get("type")))
    if definition is None:
        return None
    # Kept by identity: a small file may have thousands of instances of one large definition.
    inner = scope.read.get(id(definition)) or _scope(definition, scope.definitions)
    scope.read[id(definition)] = inner
    return replace(
        inner,
        prefix=f"{scope.full_id(node)}:",
        parent=scope,
        instance=node,
        # The rest is the instance's own: only what was read is shared.
        definition=definition,
        read=scope.read,
    )


def follow(scope: GraphScope, link_id: Json, wanted: str, depth: int = 0) -> Linked | Valued | None:
    """Where an input really comes from, through reroutes, bypassed nodes and the walls of subgraphs.

    ``wanted`` is the consumer's type. None: from nowhere, or from a muted node. Raises ``RecursionError`` on a circle.
    """
    if depth > DEPTH:
        raise RecursionError("bypassed nodes feed each other")
    link = scope.links.get(link_id)
    if link is None:
        return None
    # The wall of a subgraph: go on outside, at its instance.
    if link.source == INPUTS:
        return _from_outside(scope, link.slot, wanted, depth)
    node = scope.nodes.get(link.source)
    if node is not None and node.get("type") == "PrimitiveNode":  # in any mode
        values = node.get("widgets_values")
        # A primitive's value is set on the page, and its node does not run.
        return Valued(values[0]) if isinstance(values, list) and values else None
    if node is None or node.get("mode") == MUTED:
        return None
    if node.get("mode") == BYPASSED:
        # A bypassed node behaves as if its input were connected to its output.
        passed = _bypass(node, link.slot, wanted)
        return None if passed is None else follow(scope, passed, wanted, depth + 1)
    if node.get("type") in (*REROUTES, *SETTERS):
        # They hand on their first input under another name.
        inputs = node.get("inputs") or [{}]
        return follow(scope, inputs[0].get("link"), wanted, depth + 1)
    if node.get("type") in GETTERS:
        there, setter = _setter(scope, node)
        inputs = setter.get("inputs") or [{}]
        return follow(there, inputs[0].get("link"), wanted, depth + 1)
    if node.get("type") in HELPERS:
        return None
    # Into the subgraph: what leads to this slot of its output.
    if (inner := enter(scope, node)) is not None:
        return follow(inner, inner.outputs.get(link.slot), wanted, depth + 1)
    return Linked(scope.full_id(node), link.slot)


def stands_alone(scope: GraphScope, node: Object) -> bool:
    """Whether no link of its scope begins or ends at a node."""
    return node.get("id") not in scope.linked


def input_type(entry: Object) -> str:
    return str(entry.get("type", "*"))


def _scope(data: Object, definitions: Mapping[str, Object]) -> GraphScope:
    links = {}
    for link in data.get("links") or []:
        if isinstance(link, Mapping):
            key, kind = link["id"], str(link.get("type", "*"))
            ends = (link["origin_id"], link["origin_slot"], link["target_id"], link["target_slot"])
        else:
            # Older files keep links as lists, newer ones as objects.
            key, *four = link[:5]
            ends, kind = (four[0], four[1], four[2], four[3]), str(link[5]) if len(link) > 5 else "*"
        links[key] = SavedLink(ends[0], int(ends[1]), ends[2], int(ends[3]), kind)
    outputs: dict[int, Json] = {}
    for key, each in links.items():
        if each.target == OUTPUTS:
            # The first wins where a file names two, as on the page.
            outputs.setdefault(each.target_slot, key)
    linked = frozenset(end for link in links.values() for end in (link.source, link.target))
    return GraphScope(
        {node["id"]: node for node in data.get("nodes") or []}, links, definitions, linked=linked, outputs=outputs
    )


def _setter(scope: GraphScope, getter: Object) -> tuple[GraphScope, Object]:
    """The node that sets what a node gets, by name, and its scope: here, or around here."""
    wanted = _variable(getter)
    around: GraphScope | None = scope
    while around is not None:
        for node in around.nodes.values():
            if node.get("type") in SETTERS and _variable(node) == wanted:
                return around, node
        # From the inside out: the nearest with this name is meant.
        around = around.parent
    raise ValueError(f"nothing sets {wanted!r}, which the node {getter.get('id')} gets")


def _variable(node: Object) -> str:
    values = node.get("widgets_values")
    return str(values[0]) if isinstance(values, list) and values else str(node.get("title"))


def _from_outside(scope: GraphScope, slot: int, wanted: str, depth: int) -> Linked | Valued | None:
    """What an instance passes in: its link, else the value that it has of its own."""
    declared = scope.definition.get("inputs") or []
    # More slots than are declared: the file was changed by hand.
    if scope.parent is None or slot >= len(declared):
        return None
    name = declared[slot].get("name")
    entry: Object = next((each for each in scope.instance.get("inputs") or [] if each.get("name") == name), {})
    if entry.get("link") is not None:
        return follow(scope.parent, entry["link"], wanted, depth + 1)
    value = _promoted(scope).get(str(name))
    return None if value is None else Valued(value)


def _promoted(scope: GraphScope) -> dict[str, Json]:
    """The values that an instance has for its promoted widgets, by the name of the input."""
    values = scope.instance.get("widgets_values")
    if not isinstance(values, list):
        return dict(values) if isinstance(values, Mapping) else {}
    proxies = (scope.instance.get("properties") or {}).get("proxyWidgets")
    if proxies:
        pairs = zip(proxies, values, strict=False)
        # ``-1`` is the subgraph itself; other entries belong to nodes inside.
        return {str(proxy[1]): value for proxy, value in pairs if str(proxy[0]) == "-1"}
    names = [str(each.get("name")) for each in scope.definition.get("inputs") or [] if _is_widget(scope, each)]
    return dict(zip(names, values, strict=False))


def _is_widget(scope: GraphScope, declared: Object) -> bool:
    """Whether an input of a subgraph leads to a widget inside."""
    for link_id in declared.get("linkIds") or []:
        link = scope.links.get(link_id)
        node = scope.nodes.get(link.target) if link else None
        inputs = (node or {}).get("inputs") or []
        if link and link.target_slot < len(inputs) and inputs[link.target_slot].get("widget"):
            return True
    return False


def _bypass(node: Object, slot: int, wanted: str) -> Json:
    """The link that a bypassed node passes on in place of its output ``slot``."""
    given = node.get("inputs") or []
    # Real inputs before widgets: the page counts only those for passing through.
    inputs = [each for each in given if not each.get("widget")] + [each for each in given if each.get("widget")]
    outputs = node.get("outputs") or []
    kind = str(outputs[slot].get("type", "*")) if slot < len(outputs) else "*"
    # The input at the same place first, as the page does.
    if slot < len(inputs) and _fits(input_type(inputs[slot]), kind) and _fits(input_type(inputs[slot]), wanted):
        return inputs[slot].get("link")
    if wanted == "*":
        return inputs[0].get("link") if inputs else None
    # The exact type before one that merely fits.
    exact = [each for each in inputs if input_type(each) == wanted]
    fitting = exact or [each for each in inputs if _fits(input_type(each), wanted)]
    return fitting[0].get("link") if fitting else None


def _fits(first: str, second: str) -> bool:
    return "*" in (first, second) or bool(set(first.split(",")) & set(second.split(",")))
