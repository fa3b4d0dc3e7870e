"""What placeholders stand for, and conditions over them."""

from typing import Any

import pytest

from musings.chains.definition import StepCondition
from musings.chains.results import NothingThere, ResultGone, StepResult, TemplateScope, part_of, result_of
from musings.store.chains.steps import StepOutcome, StepRow

VERSE = "one two\nthree\n\n\nfour"
POEM = StepResult("poem", 1, 3, VERSE, "Numbers", "calm", None, 7)
SECOND = StepResult("poem", 2, 4, "five", "More", "wild", None, 8)
PICTURE = StepResult("picture", 1, 5, artifact=9, seed=11)
SCOPE = TemplateScope("a fox", {"n": 2, "on": True}, {"poem": [POEM, SECOND], "picture": [PICTURE], "skipped": None})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{{idea}}", "a fox"),
        ("{{parameters.n}}", 2),
        ("{{poem.text}}", f"{VERSE}\n\nfive"),
        ("{{poem.title}}", "Numbers, More"),
        ("{{poem.mood}}", "calm"),
        ("{{poem.seed}}", 7),
        ("{{poem.words}}", 5),
        ("{{poem.lines}}", 4),
        ("{{poem.count}}", 2),
        ("{{picture.artifact}}", "artifact:9"),
        ("{{skipped.text or poem.mood}}", "calm"),
        ("{{number}}", 1),
    ],
)
def test_each_name_has_its_value(text: str, value: object) -> None:
    assert SCOPE.render(text) == value


def test_the_item_is_a_part_of_a_text_or_a_result() -> None:
    part, whole = TemplateScope("", {}, item="a stanza"), TemplateScope("", {}, item=POEM)
    assert (part.render("{{item}}"), part.render("{{item.text}}")) == ("a stanza", "a stanza")
    assert whole.render("{{item.title}}") == "Numbers"


def test_what_only_skipped_steps_have_is_nowhere() -> None:
    with pytest.raises(NothingThere):
        SCOPE.render("{{skipped.text}}")


def test_what_was_deleted_is_named_when_it_is_needed_and_not_before() -> None:
    gone = StepResult("poem", 1, 3, "words", deleted=True)
    scope = TemplateScope("a fox", {}, {"poem": [gone]})
    assert scope.render("{{idea}}") == "a fox"
    with pytest.raises(ResultGone) as caught:
        scope.render("{{poem.text}}")
    assert (caught.value.step, caught.value.prompt_id) == ("poem", 3)


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ({"value": "{{poem.mood}}", "equals": "Calm"}, True),
        ({"value": "{{poem.mood}}", "not_equals": "calm"}, False),
        ({"value": "{{poem.text}}", "contains": "THREE"}, True),
        ({"value": "{{poem.mood}}", "one_of": ["wild", "calm"]}, True),
        ({"value": "{{poem.words}}", "at_least": 5}, True),
        ({"value": "{{poem.words}}", "at_least": 6}, False),
        ({"value": "{{poem.words}}", "at_most": 5}, True),
        ({"value": "{{poem.mood}}", "at_most": 5}, False),
        ({"value": "{{parameters.on}}", "equals": True}, True),
        ({"value": "{{parameters.n}}", "equals": 2}, True),
        ({"value": "{{parameters.missing}}", "is_empty": True}, True),
        ({"value": "{{poem.mood}}", "is_empty": False}, True),
    ],
)
def test_conditions(condition: dict[str, Any], holds: bool) -> None:
    assert SCOPE.holds([StepCondition.model_validate(condition)]) is holds


def test_all_conditions_have_to_hold() -> None:
    true, false = StepCondition(value="x", equals="x"), StepCondition(value="x", equals="y")
    assert SCOPE.holds([])
    assert not SCOPE.holds([true, false])


def test_a_text_has_stanzas_and_lines_without_the_blank_ones() -> None:
    assert part_of(VERSE, "stanzas") == ["one two\nthree", "four"]
    assert part_of(VERSE, "lines") == ["one two", "three", "four"]
    assert part_of("a\r\n\r\nb", "stanzas") == ["a", "b"]
    assert part_of(" \n ", "stanzas") == []


def test_a_row_becomes_a_result() -> None:
    row = StepRow(1, "poem", 2, 3, StepOutcome.PROMPT, 8, text="t", title="T", mood="m", artifact=4, seed=5)
    assert result_of(row) == StepResult("poem", 2, 8, "t", "T", "m", 4, 5)
    assert result_of(row).with_text("new").text == "new"
