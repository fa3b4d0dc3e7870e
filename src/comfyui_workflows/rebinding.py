"""What became of the fields of a form when its file was exported anew. Pure.

A field is known by where it goes: the class, the title and the input; the id of the node is a hint, because an export
may number all nodes anew. So what somebody keeps under the names of the fields outlives a change of the file.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from comfyui_workflows.form import Binding, Form


@dataclass(frozen=True)
class FormChanges:
    """``names`` says what each field of the earlier form is called now; None for one that is gone.

    ``said`` are sentences for a person: what is called differently, what is at another node, what is gone, what is new.
    """

    names: Mapping[str, str | None] = field(default_factory=dict)
    said: tuple[str, ...] = ()


def changes(before: Form, after: Form) -> FormChanges:
    """What became of each field of ``before``, and which fields of ``after`` are new."""
    places = {
        each.name: [binding for binding in before.bindings if binding.field == each.name] for each in before.fields
    }
    there = {each.name for each in after.fields}
    # A field without a place, such as a script's, is known by its name.
    homes: dict[str, Binding | None] = {name: None for name, mine in places.items() if mine}
    for surer in (_exactly, _by_title, _by_class):
        known: dict[tuple[str, ...], list[Binding]] = defaultdict(list)
        # A place that is surely another's is nobody else's.
        taken = {home.field for home in homes.values() if home is not None}
        for binding in after.bindings:
            if binding.field not in taken:
                known[surer(binding)].append(binding)
        for name in [name for name, home in homes.items() if home is None]:
            homes[name] = next((home for mine in places[name] if (home := _home(mine, known[surer(mine)]))), None)
    said: list[str] = []
    moved: list[str] = []
    names: dict[str, str | None] = {}
    for name, mine in places.items():
        home = homes.get(name)
        names[name] = now = home.field if home else name if not mine and name in there else None
        # Other numbers of nodes last: they change nothing for whoever fills the form.
        (moved if now == name else said).extend(_told(name, now, mine, home))
    known_names = set(names.values())
    new = [f"{each.name} is new." for each in after.fields if each.name not in known_names]
    return FormChanges(names, (*said, *new, *moved))


def _told(name: str, now: str | None, mine: Sequence[Binding], home: Binding | None) -> Iterator[str]:
    if now is None:
        where = ", ".join(f'"{each.title}" ({each.class_type}), {each.input}' for each in mine)
        yield f"{name} is gone: there is no {where or 'such field'} any more."
    elif now != name:
        yield f"{name} is called {now} now."
    elif home and all(home.node != each.node for each in mine):
        yield f"{name} goes to node {home.node} now, which was {mine[0].node}."


def _exactly(binding: Binding) -> tuple[str, ...]:
    return binding.class_type, binding.title, binding.input, binding.node


def _by_title(binding: Binding) -> tuple[str, ...]:
    return binding.class_type, binding.title, binding.input


def _by_class(binding: Binding) -> tuple[str, ...]:
    return binding.class_type, binding.input


def _home(binding: Binding, fitting: Sequence[Binding]) -> Binding | None:
    """The place that is meant: of one field alone, or of the field of the same name."""
    if len({each.field for each in fitting}) == 1:
        return fitting[0]
    # Of several no other one: a wrong one would be set in silence.
    return next((each for each in fitting if each.field == binding.field), None)
