"""The form of a workflow: what a person may set, where each value goes, and a graph filled with values. Pure."""

import dataclasses
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from comfyui_workflows.brought_inputs import brought, changed
from comfyui_workflows.errors import FormError
from comfyui_workflows.form_field import FormField
from comfyui_workflows.graph import Graph, class_of, title_of
from comfyui_workflows.input_specs import spec_at
from comfyui_workflows.json_types import Json, Object
from comfyui_workflows.value_types import number_of, takes_numbers

# A browser's numbers are exact up to here; a larger seed would come back as another one.
SEED_MAXIMUM = 2**53 - 1
"""What a form may send: browsers round anything larger."""


@dataclass(frozen=True)
class Binding:
    """Where a field's value goes. ``node`` is a hint: class, title and input find the place in a new export.

    ``numbers``: the place takes numbers, so a choice goes there as one. ``within`` is what the value stands for inside
    the text that the file has there, such as ``%prompt%``; None where it takes the whole place. ``brings`` are the
    inputs that the node has below this one with each value, where a choice brings others.
    """

    field: str
    node: str
    class_type: str
    title: str
    input: str
    numbers: bool = False
    within: str | None = None
    brings: Mapping[str, Mapping[str, Json]] = dataclasses.field(default_factory=dict, hash=False, repr=False)


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
        texts = [field for field in self.fields if is_words(field)]
        known = self.by_role("prompt") or self.by_role("tags") or self.by_role("lyrics")
        return known or (texts[0] if len(texts) == 1 else None)


def is_words(field: FormField) -> bool:
    """Whether a field takes words, rather than the name of a model or a sampler."""
    return field.type in ("text", "longtext") and field.role in (None, "prompt", "tags", "lyrics")


def bind(
    graph: Object, field: str, node: str, name: str, object_info: Object | None = None, within: str | None = None
) -> Binding:
    """A binding to an input of a node of this graph."""
    class_type = class_of(graph, node)
    numbers = takes_numbers(graph[node]["inputs"].get(name), spec_at(graph, object_info, node, name))
    brings = brought(graph, object_info, node, name)
    return Binding(field, node, class_type, title_of(graph, node), name, numbers, within, brings)


def fill(graph: Object, form: Form, values: Mapping[str, object]) -> Graph:
    """A copy of the graph with the values in their places; None leaves what the file has.

    Values pass unchanged. Raises ``FormError`` for a value that the form does not have, and for a binding that
    finds no place.
    """
    # Copied to the depth that is changed: the graph is shared by all prompts.
    filled: Graph = {node: {**data, "inputs": dict(data.get("inputs", {}))} for node, data in graph.items()}
    known = {field.name for field in form.fields}
    seeds = {field.name for field in form.fields if field.role == "seed"}
    for name in values:
        if name not in known:
            raise FormError(f"This workflow has no field {name!r}; it has: {', '.join(sorted(known)) or 'none'}.")
    # Each time: the file may have been exported anew, with other numbers of nodes.
    bound, drift = rebind(graph, form)
    # Refused: a value in the wrong node would be a wrong picture without any error.
    if drift:
        raise FormError(f"The workflow has changed: {'; '.join(drift)}.", hint="Show its form again and correct it.")
    inside: dict[tuple[str, str], dict[str, str]] = {}
    # A choice that brings other inputs first: values go into what it brings.
    for binding in sorted(bound.bindings, key=lambda each: not each.brings):
        value = values.get(binding.field)
        inputs, was = filled[binding.node]["inputs"], graph[binding.node]["inputs"][binding.input]
        if value is None or not _is_set(binding, value, was, inputs, drawn=binding.field in seeds):
            continue
        if binding.within is not None:
            # Collected: an input may hold several placeholders of several fields.
            inside.setdefault((binding.node, binding.input), {})[binding.within] = str(value)
        elif binding.brings:
            changed(inputs, binding.input, binding.brings, value)
        else:
            inputs[binding.input] = _as_taken(binding, value)
    # Last, and all of a text at once: an input may hold several placeholders.
    for (node, name), words in inside.items():
        inputs = filled[node]["inputs"]
        inputs[name] = _put(str(inputs[name]), words)
    return filled


def _is_set(binding: Binding, value: object, was: Json, inputs: Object, *, drawn: bool) -> bool:
    """Whether a value goes to its place, which another choice may have changed.

    Raises ``FormError`` for a value whose place is gone with that choice.
    """
    if binding.input in inputs:
        # What the file has is no wish for what another choice brought.
        return bool(inputs[binding.input] == was or value != was)
    if value != was and not drawn:
        raise FormError(
            f"With what was chosen at {binding.title} there is no {binding.input}, so {binding.field} cannot be set.",
            hint="Leave it as it is, or choose otherwise.",
        )
    return False


def _as_taken(binding: Binding, value: Json) -> Json:
    if not binding.numbers or not isinstance(value, str):
        return value
    number = number_of(value)
    # A choice of numbers is shown as texts, and the server compares numbers.
    return value if number is None else number


def _put(text: str, words: Mapping[str, str]) -> str:
    """All in one pass, so that what somebody wrote is never taken for a placeholder."""
    return re.sub("|".join(map(re.escape, words)), lambda found: words[found[0]], text)


def rebind(graph: Object, form: Form) -> tuple[Form, list[str]]:
    """The form with its bindings moved to where their nodes are now, and what could not be found."""
    drift: list[str] = []
    bindings = []
    nodes: dict[str, list[str]] = {}
    for node, data in graph.items():
        # Once for all bindings: large graphs have thousands of nodes.
        nodes.setdefault(str(data.get("class_type")), []).append(node)
    for binding in form.bindings:
        place = place_of(graph, binding, nodes.get(binding.class_type, ()))
        if place is None:
            where = f'"{binding.title}" ({binding.class_type})'
            drift.append(f"no node {where} with an input {binding.input} for {binding.field}")
        else:
            bindings.append(replace(binding, node=place))
    return replace(form, bindings=tuple(bindings)), drift


def place_of(graph: Object, binding: Binding, of_its_class: Sequence[str]) -> str | None:
    """The node that a binding means now, among those of its class; None where none is surely meant."""
    # The same number, class and title: unchanged, which is the usual case.
    if _is_there(graph, binding):
        return binding.node
    # Class and input together: either alone fits too many.
    fitting = [node for node in of_its_class if binding.input in graph[node].get("inputs", {})]
    named = [node for node in fitting if title_of(graph, node) == binding.title]
    # One that is alone is surely meant; of several none is, for a wrong one would be set in silence.
    # First by title, which authors choose, then by class alone.
    for candidates in (named, fitting):
        if binding.node in candidates:
            return binding.node
        if len(candidates) == 1:
            return candidates[0]
        if candidates:
            return None
    return None


def _is_there(graph: Object, binding: Binding) -> bool:
    """Whether the node of a binding is what it was."""
    data = graph.get(binding.node, {})
    same = data.get("class_type") == binding.class_type and binding.input in data.get("inputs", {})
    return same and title_of(graph, binding.node) == binding.title


def unique(name: str, taken: Iterable[str]) -> str:
    """``name``, or ``name_2`` and so on when it is taken."""
    taken = set(taken)
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    return free
