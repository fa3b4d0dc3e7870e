"""JSON as Python writes it."""

import pytest

from comfyui_workflows.json_types import loads


def test_what_is_no_json_number_is_none() -> None:
    assert loads('{"a": NaN, "b": [Infinity, -Infinity, 1]}') == {"a": None, "b": [None, None, 1]}
    assert loads(b'"a"') == "a"


def test_anything_else_is_an_error() -> None:
    with pytest.raises(ValueError, match="Expecting"):
        loads("{")
