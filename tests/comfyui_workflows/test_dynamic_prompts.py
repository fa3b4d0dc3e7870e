"""Dynamic prompts become what the page would send."""

import pytest

from comfyui_workflows.dynamic_prompts import is_dynamic, resolved


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("a {red|green} cat // note", "a red cat ", "a green cat "),
        ("{a|{b|c}} x", "a x", "c x"),
        ("{solo}", "solo", "solo"),
        (r"\{kept\} {x\|y|z}", "{kept} x|y", "{kept} z"),
        ("see https://x.y/z", "see https:", "see https:"),
        ("a /* over\nlines */ b", "a  b", "a  b"),
        ("one // c\ntwo {p|q}", "one \ntwo p", "one \ntwo q"),
        ('{"json": [1, 2]}', '"json": [1, 2]', '"json": [1, 2]'),
        ("{open", "open", "open"),
        ("close} {a||b}", "close} a", "close} b"),
        ("", "", ""),
    ],
)
def test_a_text_is_resolved_as_on_the_page(text: str, first: str, last: str) -> None:
    assert resolved(text, lambda _: 0) == first
    assert resolved(text, lambda count: count - 1) == last
    if first != text:
        assert is_dynamic(text)


def test_nothing_is_resolved_in_a_plain_text() -> None:
    assert not is_dynamic("a fox, (detailed:1.2), 3/4 view")


@pytest.mark.parametrize("text", ["{" * 100_000, "{a|" * 5_000, "/*" * 50_000, "\\" * 100_001])
def test_a_hostile_text_is_answered_for(text: str) -> None:
    assert isinstance(resolved(text, lambda _: 0), str)
