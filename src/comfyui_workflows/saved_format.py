"""The saved format of ComfyUI's page, as scopes: the nodes and links of a graph and of each subgraph in it. Pure.

Source: files of the official frontend (1.35.9 and 1.58.1) and what it makes of them; where the two differ, the newer
is followed. Subgraphs are definitions that instances name; inside them node -10 stands for their inputs and -20 for
their outputs. Mode 2 is muted, mode 4 bypassed.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from comfyui_workflows.envelopes import MOST_NODES, NOTES
from comfyui_workflows.json_types import Json, Object
from comfyui_workflows.object_info import known_of
from comfyui_workflows.saved_values import inputs_of

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
PRIMITIVE = "PrimitiveNode"
VIRTUAL = (*NOTES, PRIMITIVE, *REROUTES, *SETTERS, *GETTERS, *HELPERS)
INPUTS, OUTPUTS = "-10", "-20"
# Deeper nesting than any file has; it bounds circles.
DEPTH = 200
# Names that ComfyUI changed; its page still reads the old ones.
RENAMED = {
    "T2IAdapterLoader": "ControlNetLoader",
    "ConditioningAverage ": "ConditioningAverage",
    "SDV_img2vid_Conditioning": "SVD_img2vid_Conditioning",
    "Load3DAnimation": "Load3D",
    "Preview3DAnimation": "Preview3D",
}


class BrokenFileError(ValueError):
    """What is wrong with a file, in words for a person; whoever knows its name adds it."""


@dataclass(frozen=True)
class SavedLink:
    """From slot ``slot`` of node ``source`` to slot ``target_slot`` of node ``target``."""

    id: Json
    source: str
    slot: int
    target: str
    target_slot: int


@dataclass(frozen=True)
class GraphScope:
    """The nodes and links of one graph: the outermost, or one instance of a subgraph in its ``parent``.

    ``inputs`` are those that the subgraph declares. ``linked`` are the ids at the ends of its links, ``leaving`` its
    links by the node that they leave, ``arriving`` their ids by the node and the slot that they lead to, ``outputs``
    the links to its own outputs by slot. ``read`` are the definitions that were read before, ``entered`` the instances:
    a file may have thousands of either. ``followed`` are the ends of links, by scope, link and wanted type. ``classes``
    are those of the server.
    """

    nodes: Mapping[str, Object]
    links: Mapping[Json, SavedLink]
    definitions: Mapping[str, Object]
    classes: Object
    prefix: str = ""
    parent: "GraphScope | None" = None
    instance: Object = field(default_factory=dict)
    inputs: Sequence[Object] = ()
    linked: frozenset[str] = frozenset()
    leaving: Mapping[str, list[SavedLink]] = field(default_factory=dict)
    arriving: Mapping[tuple[str, int], Json] = field(default_factory=dict)
    outputs: Mapping[int, Json] = field(default_factory=dict)
    read: dict[int, "GraphScope"] = field(default_factory=dict)
    entered: dict[str, "GraphScope"] = field(default_factory=dict)
    followed: dict[tuple[str, Json, str], Json] = field(default_factory=dict)
    notes: dict[str, Json] = field(default_factory=dict)
    """What was worked out of this definition before, for whoever asks again."""

    def full_id(self, node: Object) -> str:
        return f"{self.prefix}{node['id']}"

    def link_at(self, key: Json) -> SavedLink | None:
        """The link of this id; None for one that is not there, or that is no id."""
        return None if isinstance(key, list | Mapping) else self.links.get(key)

    def known(self, node: Object) -> Object:
        """What the server tells of a node's class; empty when it does not have it."""
        return known_of(self.classes, class_of(node))


def class_of(node: Object) -> str:
    kind = str(node.get("type"))
    return RENAMED.get(kind, kind)


def outermost(data: Object, classes: Object) -> GraphScope:
    """The scope of a whole file. Raises ``BrokenFileError`` in words for what cannot be read."""
    by_id = {str(each["id"]): each for each in subgraphs_of(data)}
    # What it may declare leads to nothing outside.
    return replace(_scope(data, by_id, classes), inputs=())


def subgraphs_of(data: Object) -> Json:
    """The definitions of a whole file; a list, in a file that is sound."""
    definitions = data.get("definitions")
    return (definitions.get("subgraphs") if isinstance(definitions, Mapping) else None) or []


