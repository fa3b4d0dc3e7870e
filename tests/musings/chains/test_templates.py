"""Placeholders: what they name, what is refused, and that nothing that is put in is looked at again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from musings.chains.templates import Reference, TemplateError, parse, reference


def rendered(text: str, **values: object) -> object:
    return parse(text).render(lambda found: values[str(found.alternatives[0])])


def test_values_stand_in_the_place_of_their_names() -> None:
    assert rendered("A {{idea}}, {{ idea }}!", idea="fox") == "A fox, fox!"


def test_a_placeholder_alone_gives_the_value_itself() -> None:
    assert rendered("{{idea}}", idea=7) == 7
    assert rendered(" {{idea}}", idea=7) == " 7"
    assert rendered("{{idea}}!", idea=True) == "true!"
    assert rendered("<{{idea}}>", idea=None) == "<>"


def test_what_is_put_in_is_not_looked_at_again() -> None:
    assert rendered("{{idea}}.", idea="{{secret}} and {{") == "{{secret}} and {{."


def test_single_braces_are_left_to_dynamic_prompts_and_two_can_be_written() -> None:
    assert rendered(r"a {red|blue} \{{idea}} fox") == "a {red|blue} {{idea}} fox"


def test_alternatives_are_named_in_their_order() -> None:
    [found] = parse("{{polished.text or poem.text}}").placeholders
    assert found.alternatives == (Reference("polished", "text"), Reference("poem", "text"))
    assert [str(each) for each in parse("{{a.text or b}}{{c}}").references] == ["a.text", "b", "c"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a {{idea", "character 3 are never closed"),
        ("{{}}", "names nothing"),
        ("{{poem.text.more}}", "names nothing"),
        ("{{idea or}}", "names nothing"),
        ("{{__class__}}", "names nothing"),
        ("{{1 + 1}}", "names nothing"),
        ("{{open('x')}}", "names nothing"),
        ("{{Ä}}", "names nothing"),
    ],
)
def test_whatever_is_no_name_is_refused(text: str, said: str) -> None:
    with pytest.raises(TemplateError, match=said):
        parse(text)


def test_a_bare_name_is_read_as_one() -> None:
    assert reference("poem.stanzas") == Reference("poem", "stanzas")
    with pytest.raises(TemplateError):
        reference("{{poem}}")


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_and_words_come_out_as_they_were(text: str) -> None:
    try:
        found = parse(text)
    except TemplateError:
        return
    if "{{" not in text:
        assert found.render(lambda _: "") == text


def test_many_braces_take_no_longer_than_their_length() -> None:
    text = "{" * 20_001
    with pytest.raises(TemplateError):
        parse(text)
