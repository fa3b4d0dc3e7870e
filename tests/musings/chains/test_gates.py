"""Gates: approve, edit, choose, by rule; and what is no answer."""

from typing import Any

import pytest

from musings.chains import gates
from musings.chains.definition import ChainStep
from musings.chains.gates import GateAction, GateReply, Verdict
from musings.chains.results import StepResult, TemplateScope
from musings.errors import InvalidInputError

FOUND = [StepResult("a", number, number, text) for number, text in enumerate(("one", "one two", "one two three"), 1)]
SCOPE = TemplateScope("a fox", {"ask": False})
LONG = {"value": "{{this.words}}", "at_least": 2}


def step(**gate: Any) -> ChainStep:
    return ChainStep.model_validate({"name": "a", "kind": "text", "prompt": "x", "times": 3, "gate": gate or None})


def judged(found: ChainStep, answer: GateReply | None = None) -> tuple[Verdict, list[str | None]]:
    verdict, _, kept = gates.judged(found, FOUND, SCOPE, None if answer is None else answer.to_json())
    return verdict, [each.text for each in kept]


ALL = ["one", "one two", "one two three"]


def test_without_a_gate_all_pass() -> None:
    assert judged(step()) == (Verdict.PASSED, ALL)


@pytest.mark.parametrize("ask", ["approve", "edit", "choose"])
def test_a_person_is_asked(ask: str) -> None:
    assert judged(step(ask=ask)) == (Verdict.ASKS, [])


def test_a_rule_that_holds_for_all_asks_nobody() -> None:
    quiet = {"value": "{{parameters.ask}}", "equals": False}
    assert judged(step(ask="edit", rule=[quiet])) == (Verdict.PASSED, ALL)
    assert judged(step(ask="approve", rule=[LONG])) == (Verdict.ASKS, [])


def test_a_rule_keeps_those_for_which_it_holds() -> None:
    assert judged(step(ask="rule", rule=[LONG])) == (Verdict.PASSED, ALL[1:])
    none = {"value": "{{this.words}}", "at_least": 9}
    assert judged(step(ask="rule", rule=[none])) == (Verdict.REFUSED, [])


def test_answers_keep_edit_and_decline() -> None:
    assert judged(step(ask="choose"), GateReply(GateAction.CHOOSE, {}, [1, 3])) == (Verdict.PASSED, [ALL[0], ALL[2]])
    assert judged(step(ask="edit"), GateReply(GateAction.EDIT, {2: "new"}, [])) == (
        Verdict.PASSED,
        ["one", "new", ALL[2]],
    )
    assert judged(step(ask="edit"), GateReply(GateAction.APPROVE, {}, [])) == (Verdict.PASSED, ALL)
    assert judged(step(ask="edit"), GateReply(GateAction.DECLINE, {}, [])) == (Verdict.REFUSED, [])


def test_what_was_deleted_cannot_be_asked_about() -> None:
    found = [StepResult("a", 1, 5, "one", deleted=True)]
    verdict, words, _ = gates.judged(step(ask="approve"), found, SCOPE, None)
    assert (verdict, words) == (Verdict.REFUSED, "Prompt 5 was deleted before its gate was passed.")


@pytest.mark.parametrize(
    ("ask", "answer", "said"),
    [
        ("approve", GateReply(GateAction.CHOOSE, {}, [1]), "the gate asks to approve; take one of approve, decline"),
        ("choose", GateReply(GateAction.APPROVE, {}, []), "the gate asks to choose"),
        ("choose", GateReply(GateAction.CHOOSE, {}, []), "which of the 3 results"),
        ("choose", GateReply(GateAction.CHOOSE, {}, [4]), "there is no result 4; there are 1 to 3"),
        ("edit", GateReply(GateAction.EDIT, {}, []), "write the new text"),
        ("edit", GateReply(GateAction.EDIT, {9: "x"}, []), "there is no result 9"),
        ("edit", GateReply(GateAction.EDIT, {1: "  "}, []), "edits.1: must be 1 to"),
        ("edit", GateReply(GateAction.EDIT, {1: "\0"}, []), "NUL"),
        ("rule", GateReply(GateAction.APPROVE, {}, []), "is no answer here"),
    ],
)
def test_what_does_not_fit_is_refused(ask: str, answer: GateReply, said: str) -> None:
    asked = step(ask=ask, **({"rule": [LONG]} if ask == "rule" else {}))
    with pytest.raises(InvalidInputError, match=said):
        gates.checked(asked, [1, 2, 3], answer)


def test_what_fits_is_taken() -> None:
    answer = GateReply(GateAction.EDIT, {1: "new"}, [])
    assert gates.checked(step(ask="edit"), [1, 2, 3], answer) == answer
