"""The shape of a chain: kinds and types, one operator in a condition, and bounds that hold whoever wrote it."""

import pytest
from pydantic import ValidationError

from musings.chains.definition import MOST_STEPS, Chain, ChainStep, StepCondition
from musings.models import Kind


def test_a_kind_stands_for_its_first_type_and_a_type_says_its_kind() -> None:
    named = ChainStep(name="a", kind=Kind.IMAGE, prompt="x")
    typed = ChainStep(name="a", type="lyrics_prompt", prompt="x", title="Words")
    assert (named.prompt_type, named.makes, named.words) == ("image", Kind.IMAGE, "a")
    assert (typed.prompt_type, typed.makes, typed.words) == ("lyrics_prompt", Kind.MUSIC, "Words")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"prompt": "x"}, "needs a kind"),
        ({"prompt": "x", "type": "opera"}, "no prompt type"),
        ({"prompt": "x", "type": "poem", "kind": "image"}, "belongs to the kind text"),
        ({"prompt": "", "kind": "text"}, "at least 1 character"),
        ({"prompt": "x", "kind": "text", "times": 17}, "less than or equal to 16"),
        ({"prompt": "x", "kind": "text", "most": 101}, "less than or equal to 100"),
        ({"prompt": "x", "kind": "text", "gate": {"ask": "maybe"}}, "pattern"),
    ],
)
def test_a_step_that_cannot_be_is_refused(given: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        ChainStep.model_validate({"name": "a", **given})


@pytest.mark.parametrize("given", [{}, {"equals": 1, "contains": "x"}])
def test_a_condition_has_one_operator(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="needs one of"):
        StepCondition.model_validate({"value": "{{idea}}", **given})


def test_false_is_an_operand_like_any_other() -> None:
    assert StepCondition(value="x", equals=False).operators == ["equals"]


def test_a_chain_has_steps_and_not_too_many() -> None:
    step = {"name": "a", "kind": "text", "prompt": "x"}
    for count in (0, MOST_STEPS + 1):
        with pytest.raises(ValidationError, match=r"at (least|most)"):
            Chain.model_validate({"name": "many", "steps": [step] * count})
    chain = Chain.model_validate({"name": "one", "steps": [step]})
    assert chain.step("a") is chain.steps[0]
    assert chain.step("b") is None
