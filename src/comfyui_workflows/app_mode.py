"""What the author of a saved workflow chose for its App mode, and the labels that they gave. Pure.

Source: files of the official frontend (1.35 to 1.58). ``extra.linearData`` has ``inputs``, a list of ``[node, widget]``
with perhaps options behind, and ``outputs``, a list of nodes. A node is named by its id, of an inner one by the ids of
its instances and its own between colons, in newer files behind the id of the whole file and before the widget
(``FILE:12:27:widget``). A widget of an instance stands for those inside that it was promoted from.
"""

from collections.abc import Iterator, Mapping, Sequence

from comfyui_workflows.author_hints import NO_HINTS, AuthorHints
from comfyui_workflows.envelopes import is_saved, opened
from comfyui_workflows.errors import MISREAD, WorkflowError
from comfyui_workflows.input_specs import last_part
from comfyui_workflows.json_types import Json, Object
from comfyui_workflows.metadata.collected import Content
from comfyui_workflows.node_inputs import Spot
from comfyui_workflows.saved_format import INPUTS, PRIMITIVE, REROUTES, GraphScope, SavedLink, enter, outermost
from comfyui_workflows.widgets import CONTROLS, FIXED, SEEDS

# They hand on what they hold, or what comes in.
PASSING = (PRIMITIVE, *REROUTES)
# What the page's control behind a seed is set to where each run gets another.
DRAWN = tuple(control for control in CONTROLS if control != FIXED)
# Deeper nesting than any file has; it bounds circles.
DEEPEST = 50
# An exploding file is refused by its conversion; here it must not take long.
MOST_SCOPES = 2_000


def hints_of(name: str, content: str | Content, graph: Object) -> AuthorHints:
    """What the author of a file chose; ``graph`` is what it was converted to. An API file has no hints.

    Never raises: the graph is good without, and a broken file is told of by its conversion.
    """
    try:
        return hints_in(opened(name, content), graph)
    except WorkflowError:
        return NO_HINTS


def hints_in(data: Object, graph: Object) -> AuthorHints:
    """The same of a file that is parsed already."""
    if not is_saved(data):
        return NO_HINTS
    try:
        scopes = list(_scopes(data))
        return AuthorHints(
            tuple(_inputs(data, graph, scopes)),
            tuple(_outputs(data, graph)),
            dict(_labels(graph, scopes)),
            frozenset(_drawn(graph, scopes)),
        )
    except MISREAD:
        return NO_HINTS


def _inputs(data: Object, graph: Object, scopes: Sequence[GraphScope]) -> Iterator[tuple[Spot, ...]]:
    seen: set[Spot] = set()
    for entry in _linear(data).get("inputs") or []:
        if not isinstance(entry, list) or not entry:
            continue
        spots = _spots(data, graph, scopes, entry)
        if fresh := tuple(spot for spot in spots if spot not in seen):
            seen.update(fresh)
            yield fresh


def _outputs(data: Object, graph: Object) -> Iterator[str]:
    for entry in _linear(data).get("outputs") or []:
        # Older files have the id as a number, newer ones a path with the id of the file in front.
        for node in (str(entry), str(entry).partition(":")[2]):
            if node in graph:
                yield node
                break


def _linear(data: Object) -> Object:
    extra = data.get("extra")
    linear = extra.get("linearData") if isinstance(extra, Mapping) else None
    return linear if isinstance(linear, Mapping) else {}


def _spots(data: Object, graph: Object, scopes: Sequence[GraphScope], entry: Sequence[Json]) -> list[Spot]:
    """The places in the graph of one chosen input."""
    path, widget = str(entry[0]), str(entry[1]) if len(entry) > 1 else ""
    file, _, rest = path.partition(":")
    if rest and (file == str(data.get("id")) or len(file) == 36):
        path = rest
        widget = widget or rest.rpartition(":")[2]
        # The widget's name may itself hold colons, and is told beside it.
        path = rest.removesuffix(f":{widget}")
    prefix, _, node = path.rpartition(":")
    found = [scope for scope in scopes if scope.prefix == (f"{prefix}:" if prefix else "")]
    # Older files name a node of a subgraph by its own id alone, which then has to be the only one.
    inner = [scope for scope in scopes if not prefix and scope.prefix and node in scope.nodes]
    for scope in [each for each in found if node in each.nodes] or (inner if len(inner) == 1 else []):
        if spots := list(_widget(graph, scope, str(node), widget)):
            return spots
    return []