def running(scope: GraphScope, count: Iterator[int] | None = None) -> Iterator[tuple[GraphScope, Object]]:
    """Every node that runs, subgraphs opened; muted and bypassed instances are left out whole.

    Raises ``BrokenFileError`` for subgraphs that contain each other, and for more than ``MOST_NODES`` nodes:
    a small file can hold any number of them.
    """
    count = itertools.count(1) if count is None else count
    # A bound of ours: Python's own would end somewhere in the middle, without words.
    if scope.prefix.count(":") > DEPTH:
        raise BrokenFileError("subgraphs contain each other")
    for node in scope.nodes.values():
        # Counted while they are made: a small file can open into millions.
        if next(count) > MOST_NODES:
            raise BrokenFileError(f"opening its subgraphs makes more than {MOST_NODES:,} nodes")
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
    prefix = f"{scope.full_id(node)}:"
    if (entered := scope.entered.get(prefix)) is not None:
        return entered
    # Kept by identity: a small file may have thousands of instances of one large definition. What was read is shared.
    inner = scope.read.get(id(definition)) or _scope(definition, scope.definitions, scope.classes)
    scope.read[id(definition)] = inner
    found = replace(
        inner,
        prefix=prefix,
        parent=scope,
        instance=node,
        read=scope.read,
        entered=scope.entered,
        followed=scope.followed,
    )
    scope.entered[prefix] = found
    return found


def stands_alone(scope: GraphScope, node: Object) -> bool:
    """Whether no link of its scope begins or ends at a node."""
    return str(node.get("id")) not in scope.linked


def input_type(entry: Object) -> str:
    kind = entry.get("type", "*")
    # Older files keep the list of choices in place of the type.
    return "COMBO" if isinstance(kind, list) else str(kind)


def input_at(node: Object, link: SavedLink) -> Object | None:
    """The input that a link leads to: the one that names the link, else the one at its slot."""
    inputs = inputs_of(node)
    for entry in inputs:
        if entry.get("link") == link.id:
            return entry
    return inputs[link.target_slot] if 0 <= link.target_slot < len(inputs) else None


def linked_inputs(scope: GraphScope, node: Object) -> Iterator[tuple[str, Object, Json]]:
    """Name, entry and link of each input of a node that a link leads to; the node names it, else the links do."""
    inputs = inputs_of(node)
    told = {entry["link"] for entry in inputs if isinstance(entry.get("link"), int | str)}
    for slot, entry in enumerate(inputs):
        link = entry.get("link")
        if link is None:
            # A file that was put together by a program may say it in one place only.
            arriving = scope.arriving.get((str(node["id"]), slot))
            link = arriving if arriving not in told else None
        if link is not None:
            yield str(entry["name"]), entry, link


def _scope(data: Object, definitions: Mapping[str, Object], classes: Object) -> GraphScope:
    links = {link.id: link for link in map(_link, data.get("links") or []) if link is not None}
    outputs: dict[int, Json] = {}
    leaving: dict[str, list[SavedLink]] = {}
    for each in links.values():
        leaving.setdefault(each.source, []).append(each)
        if each.target == OUTPUTS:
            # The first wins where a file names two, as on the page.
            outputs.setdefault(each.target_slot, each.id)
    linked = frozenset(end for link in links.values() for end in (link.source, link.target))
    return GraphScope(
        _nodes(data.get("nodes") or []),
        links,
        definitions,
        classes,
        inputs=inputs_of(data),
        linked=linked,
        leaving=leaving,
        arriving={(each.target, each.target_slot): each.id for each in links.values()},
        outputs=outputs,
    )


def _nodes(nodes: Json) -> dict[str, Object]:
    """By id as text; a second node with the same id gets one of its own, as on the page."""
    found: dict[str, Object] = {}
    again: list[Object] = []
    for node in nodes:
        if not isinstance(node, Mapping):
            raise BrokenFileError("an entry among its nodes is no node")
        own = node["id"]
        if isinstance(own, bool) or not isinstance(own, int | float | str):
            raise BrokenFileError(f"a node has the id {own!r}, which is none")
        if str(own) in found:
            again.append(node)
        else:
            found[str(own)] = node
    for node in again:
        free = max((int(each) for each in found if each.isdecimal() and len(each) < 16), default=0) + 1
        found[str(free)] = {**node, "id": free}
    return found


def _link(link: Json) -> SavedLink | None:
    if link is None:
        return None
    if isinstance(link, Mapping):
        ends = (link["id"], link["origin_id"], link["origin_slot"], link["target_id"], link["target_slot"])
    else:
        # Older files keep links as lists, newer ones as objects.
        ends = tuple(link[:5])
        if len(ends) < 5:
            raise BrokenFileError(f"the link {ends[:1]} does not say where it begins and ends")
    key, source, slot, target, target_slot = ends
    if isinstance(key, list | Mapping):
        raise BrokenFileError(f"a link has the id {key!r}, which is none")
    return SavedLink(key, str(source), int(slot), str(target), int(target_slot))
