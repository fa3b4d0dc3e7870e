"""Links of the pack Use Everywhere, which exist in the browser alone. Pure.

Its nodes hand what they get to every input of the type that is not linked. Since version 4 it writes what that came to
into the file, as ``extra.ue_links``: ``downstream`` and ``downstream_slot``, ``upstream`` and ``upstream_slot``, and
the ``controller`` that did it. Those become ordinary links; where a file has none of it, its nodes are refused by name
(``browser_nodes``), because its rules (by title, colour, group, priority) cannot be told from a file.
"""

from collections.abc import Mapping

from comfyui_workflows.browser_nodes import EVERYWHERE
from comfyui_workflows.errors import WorkflowError
from comfyui_workflows.json_types import Json, Object
from comfyui_workflows.object_info import known_of
from comfyui_workflows.saved_format import BYPASSED, MUTED, BrokenFileError, class_of
from comfyui_workflows.widgets import declared, is_widget, type_of_input

NAME = "Use Everywhere"
ADAPTED = "adapted by"
"""A key that is added to each node that got such a link."""


def linked(name: str, data: Object, classes: Object) -> Object:
    """The file with ordinary links in place of those of the pack, and without the nodes that made them.

    ``classes`` are those of the server: they say which inputs a node has that the file does not list.

    Raises ``WorkflowError`` for ordinary nodes that hand on what they make and of which nothing is written, and
    ``BrokenFileError`` for a link that leads nowhere.
    """
    nodes = [node for node in data.get("nodes") or [] if isinstance(node, Mapping)]
    records = _records(data)
    controllers = {str(record.get("controller")) for record in records}
    if lost := [node for node in nodes if _hands_on(node) and str(node.get("id")) not in controllers]:
        named = ", ".join(f"{node.get('type')} (node {node.get('id')})" for node in lost)
        raise WorkflowError(
            f"{name} has nodes that hand on what they make without links ({NAME}), and does not say where: {named}.",
            hint="Open it in ComfyUI with the pack installed, and save it again or choose Workflow, Export (API).",
        )
    return {**data, **_with_links(data, nodes, records, controllers, classes)} if records else data


def sources_of(data: Object) -> frozenset[str]:
    """The nodes of which the file itself says where they hand on what they make."""
    return frozenset(str(record.get("upstream")) for record in _records(data))


def _records(data: Object) -> list[Object]:
    extra = data.get("extra")
    told = extra.get("ue_links") if isinstance(extra, Mapping) else None
    return [each for each in told if isinstance(each, Mapping)] if isinstance(told, list) else []


def _with_links(
    data: Object, nodes: list[Object], records: list[Object], controllers: set[str], classes: Object
) -> dict[str, Json]:
    by_id = {str(node.get("id")): dict(node) for node in nodes}
    links = list(data.get("links") or [])
    for number, record in enumerate(records):
        target, source = by_id.get(str(record.get("downstream"))), by_id.get(str(record.get("upstream")))
        slot = record.get("downstream_slot")
        if target is not None and not target.get("inputs"):
            target["inputs"] = _of_class(known_of(classes, class_of(target)))
        told = target.get("inputs") if target is not None else None
        inputs: list[Json] = told if isinstance(told, list) else []
        known = isinstance(slot, int) and 0 <= slot < len(inputs) and isinstance(inputs[slot], Mapping)
        if target is None or source is None or not isinstance(slot, int) or not known:
            raise BrokenFileError(f"a link of {NAME} leads from or to what is not there: {dict(record)}")
        # A link that somebody drew counts more.
        if inputs[slot].get("link") is not None:
            continue
        key = f"{NAME} {number}"
        target["inputs"] = [{**entry, "link": key} if at == slot else entry for at, entry in enumerate(inputs)]
        target[ADAPTED] = NAME
        links.append([key, source["id"], int(record.get("upstream_slot") or 0), target["id"], slot, record.get("type")])
    sources = sources_of(data)
    left = [
        node
        for own, node in by_id.items()
        # One that makes something itself (a seed) stays.
        if own not in controllers or own in sources or EVERYWHERE not in str(node.get("type"))
    ]
    return {"nodes": left, "links": links}


def _of_class(known: Object) -> list[Json]:
    """The inputs of a node whose file lists none, as its class declares them: links before widgets, as on the page."""
    specs = declared(known)
    return [
        {"name": name, "type": type_of_input(specs[name]), "link": None}
        for name in sorted(specs, key=lambda name: is_widget(specs[name]))
    ]


def _hands_on(node: Object) -> bool:
    """Whether an ordinary node is set to do what those of the pack do."""
    properties = node.get("properties")
    told = properties.get("ue_convert") if isinstance(properties, Mapping) else None
    return told is True and node.get("mode") not in (MUTED, BYPASSED)
