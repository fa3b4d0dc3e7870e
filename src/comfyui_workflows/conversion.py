"""Turns a saved workflow into the API format, as ComfyUI's page would before it queues it. Pure.

Source: the rules observed on the official frontend (1.35.9 and 1.58.1). The class table of a server is needed: saved
files hold values by their place, and only the class tells the names. ``convert`` leaves dynamic prompts (``{a|b}``,
comments) and the patterns in names of files as they are, to be resolved at each run (``at_the_run``); ``as_queued``
resolves them, as the page does.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property

from comfyui_workflows.browser_nodes import ADAPTER, UNLINKED, adapted, refuse_unknown
from comfyui_workflows.dynamic_prompts import Choose, resolved
from comfyui_workflows.envelopes import HOW_TO_EXPORT, OpenedFile, is_saved, open_file
from comfyui_workflows.errors import MISREAD, MissingNodesError, UnreadableFileError, WorkflowError
from comfyui_workflows.following import Linked, Valued, follow
from comfyui_workflows.graph import Graph, plain_of
from comfyui_workflows.group_nodes import ungrouped
from comfyui_workflows.json_types import Json, Object
from comfyui_workflows.metadata.collected import Content
from comfyui_workflows.object_info import DYNAMIC, nearest_of
from comfyui_workflows.saved_format import (
    BrokenFileError,
    GraphScope,
    class_of,
    input_type,
    linked_inputs,
    outermost,
    running,
    stands_alone,
)
from comfyui_workflows.saved_values import Values, as_sent, wrapped
from comfyui_workflows.text_patterns import SAVERS, Finder, fit_for_file, replaced
from comfyui_workflows.use_everywhere import ADAPTED, linked, sources_of
from comfyui_workflows.widget_values import WidgetValues
from comfyui_workflows.widgets import (
    AUTOGROW,
    NOTHING,
    Widget,
    declared,
    grown,
    inputs_added_by,
    kind_of,
    type_of_input,
)

NAME = "Node name for S&R"
"""The property by which patterns in names of files find a node."""


def read_workflow(name: str, text: str | Content, object_info: Object | None = None) -> Graph:
    """The graph of a ``.json`` workflow in either format, or of a file that carries one (``open_file``).

    A saved one needs the classes of a server.

    Raises ``UnreadableFileError`` that says what is wrong with the file, ``MissingNodesError`` what the server lacks.
    """
    return graph_of(name, open_file(name, text), object_info)


def graph_of(name: str, found: OpenedFile, object_info: Object | None = None) -> Graph:
    """The same of a file that is open already. Raises as :func:`read_workflow`."""
    if object_info is not None and is_saved(found.graphs[0]):
        try:
            return convert(name, found.graphs[0], object_info)
        except WorkflowError:
            # A picture often carries what was run beside what was drawn.
            if found.plain is None:
                raise
    return plain_of(name, found)


def convert(name: str, data: Object, object_info: Object) -> Graph:
    """The graph in API format of a saved file, for a server with these classes.

    Raises ``MissingNodesError`` when classes are not installed, with the nearest that are, and
    ``UnreadableFileError`` when the file makes no sense.
    """
    return _Conversion(object_info).graph(name, data)


def as_queued(name: str, data: Object, object_info: Object, choose: Choose, dates: Finder) -> Graph:
    """The same as the page queues it: ``choose`` picks among the choices of dynamic prompts, ``dates`` resolves the
    patterns that name no node.
    """
    return _Conversion(object_info, choose, dates).graph(name, data)


class _Conversion:
    """Of one file. Without ``choose`` and ``dates`` what the page resolves when it queues stays as it is."""

    def __init__(self, object_info: Object, choose: Choose | None = None, dates: Finder | None = None) -> None:
        self._classes = object_info
        self._choose = choose
        self._dates = dates
        self._nodes: list[tuple[GraphScope, Object]] = []
        self._values = WidgetValues(self._found if dates is not None else None)

    def graph(self, name: str, data: Object) -> Graph:
        try:
            plain = ungrouped(linked(name, data, self._classes), self._classes)
            there = list(running(outermost(plain, self._classes)))
            # Nodes of the page alone are left out, unless nothing would be left to complain about.
            self._nodes = [each for each in there if not _left_out(*each, self._classes)]
            # What still hands something on without links would be lost in silence.
            _known(name, self._nodes or there, self._classes, plain)
            return {scope.full_id(node): self._converted(scope, node) for scope, node in self._nodes}
        except MISREAD as error:
            # Only what we raised ourselves was written for a person; anything else is Python stumbling over the file.
            ours = isinstance(error, BrokenFileError)
            what = str(error) if ours else "its nodes and links are not built as ComfyUI saves them"
            raise UnreadableFileError(
                f"{name} cannot be read as a saved workflow: {what}.",
                hint=HOW_TO_EXPORT,
            ) from error

    def _converted(self, scope: GraphScope, node: Object) -> dict[str, Json]:
        class_type, known = class_of(node), scope.known(node)
        values = self._values.of(scope, node)
        inputs = {
            widget.name: sent
            for widget, value in values
            if (sent := self._sent(class_type, widget, value)) is not NOTHING
        }
        for name, value in self._values.inside(scope, node).items():
            if name in inputs:
                inputs[name] = wrapped(value)
        specs = _specs(known, values)
        groups = {widget.name for widget, _ in values if widget.kind == DYNAMIC}
        for name, entry, link in linked_inputs(scope, node):
            # An input of a choice that is not chosen is not there.
            if name not in specs and any(name.startswith(f"{group}.") for group in groups):
                continue
            wanted = type_of_input(specs.get(name)) or input_type(entry)
            source = follow(scope, link, wanted, self._values.hosted)
            if isinstance(source, Linked):
                inputs[name] = [source.node, source.slot]
            elif isinstance(source, Valued):
                inputs[name] = wrapped(source.value)
        inputs, adapter = adapted(class_type, node, inputs, self._classes)
        adapter = adapter or node.get(ADAPTED)
        # The title, because forms find their places by it after a new export.
        meta = {"title": _title(scope, node)}
        if (alias := _alias(node)) not in (None, class_type):
            meta["alias"] = alias
        if adapter is not None:
            meta[ADAPTER] = adapter
        return {"inputs": inputs, "class_type": class_type, "_meta": meta}

    def _sent(self, class_type: str, widget: Widget, value: Json) -> Json:
        if self._dates is not None and class_type in SAVERS and widget.name == "filename_prefix":
            return replaced(value, self._found) if isinstance(value, str) else as_sent(widget, value)
        sent = as_sent(widget, value) if value is not NOTHING else NOTHING
        if self._choose is not None and widget.dynamic_prompts and isinstance(sent, str):
            return resolved(sent, self._choose)
        return sent

    def _found(self, pattern: str) -> str | None:
        """What stands for a pattern: the widget of a node, or what the caller knows."""
        words = pattern.split(".")
        if len(words) != 2:
            return None if self._dates is None else self._dates(pattern)
        name, wanted = words
        if (named := self._named.get(name)) is not None:
            for widget, value in self._values.of(*named):
                if widget.name == wanted:
                    return fit_for_file(None if value is NOTHING else value)
        return None

    @cached_property
    def _named(self) -> Mapping[str, tuple[GraphScope, Object]]:
        """The first node with each alias, else with each title; once, because a text may have many patterns."""
        found: dict[str, tuple[GraphScope, Object]] = {}
        for each in self._nodes:
            if (alias := _alias(each[1])) is not None:
                found.setdefault(alias, each)
        for each in self._nodes:
            found.setdefault(str(_title(*each)), each)
        return found


def _specs(known: Object, values: Values) -> dict[str, Json]:
    """What the class declares of its inputs, with those that its choices add."""
    specs = declared(known)
    for widget, value in values:
        for name, spec in inputs_added_by(widget.name, widget.spec, value).items():
            specs[name] = spec
            if kind_of(spec) == AUTOGROW:
                specs |= grown(name, spec)
    return specs


def _alias(node: Object) -> str | None:
    properties = node.get("properties")
    found = properties.get(NAME) if isinstance(properties, Mapping) else None
    return found if isinstance(found, str) else None


def _title(scope: GraphScope, node: Object) -> Json:
    return node.get("title") or scope.known(node).get("display_name") or class_of(node)


def _left_out(scope: GraphScope, node: Object, object_info: Object) -> bool:
    """Whether a node is one of the page: no server knows its class, and nothing is linked to it.

    Those that reach others without a link are not: what they do would be lost in silence.
    """
    kind = class_of(node)
    reaches = any(word in kind for word in UNLINKED)
    return kind not in object_info and not reaches and stands_alone(scope, node)


def _known(name: str, nodes: Sequence[tuple[GraphScope, Object]], object_info: Object, plain: Object) -> None:
    if not nodes:
        raise UnreadableFileError(f"{name} has no nodes that run.", hint=HOW_TO_EXPORT)
    refuse_unknown(name, {scope.full_id(node): class_of(node) for scope, node in nodes}, sources_of(plain))
    missing = sorted({class_of(node) for _, node in nodes} - set(object_info))
    if missing:
        offers = nearest_of(missing, object_info)
        told = ", ".join(f"{each} (nearest: {near})" if (near := offers.get(each)) else each for each in missing)
        raise MissingNodesError(
            f"{name} needs nodes that this ComfyUI does not have: {told}.",
            hint="Install the node packs that bring them, and restart ComfyUI. Nodes that live in its page alone are "
            f"resolved by its export: {HOW_TO_EXPORT[0].lower()}{HOW_TO_EXPORT[1:]}",
            missing=[(each, offers.get(each)) for each in missing],
        )
