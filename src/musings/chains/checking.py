"""Whether what a chain names is there: every fault at once, each with its place and what to write instead. Pure."""

import difflib
from collections.abc import Iterator, Mapping, Sequence

from musings.chains.definition import Chain, ChainStep, StepCondition
from musings.chains.templates import Reference, TemplateError, parse, reference
from musings.errors import Fault
from musings.models import Kind

RESERVED = ("idea", "item", "number", "parameters", "this", "or")
TEXT_FIELDS = ("text", "title", "mood", "seed", "words", "lines", "count")
MEDIA_FIELDS = ("artifact", "seed", "count")
PARTS = ("stanzas", "lines")
"""What the text of a step can be taken apart into, by ``each``."""


def faults(chain: Chain) -> list[Fault]:
    """What is wrong with a chain whose shape is right; nothing where it may be run."""
    found = []
    # In the order of the file, which is what keeps a chain from going in circles.
    before: dict[str, ChainStep] = {}
    for place, step in enumerate(chain.steps):
        where = f"steps.{place + 1}"
        if step.name in RESERVED:
            found.append(Fault(f"{where}.name", f"{step.name!r} has a meaning of its own: choose another name"))
        if step.name in before:
            found.append(Fault(f"{where}.name", f"{step.name!r} is the name of an earlier step: each needs its own"))
        found += _Names(chain, step, before).faults(where)
        before[step.name] = step
    return [*found, *_of_parameters(chain)]


def fields_of(kind: Kind) -> Sequence[str]:
    """What can be said of one result of a kind."""
    return TEXT_FIELDS if kind is Kind.TEXT else MEDIA_FIELDS


class _Names:
    """What one step may name: the idea, parameters, the steps before it, the item of ``each``, its number."""

    def __init__(self, chain: Chain, step: ChainStep, before: Mapping[str, ChainStep]) -> None:
        self._chain = chain
        self._step = step
        self._before = before

    def faults(self, where: str) -> Iterator[Fault]:
        step = self._step
        yield from self._of_text(f"{where}.prompt", step.prompt)
        for name, value in step.parameters.items():
            if isinstance(value, str):
                yield from self._of_text(f"{where}.parameters.{name}", value)
        if isinstance(step.times, str):
            yield from self._of_text(f"{where}.times", step.times, alone=True)
        for name in step.after:
            if name not in self._before:
                yield Fault(f"{where}.after", self._no_step(name))
        yield from self._of_each(f"{where}.each")
        yield from self._of_conditions(f"{where}.when", step.when, alone=True)
        yield from self._of_gate(f"{where}.gate")

    def _of_each(self, where: str) -> Iterator[Fault]:
        if self._step.each is None:
            return
        try:
            named = reference(self._step.each)
        except TemplateError:
            yield Fault(where, "write the name of a step, or STEP.stanzas or STEP.lines")
            return
        source = self._before.get(named.name)
        if source is None:
            yield Fault(where, self._no_step(named.name))
        elif named.field is not None and named.field not in PARTS:
            yield Fault(
                where, f"a step has no list {named.field!r}: write {named.name}, {named.name}.stanzas or .lines"
            )
        elif named.field is not None and source.makes is not Kind.TEXT:
            yield Fault(where, f"{named.name} makes {source.makes}, which has no {named.field}")

    def _of_gate(self, where: str) -> Iterator[Fault]:
        gate = self._step.gate
        if gate is None:
            return
        if gate.ask == "choose" and self._step.each is None and self._step.times == 1:
            yield Fault(f"{where}.ask", "there is one result only: set times or each, or ask to approve it")
        if gate.ask == "edit" and self._step.makes is not Kind.TEXT:
            yield Fault(f"{where}.ask", f"only a text can be edited, and this step makes {self._step.makes}")
        if gate.ask == "rule" and not gate.rule:
            yield Fault(f"{where}.rule", "is missing: say what must be true of a result")
        yield from self._of_conditions(f"{where}.rule", gate.rule, this=True)

    def _of_conditions(
        self, where: str, conditions: Sequence[StepCondition], *, alone: bool = False, this: bool = False
    ) -> Iterator[Fault]:
        for place, each in enumerate(conditions):
            yield from self._of_text(f"{where}.{place + 1}.value", each.value, alone=alone, this=this)

    def _of_text(self, where: str, text: str, *, alone: bool = False, this: bool = False) -> Iterator[Fault]:
        """``alone``: it is about the whole step, not about one of its results. ``this``: about a result."""
        try:
            found = parse(text)
        except TemplateError as error:
            yield Fault(where, str(error))
            return
        # Each name once: a text may use it often, and one line about it is enough.
        for named in dict.fromkeys(found.references):
            if (said := self._wrong(named, alone=alone, this=this)) is not None:
                yield Fault(where, f"{{{{{named}}}}}: {said}")

    def _wrong(self, named: Reference, *, alone: bool, this: bool) -> str | None:
        if named.name == "idea":
            return None if named.field is None else "the idea has no fields: write {{idea}}"
        if named.name == "parameters":
            return self._wrong_parameter(named)
        if named.name == "this":
            return _wrong_field(named, self._step.makes) if this else "is for the rule of a gate only"
        if named.name in ("item", "number"):
            return self._wrong_item(named, alone=alone or this)
        source = self._before.get(named.name)
        return self._no_step(named.name) if source is None else _wrong_field(named, source.makes)

    def _wrong_parameter(self, named: Reference) -> str | None:
        if named.field in self._chain.parameters:
            return None
        known = ", ".join(f"parameters.{each}" for each in self._chain.parameters) or "none"
        return f"the chain has no such parameter; it has {known}"

    def _wrong_item(self, named: Reference, *, alone: bool) -> str | None:
        if alone:
            return "is of one result, and this is about all of them"
        if named.name == "number":
            return None if named.field is None else "a number has no fields: write {{number}}"
        if self._step.each is None:
            return "the step is not made for each of anything: set each"
        source = self._before.get(self._step.each.partition(".")[0])
        if "." in self._step.each:
            return None if named.field in (None, "text") else "a part of a text has its text only: write {{item}}"
        return None if source is None else _wrong_field(named, source.makes)

    def _no_step(self, name: str) -> str:
        if any(each.name == name for each in self._chain.steps):
            return f"{name!r} does not come before this step: a step may name earlier ones only"
        near = difflib.get_close_matches(name, [*self._before, *RESERVED[:4]], 1)
        return f"there is no step {name!r} before this one" + (f"; did you mean {near[0]}?" if near else "")


def _wrong_field(named: Reference, kind: Kind) -> str | None:
    known = fields_of(kind)
    if named.field in known:
        return None
    return f"{named.name} makes {kind}: write one of {', '.join(f'{named.name}.{each}' for each in known)}"


def _of_parameters(chain: Chain) -> Iterator[Fault]:
    for name, parameter in chain.parameters.items():
        if parameter.choices and parameter.default not in parameter.choices:
            yield Fault(f"parameters.{name}.default", "is none of the choices")
