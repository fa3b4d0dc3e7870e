"""What a server writes is bounded in depth, holds text that is text, and is the table that its readers expect."""

import json

import pytest

from musings.makers.comfyui.foreign_json import MOST_DEEP, node_table, parsed
from tests.musings.makers.comfyui.odd_answers import nested


def test_what_is_in_order_is_as_it_was() -> None:
    value = {"a": [1, 2.5, None, True, "ü🦊"], "b": [{"c": []}] * 300}
    for ascii_only in (True, False):
        text = json.dumps(value, ensure_ascii=ascii_only)
        assert parsed(text) == parsed(text.encode()) == value


@pytest.mark.parametrize("content", ["", "{", b"\xff", "nul", "[1]]", "9" * 5_000])
def test_what_is_no_json_is_refused(content: str | bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parsed(content)


def test_a_depth_is_the_deepest() -> None:
    assert parsed(json.dumps(nested(1, MOST_DEEP))) == nested(1, MOST_DEEP)
    for deep in (MOST_DEEP + 1, 900, 100_000):
        with pytest.raises(ValueError, match="deep"):
            parsed("[" * deep + "1" + "]" * deep)


def test_half_a_pair_becomes_a_sign_that_can_be_written() -> None:
    found = parsed('{"\\uD83D": ["a\\ud800b", "\\ud83e\\udd8a"], "\\\\ud800": 1}')
    assert found == {"\ufffd": ["a\ufffdb", "🦊"], "\\ud800": 1}
    json.dumps(found, ensure_ascii=False).encode()


def test_a_table_of_classes_holds_nothing_else() -> None:
    good = {"input": {"required": {"x": ["INT", {}]}}, "output": ["IMAGE"]}
    odd = {"A": good, "B": 3, "C": {"input": []}, "D": {"input": {"required": 3, "optional": {"y": ["INT"]}}}, "E": {}}
    assert node_table(odd) == {"A": good, "C": {"input": {}}, "D": {"input": {"optional": {"y": ["INT"]}}}, "E": {}}
    assert node_table({}) == {}
    with pytest.raises(ValueError, match="no"):
        node_table({"detail": "Not found"})
