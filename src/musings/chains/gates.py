"""Gates: what a rule or a person says about the results of a step before later steps may use them. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from musings.chains.definition import ChainStep
from musings.chains.results import NothingThere, ResultGone, StepResult, TemplateScope
from musings.errors import Fault, InvalidInputError
from musings.models import JsonObject
from musings.requests.intake import TEXT_CHARACTERS, check_words


class Verdict(StrEnum):
    PASSED = "passed"
    ASKS = "asks"
    REFUSED = "refused"


class GateAction(StrEnum):
    """What a person may say. ``edit`` approves the texts as they are edited, ``choose`` keeps some results only."""

    APPROVE = "approve"
    EDIT = "edit"
    CHOOSE = "choose"
    DECLINE = "decline"


ALLOWED: Mapping[str, Sequence[GateAction]] = {
    "approve": (GateAction.APPROVE, GateAction.DECLINE),
    "edit": (GateAction.EDIT, GateAction.APPROVE, GateAction.DECLINE),
    "choose": (GateAction.CHOOSE, GateAction.DECLINE),
}
"""What may be answered, by what a gate asks."""


@dataclass(frozen=True)
class GateReply:
    """``edits`` are texts by the number of the result; ``numbers`` are the results that were chosen."""

    action: GateAction
    edits: Mapping[int, str]
    numbers: Sequence[int]

    def to_json(self) -> dict[str, Any]:
        edits = {str(number): text for number, text in self.edits.items()}
        return {"action": self.action.value, "edits": edits, "numbers": list(self.numbers)}


def judged(
    step: ChainStep, found: Sequence[StepResult], scope: TemplateScope, answer: JsonObject | None
) -> tuple[Verdict, str, Sequence[StepResult]]:
    """Whether a step may go on, words for why not, and the results that later steps use."""
    gate = step.gate
    if gate is None:
        return Verdict.PASSED, "", found
    if answer is not None:
        return _by_answer(found, answer)
    # An answer that was given stays good; to ask about what nobody can look at makes no sense.
    gone = next((each for each in found if each.deleted), None)
    if gone is not None:
        return Verdict.REFUSED, f"Prompt {gone.prompt_id or 'of it'} was deleted before its gate was passed.", ()
    fitting = [each for each in found if gate.rule and _fits(step, each, scope)]
    if gate.ask == "rule":
        if fitting:
            return Verdict.PASSED, "", fitting
        return Verdict.REFUSED, f"The rule of its gate holds for none of its {len(found)} results.", ()
    if len(fitting) == len(found):
        return Verdict.PASSED, "", found
    return Verdict.ASKS, "", ()


def checked(step: ChainStep, found: Sequence[int], answer: GateReply) -> GateReply:
    """An answer that fits what the gate of a step asks, of whose results ``found`` are the numbers.

    Raises ``InvalidInputError``.
    """
    asked = step.gate.ask if step.gate is not None else ""
    allowed = ALLOWED.get(asked, ())
    if answer.action not in allowed:
        message = f"{answer.action} is no answer here: the gate asks to {asked}; take one of {', '.join(allowed)}"
        raise InvalidInputError([Fault("action", message)])
    if answer.action is GateAction.CHOOSE and not answer.numbers:
        raise InvalidInputError([Fault("numbers", f"say which of the {len(found)} results to keep")])
    if answer.action is GateAction.EDIT and not answer.edits:
        raise InvalidInputError([Fault("edits", "is empty: write the new text, or approve what is there")])
    for name, numbers in (("numbers", answer.numbers), ("edits", answer.edits)):
        if strange := sorted(set(numbers) - set(found)):
            raise InvalidInputError([Fault(name, f"there is no result {strange[0]}; there are 1 to {len(found)}")])
    for number, text in answer.edits.items():
        check_words(f"edits.{number}", text)
        if not text.strip() or len(text) > TEXT_CHARACTERS:
            raise InvalidInputError([Fault(f"edits.{number}", f"must be 1 to {TEXT_CHARACTERS:,} characters")])
    return answer


def _fits(step: ChainStep, found: StepResult, scope: TemplateScope) -> bool:
    try:
        return TemplateScope(scope.idea, scope.parameters, scope.steps, this=found).holds(
            step.gate.rule if step.gate else ()
        )
    except (NothingThere, ResultGone):
        return False


def _by_answer(found: Sequence[StepResult], answer: JsonObject) -> tuple[Verdict, str, Sequence[StepResult]]:
    action = answer.get("action")
    if action == GateAction.DECLINE:
        return Verdict.REFUSED, "It was declined at its gate.", ()
    if action == GateAction.CHOOSE:
        return Verdict.PASSED, "", [each for each in found if each.number in answer.get("numbers", ())]
    edits = answer.get("edits") or {}
    return (
        Verdict.PASSED,
        "",
        [each.with_text(edits[str(each.number)]) if str(each.number) in edits else each for each in found],
    )
