"""What a chain names has to be there: each fault with its place and what to write."""

from typing import Any

import pytest

from musings.chains import checking
from musings.chains.definition import Chain
from musings.models import Kind


def faults(*steps: dict[str, Any], **more: Any) -> list[str]:
    chain = Chain.model_validate({"name": "a", "steps": steps, **more})
    return [f"{each.where}: {each.message}" for each in checking.faults(chain)]


POEM = {"name": "poem", "kind": "text", "prompt": "{{idea}}"}
PICTURE = {"name": "picture", "kind": "image", "prompt": "{{poem.text}}"}


def test_a_good_chain_has_none() -> None:
    asked = {"ask": "rule", "rule": [{"value": "{{this.words}}", "at_least": 3}]}
    again = {
        "name": "again",
        "kind": "image",
        "each": "poem.stanzas",
        "times": "{{parameters.n}}",
        "prompt": "{{item}} {{number}} {{picture.seed or poem.seed}}",
        "parameters": {"image": "{{picture.artifact}}"},
        "when": [{"value": "{{poem.mood}}", "not_equals": "sad"}],
    }
    assert faults({**POEM, "gate": asked}, PICTURE, again, parameters={"n": {"default": 2}}) == []


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ({"prompt": "{{poen.text}}"}, "steps.2.prompt: {{poen.text}}: there is no step 'poen' before this one"),
        ({"prompt": "{{poen.text}}"}, "did you mean poem?"),
        ({"prompt": "{{last.text}}"}, "does not come before this step"),
        ({"prompt": "{{poem.artifact}}"}, "poem makes text: write one of poem.text"),
        ({"prompt": "{{poem}}"}, "poem makes text"),
        ({"prompt": "{{idea.text}}"}, "the idea has no fields"),
        ({"prompt": "{{parameters.n}}"}, "no such parameter; it has none"),
        ({"prompt": "{{item}}"}, "set each"),
        ({"prompt": "{{number.text}}"}, "a number has no fields"),
        ({"prompt": "{{this.text}}"}, "for the rule of a gate only"),
        ({"prompt": "{{idea"}, "never closed"),
        ({"parameters": {"image": "{{poem.artifact}}"}}, "steps.2.parameters.image"),
        ({"each": "poem.stanzas", "prompt": "{{item.title}}"}, "has its text only"),
        ({"each": "poem", "prompt": "{{item.artifact}}"}, "item makes text"),
        ({"each": "poem.words"}, "has no list 'words'"),
        ({"each": "nobody"}, "steps.2.each: there is no step 'nobody'"),
        ({"each": "{{poem}}"}, "write the name of a step"),
        ({"after": ["last"]}, "steps.2.after"),
        ({"times": "{{item}}"}, "is of one result"),
        ({"when": [{"value": "{{number}}", "equals": 1}]}, "steps.2.when.1.value"),
        ({"gate": {"ask": "choose"}}, "there is one result only"),
        ({"gate": {"ask": "edit"}}, "only a text can be edited"),
        ({"gate": {"ask": "rule"}}, "steps.2.gate.rule: is missing"),
        ({"gate": {"ask": "approve", "rule": [{"value": "{{this.text}}", "equals": ""}]}}, "this makes image"),
        ({"name": "poem"}, "the name of an earlier step"),
        ({"name": "idea"}, "has a meaning of its own"),
    ],
)  # fmt: skip
def test_each_fault_is_told_with_its_place(step: dict[str, Any], said: str) -> None:
    last = {"name": "last", "kind": "text", "prompt": "x"}
    assert any(said in each for each in faults(POEM, {**PICTURE, **step}, last)), faults(
        POEM, {**PICTURE, **step}, last
    )


def test_a_list_of_a_picture_is_refused() -> None:
    found = faults(POEM, PICTURE, {"name": "c", "kind": "image", "each": "picture.lines", "prompt": "x"})
    assert found == ["steps.3.each: picture makes image, which has no lines"]


def test_all_faults_are_told_at_once() -> None:
    assert len(faults({**POEM, "prompt": "{{x}} {{y}}"}, {**PICTURE, "prompt": "{{z}}"})) == 3


def test_a_default_is_one_of_the_choices() -> None:
    found = faults(POEM, parameters={"n": {"default": 2, "choices": [1, 3]}})
    assert found == ["parameters.n.default: is none of the choices"]


def test_texts_and_media_have_their_own_fields() -> None:
    assert "text" in checking.fields_of(Kind.TEXT)
    assert "text" not in checking.fields_of(Kind.MUSIC)
