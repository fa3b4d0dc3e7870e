"""What placeholders stand for: the results of earlier steps, the idea, the parameters of a run. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from musings.chains.definition import StepCondition
from musings.chains.templates import Reference, TemplatePlaceholder, parse
from musings.models import Json, JsonObject
from musings.store.chains.steps import StepRow

_BLANK_LINES = re.compile(r"\n\s*\n")


class NothingThere(Exception):
    """What is named belongs to steps that were skipped."""


class ResultGone(Exception):
    """The prompt with that result was deleted. ``step`` is whose."""

    def __init__(self, step: str, prompt_id: int | None) -> None:
        super().__init__(step)
        self.step = step
        self.prompt_id = prompt_id


@dataclass(frozen=True)
class StepResult:
    """What one prompt of a step has made. ``edited``: a person has changed its text at a gate."""

    step: str
    number: int
    prompt_id: int | None
    text: str | None = None
    title: str | None = None
    mood: str | None = None
    artifact: int | None = None
    seed: int | None = None
    deleted: bool = False
    edited: bool = False

    def with_text(self, text: str) -> "StepResult":
        return replace(self, text=text, edited=True)

    def value(self, name: str) -> Json:
        """One of the fields that ``checking.fields_of`` lists. Raises ``ResultGone``."""
        if self.deleted:
            raise ResultGone(self.step, self.prompt_id)
        if name == "artifact":
            return None if self.artifact is None else f"artifact:{self.artifact}"
        if name == "words":
            return len((self.text or "").split())
        if name == "lines":
            return len([each for each in (self.text or "").splitlines() if each.strip()])
        if name == "count":
            return 1
        return {"text": self.text, "title": self.title, "mood": self.mood, "seed": self.seed}[name]


def result_of(row: StepRow) -> StepResult:
    """The result of a prompt that has completed."""
    return StepResult(
        row.step, row.number, row.prompt_id, row.text, row.title, row.mood, row.artifact, row.seed, row.deleted
    )


def part_of(text: str, name: str) -> list[str]:
    """The ``stanzas`` or the ``lines`` of a text, without those that are blank."""
    parts = _BLANK_LINES.split(text.replace("\r\n", "\n")) if name == "stanzas" else text.splitlines()
    return [each.strip() for each in parts if each.strip()]


@dataclass(frozen=True)
class TemplateScope:
    """What there is to be named. ``steps`` has the results of the steps that are done; one that was skipped has None.

    ``item`` is a part of a text or a result; ``this`` is the result that a rule is about.
    """

    idea: str
    parameters: JsonObject
    steps: Mapping[str, Sequence[StepResult] | None] = field(default_factory=dict)
    item: str | StepResult | None = None
    number: int = 1
    this: StepResult | None = None

    def render(self, text: str) -> Json:
        """A text with values in place. Raises ``NothingThere`` and ``ResultGone``."""
        return parse(text).render(self._value)

    def words(self, text: str) -> str:
        """The same as words."""
        found = self.render(text)
        return str(found).lower() if isinstance(found, bool) else "" if found is None else str(found)

    def holds(self, conditions: Sequence[StepCondition]) -> bool:
        """Whether all of them are true. Raises as :meth:`render`."""
        return all(_holds(each, self.words(each.value)) for each in conditions)

    def _value(self, found: TemplatePlaceholder) -> Json:
        for named in found.alternatives:
            if named.name not in self.steps or self.steps[named.name] is not None:
                return self._one(named)
        raise NothingThere

    def _one(self, named: Reference) -> Json:
        if named.name == "idea":
            return self.idea
        if named.name == "number":
            return self.number
        if named.name == "parameters":
            return self.parameters.get(named.field or "")
        if named.name in ("item", "this"):
            of = self.item if named.name == "item" else self.this
            return of.value(named.field or "text") if isinstance(of, StepResult) else of
        return _of_all(self.steps[named.name] or (), named.field or "text")


def _of_all(results: Sequence[StepResult], name: str) -> Json:
    """One value for all results of a step: their texts together, their number, else that of the first."""
    values = [each.value(name) for each in results]
    if name in ("text", "title"):
        return ("\n\n" if name == "text" else ", ").join(each for each in values if each)
    if name in ("words", "lines", "count"):
        return sum(values)
    return values[0] if values else None


def _holds(condition: StepCondition, found: str) -> bool:
    [name] = condition.operators
    wanted = getattr(condition, name)
    plain = found.strip().casefold()
    if name in ("at_least", "at_most"):
        number = _number(found)
        return number is not None and (number >= wanted if name == "at_least" else number <= wanted)
    if name == "is_empty":
        return (not plain) is bool(wanted)
    if name == "contains":
        return str(wanted).casefold() in plain
    if name == "one_of":
        return plain in [_plain(each) for each in wanted]
    return (plain == _plain(wanted)) is (name == "equals")


def _plain(value: Json) -> str:
    return str(value).strip().casefold()


def _number(found: str) -> float | None:
    try:
        return float(found)
    except ValueError:
        return None