def _widget(graph: Object, scope: GraphScope, node: str, widget: str, depth: int = 0) -> Iterator[Spot]:
    """Where a widget of a node is in the graph; a primitive node and an instance stand for what they feed."""
    if node not in scope.nodes or depth > DEEPEST:
        return
    data = scope.nodes[node]
    full = scope.full_id(data)
    if full in graph:
        inputs = graph[full].get("inputs", {})
        if widget in inputs and not isinstance(inputs[widget], list):
            yield Spot(full, widget)
    elif (inner := enter(scope, data)) is not None:
        yield from _promoted(graph, inner, widget, depth)
    elif data.get("type") in PASSING:
        for link in scope.leaving.get(node, ()):
            yield from _fed(graph, scope, link, depth)


def _promoted(graph: Object, inner: GraphScope, widget: str, depth: int) -> Iterator[Spot]:
    """The places inside an instance that one of its widgets was promoted from."""
    names = [declared.get("name") for declared in inner.inputs]
    if widget in names:
        yield from _behind(graph, inner, names.index(widget), depth)
        return
    for proxy in (inner.instance.get("properties") or {}).get("proxyWidgets") or []:
        if str(proxy[1]) == widget and str(proxy[0]) != "-1":
            yield from _widget(graph, inner, str(proxy[0]), widget, depth + 1)
            return


def _behind(graph: Object, inner: GraphScope, wanted: int, depth: int = 0) -> Iterator[Spot]:
    """The places behind one input of a subgraph."""
    for link in inner.leaving.get(INPUTS, ()):
        if link.slot == wanted:
            yield from _fed(graph, inner, link, depth)


def _fed(graph: Object, scope: GraphScope, link: SavedLink, depth: int) -> Iterator[Spot]:
    entries = scope.nodes.get(link.target, {}).get("inputs") or []
    if link.target_slot < len(entries):
        yield from _widget(graph, scope, link.target, str(entries[link.target_slot].get("name")), depth + 1)


def _labels(graph: Object, scopes: Sequence[GraphScope]) -> Iterator[tuple[Spot, str]]:
    """Names that an author gave: to the inputs of a subgraph, and to widgets."""
    for scope in scopes:
        for slot, declared in enumerate(scope.inputs):
            if label := declared.get("label"):
                for spot in _behind(graph, scope, slot):
                    yield spot, str(label)
        for node, data in scope.nodes.items():
            for entry in data.get("inputs") or []:
                if entry.get("widget") and entry.get("label") and entry["label"] != entry.get("name"):
                    for spot in _widget(graph, scope, node, str(entry.get("name"))):
                        yield spot, str(entry["label"])


def _drawn(graph: Object, scopes: Sequence[GraphScope]) -> Iterator[Spot]:
    """The seeds that the page changes for each run."""
    for scope in scopes:
        for data in scope.nodes.values():
            values = data.get("widgets_values")
            if isinstance(values, list) and any(isinstance(value, str) and value in DRAWN for value in values):
                full = scope.full_id(data)
                for name in graph.get(full, {}).get("inputs", {}):
                    if last_part(name).lower() in SEEDS or name == "value":
                        yield Spot(full, name)


def _scopes(data: Object) -> Iterator[GraphScope]:
    """The outermost graph and every instance within, the outer first."""
    # Without classes: what is told here stands in the file itself.
    waiting = [outermost(data, {})]
    for each in waiting:
        if len(waiting) > MOST_SCOPES or each.prefix.count(":") > DEEPEST:
            return
        yield each
        waiting += [inner for node in each.nodes.values() if (inner := enter(each, node)) is not None]
