"""The form of a workflow: what a person may set, where each value goes, and a graph filled with values. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from musings.comfy.graph import Graph, title_of
from musings.comfy.protocol import Object
from musings.errors import UserFault
from musings.models import FormField

SEED_MAXIMUM = 2**53 - 1
"""What a form may send: browsers round anything larger."""


@dataclass(frozen=True)
class Binding:
    """Where a field's value goes. ``node`` is a hint: class, title and input find the place in a new export."""

    field: str
    node: str
    class_type: str
    title: str
    input: str


@dataclass(frozen=True)
class Form:
    """Fields in the order of a page, and their bindings; one field may go to several places."""

    fields: tuple[FormField, ...] = ()
    bindings: tuple[Binding, ...] = ()

    def by_role(self, role: str) -> FormField | None:
        """The field that means this, whatever its name."""
        return next((field for field in self.fields if field.role == role), None)

    @property
    def prompt_field(self) -> FormField | None:
        """Where the words of a prompt go: the prompt, else the tags, else the lyrics, else the only text."""
        texts = [field for field in self.fields if field.type in ("text", "longtext")]
        known = self.by_role("prompt") or self.by_role("tags") or self.by_role("lyrics")
        return known or (texts[0] if len(texts) == 1 else None)


def bind(graph: Object, field: str, node: str, name: str) -> Binding:
    """A binding to an input of a node of this graph."""
    return Binding(field, node, str(graph[node].get("class_type")), title_of(graph, node), name)


def fill(graph: Object, form: Form, values: Mapping[str, object]) -> Graph:
    """A copy of the graph with the values in their places; None leaves what the file has.

    Values pass unchanged. Raises ``UserFault`` for a value that the form does not have, and for a binding that
    finds no place.
    """
    filled: Graph = {node: {**data, "inputs": dict(data.get("inputs", {}))} for node, data in graph.items()}
    known = {field.name for field in form.fields}
    for name in values:
        if name not in known:
            raise UserFault(f"This workflow has no field {name!r}; it has: {', '.join(sorted(known)) or 'none'}.")
    bound, drift = rebind(graph, form)
    if drift:
        raise UserFault(f"The workflow has changed: {'; '.join(drift)}.", hint="Show its form again and correct it.")
    for binding in bound.bindings:
        value = values.get(binding.field)
        if value is not None:
            filled[binding.node]["inputs"][binding.input] = value
    return filled


def rebind(graph: Object, form: Form) -> tuple[Form, list[str]]:
    """The form with its bindings moved to where their nodes are now, and what could not be found."""
    drift: list[str] = []
    bindings = []
    for binding in form.bindings:
        node = _place(graph, binding)
        if node is None:
            where = f'"{binding.title}" ({binding.class_type})'
            drift.append(f"no node {where} with an input {binding.input} for {binding.field}")
        else:
            bindings.append(replace(binding, node=node))
    return replace(form, bindings=tuple(bindings)), drift


def _place(graph: Object, binding: Binding) -> str | None:
    fitting = [
        node
        for node, data in graph.items()
        if data.get("class_type") == binding.class_type and binding.input in data.get("inputs", {})
    ]
    named = [node for node in fitting if title_of(graph, node) == binding.title]
    for candidates in (named, fitting):
        if binding.node in candidates:
            return binding.node
        if len(candidates) == 1:
            return candidates[0]
        if candidates:
            return None
    return None


def unique(name: str, taken: Iterable[str]) -> str:
    """``name``, or ``name_2`` and so on when it is taken."""
    taken = set(taken)
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    return free
