"""What people's files are, and where the graph is in them."""

import json
from collections.abc import Callable

import pytest

from comfyui_workflows.errors import WorkflowError
from comfyui_workflows.graph import format_of, read
from tests.musings.makers.comfyui.graphs import picture


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '"a"', '{"a": 1}', "3", "[" * 100_000, "/*" * 500_000, "{" + '"' * 500_001]
)
def test_what_is_no_workflow(text: str) -> None:
    with pytest.raises(WorkflowError, match=r"a.json") as caught:
        format_of("a.json", text)
    assert "Export (API)" in str(caught.value.hint)


def test_a_whole_post_body_is_taken_too() -> None:
    assert read("a.json", json.dumps({"prompt": picture(), "client_id": "x"})) == picture()


def test_nan_in_a_file() -> None:
    assert read("a.json", '{"1": {"class_type": "A", "inputs": {"x": NaN}}}')["1"]["inputs"]["x"] is None


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("{", "{ // what it is\n", 1),
        lambda text: f'/* mine, "quoted" */ {text}',
        lambda text: f"{text[:-1]}, }}",
        lambda text: f'{text[:-1]}, "_comment": "http://x // y, }}"}}',
        lambda text: f'{text[:-1]}, "extra": {{"ds": {{"scale": 1}}}}, "version": 0.4, "//": []}}',
    ],
)
def test_what_people_write_beside_the_nodes_is_let_be(change: Callable[[str], str]) -> None:
    plain = picture(prefix="a // b, } /* c */")
    assert read("a.json", change(json.dumps(plain))) == plain
