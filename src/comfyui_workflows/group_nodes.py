"""Group nodes, which older pages had before subgraphs: each is made into a subgraph with one instance. Pure.

A file describes them in ``extra.groupNodes``: ``nodes``, ``links`` as [from, slot, to, slot, …] by the place of the
node, and ``external`` as [node, slot, type] for outputs that are used inside and outside. An instance has the type
``workflow>NAME`` (``workflow/NAME`` before), the values of all widgets inside in one row, and the inputs inside that
nothing inside is linked to. Source: what the official frontend (1.58.1) makes of them when it opens a file, and files
that an older one (1.35.9) saved, with what it sent for them.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from comfyui_workflows.envelopes import MOST_NODES
from comfyui_workflows.json_types import Json, Object
from comfyui_workflows.object_info import known_of
from comfyui_workflows.saved_format import PRIMITIVE, BrokenFileError, class_of, subgraphs_of
from comfyui_workflows.saved_values import inputs_of, values_of
from comfyui_workflows.widgets import NOTHING, Widget, added_by, declared, of_class

PREFIXES = ("workflow>", "workflow/")
# What the page puts behind a widget, with places of their own.
_BEHIND = ("CONTROL", "FILTER", "SIDE")
# The places of a primitive node that keeps none itself: its value, and what the page puts behind it.
_OF_PRIMITIVES = {"INT": 2, "FLOAT": 2, "COMBO": 3}
_UNKNOWN = Widget("", "*")
# Groups in groups in groups: nobody draws more by hand.
DEEPEST = 10


def ungrouped(data: Object, classes: Object) -> Object:
    """A saved file with a subgraph in place of each group node; the file itself where it has none.

    Raises ``BrokenFileError`` for groups that contain each other, or that open into more than ``MOST_NODES`` nodes.
    """
    extra = data.get("extra")
    groups = extra.get("groupNodes") if isinstance(extra, Mapping) else None
    if not isinstance(groups, Mapping) or not groups:
        return data
    work = _Work(groups, classes)
    nodes = [work.opened(node, 0) for node in data.get("nodes") or []]
    inner = [
        {**each, "nodes": [work.opened(node, 0) for node in each.get("nodes") or []]} for each in subgraphs_of(data)
    ]
    return {**data, "nodes": nodes, "definitions": {"subgraphs": [*inner, *work.made]}}


@dataclass
class _Work:
    groups: Mapping[str, Json]
    classes: Object
    made: list[Object] = field(default_factory=list)
    count: int = 0

    def opened(self, node: Json, depth: int) -> Json:
        kind = str(node.get("type")) if isinstance(node, Mapping) else ""
        group = self.groups.get(kind[len(PREFIXES[0]) :]) if kind.startswith(PREFIXES) else None
        if not isinstance(group, Mapping):
            return node
        if depth > DEEPEST:
            raise BrokenFileError("its group nodes contain each other")
        inside = [each for each in group.get("nodes") or [] if isinstance(each, Mapping)]
        self.count += len(inside)
        if self.count > MOST_NODES:
            raise BrokenFileError(f"opening its group nodes makes more than {MOST_NODES:,} nodes")
        own = f"group node {len(self.made) + 1}"
        shape = _Shape(inside, group, self.classes, node)
        definition: dict[str, Json] = {"id": own, "name": kind[len(PREFIXES[0]) :], **shape.definition()}
        self.made.append(definition)
        definition["nodes"] = [self.opened(each, depth + 1) for each in definition["nodes"]]
        return {**node, "type": own, "inputs": shape.inputs, "widgets_values": []}


@dataclass(frozen=True)
class _Shown:
    """What an instance shows of a node inside: an input, or the places of one widget, under its ``outer`` name."""

    place: int
    name: str
    outer: str
    widgets: tuple[Widget, ...] = ()


@dataclass
class _Shape:
    """One instance of a group: what is inside, and what of it is shown outside. Ids inside are places plus one."""

    inside: list[Object]
    group: Object
    classes: Object
    instance: Object

    def __post_init__(self) -> None:
        links = self.group.get("links")
        # Links from outside have no node to come from.
        self.links = [link for link in links or [] if isinstance(link, list) and _numbers(link[:4])]
        self.entries = [{str(entry.get("name")): entry for entry in inputs_of(node)} for node in self.inside]
        self.linkable = [_linkable(node) for node in self.inside]
        self.shown = list(self._all_shown())
        self.by_name = {each.outer: each for each in self.shown}
        self.inputs = self._inputs()

    def definition(self) -> dict[str, Json]:
        links: list[dict[str, Json]] = []

        def linked(source: int, slot: int, target: int, target_slot: int) -> int:
            links.append(
                {
                    "id": len(links) + 1,
                    "origin_id": source,
                    "origin_slot": slot,
                    "target_id": target,
                    "target_slot": target_slot,
                }
            )
            return len(links)

        told = self._told()
        nodes = [self._node(place, told.get(place)) for place in range(len(self.inside))]
        for source, slot, target, target_slot in (link[:4] for link in self.links):
            _connect(nodes, target, target_slot, linked(source + 1, slot, target + 1, target_slot))
        slots = [{str(entry.get("name")): at for at, entry in enumerate(node["inputs"])} for node in nodes]
        inputs: list[dict[str, Json]] = []
        for entry in self.inputs:
            name = str(entry.get("name"))
            if (found := self._inside_of(name)) is None:
                continue
            place, own = found
            entries = nodes[place]["inputs"]
            if own not in slots[place]:
                # The instance has grown it since.
                slots[place][own] = len(entries)
                entries.append({"name": own, "type": entry.get("type", "*"), "link": None})
            slot = slots[place][own]
            # A growing group is shown whole, whatever of it is linked inside.
            if entries[slot]["link"] is not None:
                continue
            key = linked(-10, len(inputs), place + 1, slot)
            _connect(nodes, place, slot, key)
            inputs.append({"name": name, "type": entries[slot].get("type", "*"), "linkIds": [key]})
        outputs = [
            {"name": str(number), "type": kind, "linkIds": [linked(place + 1, slot, -20, number)]}
            for number, (place, slot, kind) in enumerate(self._outputs())
        ]
        return {"nodes": nodes, "links": links, "inputs": inputs, "outputs": outputs}

    def _inputs(self) -> list[Json]:
        """The inputs of the instance, under the names of the group: by name, else by their place."""
        given = inputs_of(self.instance)
        outer = [each.outer for each in self.shown if self._takes_links(each)]
        if len(given) == len(outer) and not any(self._inside_of(str(entry.get("name"))) for entry in given):
            return [{**entry, "name": name} for entry, name in zip(given, outer, strict=True)]
        return list(given)

    def _takes_links(self, shown: _Shown) -> bool:
        return not shown.widgets or shown.name in self.linkable[shown.place]

    def _inside_of(self, outer: str) -> tuple[int, str] | None:
        """Place and inner name of an input that the instance shows.

        What a choice or a growing group of inputs brings is called after it: ``model.seed`` is the ``seed`` of what is
        shown as ``model``.
        """
        start, end = outer, len(outer)
        # Names are as long as a file makes them; what is shown has few dots.
        for _ in range(DEEPEST):
            found = self.by_name.get(start)
            # A plain widget takes no link.
            if found is not None and (start != outer or self._takes_links(found)):
                return found.place, found.name + outer[end:]
            if (end := outer.rfind(".", 0, end)) <= 0:
                break
            start = outer[:end]
        return None

    def _node(self, place: int, told: Mapping[str, Json] | None) -> dict[str, Json]:
        node = self.inside[place]
        entries = [{**entry, "link": None} for entry in inputs_of(node)]
        values = node.get("widgets_values")
        if class_of(node) == PRIMITIVE:
            values = [*(told or {}).values(), *_row(node)[len(told or {}) :]]
        elif told:
            known = self._known(node)
            own = {widget.name: value for widget, value in values_of(node, known, class_of(node))}
            # Another choice brings its own widgets, with nothing in them yet.
            changed = {name for name, value in told.items() if own.get(name) != value}
            kept = {name: value for name, value in own.items() if name.partition(".")[0] not in changed}
            # By name, so that nothing has to be counted again.
            values = {**{name: value for name, value in kept.items() if value is not NOTHING}, **told}
        return {**node, "id": place + 1, "inputs": entries, "widgets_values": values}

    def _told(self) -> dict[int, dict[str, Json]]:
        """The values in the row of the instance, by place and widget; what it has none for keeps its own."""
        # Since 2025 files list each widget as an input. That order is the one in which the row was written: pages have
        # sorted the same widgets in different ways.
        listed = [str(entry.get("name")) for entry in inputs_of(self.instance) if entry.get("widget")]
        told, rest = self._read(listed, set(listed))
        if not listed or rest:
            told, _ = self._read([each.outer for each in self.shown if each.widgets], None)
        return told

    def _read(self, names: list[str], listed: set[str] | None) -> tuple[dict[int, dict[str, Json]], deque[Json]]:
        """What stands in the row for widgets in this order, and the rest of the row.

        What a choice brings has its places where it is ``listed``, and right behind the choice where None is given.
        """
        told: dict[int, dict[str, Json]] = {}
        brought: dict[str, list[Widget]] = {}
        row, waiting = deque(_row(self.instance)), deque(names)
        while waiting and row:
            name = waiting.popleft()
            shown = self.by_name.get(name)
            # A widget that this class no longer has takes a place as well.
            for widget in (shown.widgets if shown is not None else brought.get(name)) or (_UNKNOWN,):
                value = row.popleft() if widget.kept and row else None
                # The page takes nothing over of what a choice brings.
                if shown is not None and widget.kept and widget.at_first:
                    told.setdefault(shown.place, {})[widget.name] = value
                added = list(_grouped(added_by(widget, value)))
                brought |= {f"{name}{own[len(widget.name) :]}": widgets for own, widgets in added}
                if listed is None:
                    waiting.extendleft(f"{name}{own[len(widget.name) :]}" for own, _ in reversed(added))
        return told, row

    def _known(self, node: Object) -> Object:
        return known_of(self.classes, class_of(node))

    def _all_shown(self) -> Iterator[_Shown]:
        """In the order of the page: of each node its widgets and inputs; behind all of them what became an input."""
        taken = {(link[2], link[3]) for link in self.links}
        seen: dict[str, int] = {}
        later: list[tuple[int, str, tuple[Widget, ...]]] = []
        for place, node in enumerate(self.inside):
            slots = {str(entry.get("name")): slot for slot, entry in enumerate(inputs_of(node))}
            linkable = self.linkable[place]
            there = dict(self._widgets(place, node))
            for name, widgets in there.items():
                if name not in linkable:
                    yield _Shown(place, name, self._name(place, name, seen), widgets)
            for name in self._links(node, there):
                # A group of inputs that grows is shown as one, whatever of it is linked inside.
                if (place, slots.get(name, -1)) not in taken:
                    outer = self._name(place, name, seen)
                    if _config(self.group, place, "input", name).get("visible") is not False:
                        yield _Shown(place, name, outer)
            made = [name for name in slots if name in linkable and (place, slots[name]) not in taken]
            later += [(place, name, there.get(name, ())) for name in made]
        for place, name, widgets in later:
            yield _Shown(place, name, self._name(place, name, seen), widgets)

    def _widgets(self, place: int, node: Object) -> Iterator[tuple[str, tuple[Widget, ...]]]:
        """The widgets of a node with nothing chosen yet, each with those that the page puts behind it."""
        if class_of(node) == PRIMITIVE:
            # It has no class; what it keeps tells how many there are.
            if any(link[0] == place for link in self.links):
                count = len(_row(node)) or _OF_PRIMITIVES.get(str(_carried(node)), 1)
                yield "value", tuple(Widget(f"value {number}", "*") for number in range(count))
            return
        for name, widgets in _grouped(of_class(self._known(node))):
            yield name, tuple(widgets)

    def _links(self, node: Object, widgets: Mapping[str, tuple[Widget, ...]]) -> list[str]:
        """The inputs of a node without a widget: those of its class, then those that the file alone tells of."""
        names = [name for name in declared(self._known(node)) if name not in widgets]
        known = {*names, *widgets}
        for entry in inputs_of(node):
            name = str(entry.get("name"))
            if not entry.get("widget") and name not in known and name.partition(".")[0] not in known:
                names.append(name)
        return names

    def _name(self, place: int, own: str, seen: dict[str, int]) -> str:
        node = self.inside[place]
        entry = self.entries[place].get(own, {})
        changed = _config(self.group, place, "input", own).get("name")
        # A reroute has no name of its own, and is shown under what it carries.
        name = str(changed or entry.get("label") or own or _carried(node))
        key = name
        if name in seen or (class_of(node) == PRIMITIVE and node.get("title")):
            prefix = f"{node.get('title') or node.get('type')} "
            key = name = f"{prefix}{own}"
            if name in seen:
                name = f"{prefix}{seen[name]} {own}"
        seen[key] = seen.get(key, 1) + 1
        return name

    def _outputs(self) -> Iterator[tuple[int, int, Json]]:
        used = {(link[0], link[1]) for link in self.links}
        external = self.group.get("external")
        outside = {tuple(each[:2]) for each in external or [] if isinstance(each, list) and _numbers(each[:2])}
        for place, node in enumerate(self.inside):
            outputs = node.get("outputs")
            for slot, output in enumerate(outputs if isinstance(outputs, list) else []):
                hidden = _config(self.group, place, "output", str(slot)).get("visible") is False
                if not hidden and ((place, slot) not in used or (place, slot) in outside):
                    yield place, slot, output.get("type", "*") if isinstance(output, Mapping) else "*"


def _grouped(widgets: Sequence[Widget]) -> Iterable[tuple[str, list[Widget]]]:
    """Each widget, by name, with those that the page puts behind it."""
    found: dict[str, list[Widget]] = {}
    for widget in widgets:
        before = widget.name.rpartition(" ")[0] if widget.kind in _BEHIND else ""
        found.setdefault(before if before in found else widget.name, []).append(widget)
    return found.items()


def _carried(node: Object) -> Json:
    outputs = node.get("outputs")
    first = outputs[0] if isinstance(outputs, list) and outputs else None
    return first.get("type", "*") if isinstance(first, Mapping) else "*"


def _linkable(node: Object) -> set[str]:
    """The widgets that were made inputs; those of a choice are shown all the same."""
    names = {str(entry.get("name")) for entry in inputs_of(node) if entry.get("widget")}
    return {name for name in names if "." not in name}


def _config(group: Object, place: int, what: str, key: str) -> Object:
    """What the author changed about one input or output of a node inside."""
    found: Json = group.get("config")
    for step in (str(place), what, key):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _connect(nodes: list[dict[str, Json]], place: int, slot: int, link: int) -> None:
    entries = nodes[place]["inputs"] if 0 <= place < len(nodes) else []
    if 0 <= slot < len(entries):
        entries[slot]["link"] = link


def _numbers(values: list[Json]) -> bool:
    return all(isinstance(value, int) and not isinstance(value, bool) for value in values)


def _row(node: Object) -> list[Json]:
    values = node.get("widgets_values")
    return list(values) if isinstance(values, list) else []
