"""A choice that brings inputs of its own: its options in the form, and the graph with another one."""

from typing import Any

import pytest

from comfyui_workflows.brought_inputs import brought, changed
from comfyui_workflows.checking import check
from comfyui_workflows.errors import FormError
from comfyui_workflows.template import form_of
from tests.musings.makers.comfyui.graphs import Graph, node


def option(key: str, **inputs: Any) -> dict[str, Any]:
    return {"key": key, "inputs": {"required": inputs}}


GROWS = ["COMFY_AUTOGROW_V3", {"template": {"input": {"required": {"image": ["IMAGE", {}]}}, "prefix": "image_"}}]
EXTRA = ["COMFY_DYNAMICCOMBO_V3", {"options": [option("plain"), option("fine", grain=["FLOAT", {"default": 0.5}])]}]
WORDS = ["STRING", {"multiline": True, "default": ""}]
SMALL = option(
    "small",
    prompt=WORDS,
    resolution=["COMBO", {"options": ["480p", "720p"], "default": "480p"}],
    duration=["INT", {"default": 5, "min": 1, "max": 10}],
    seed=["INT", {"default": 0}],
    images=GROWS,
)
LARGE = option(
    "large",
    prompt=WORDS,
    resolution=["COMBO", {"options": ["720p", "4k"], "default": "4k"}],
    duration=["INT", {"default": 20, "min": 15, "max": 30}],
    images=GROWS,
    extra=EXTRA,
)
TABLE: dict[str, Any] = {
    "Painter": {
        "input": {"required": {"model": ["COMFY_DYNAMICCOMBO_V3", {"options": [SMALL, LARGE, option("bare")]}]}},
        "output": ["IMAGE"],
        "api_node": True,
    },
    "LoadImage": {"input": {"required": {"image": [["a.png"], {"image_upload": True}]}}, "output": ["IMAGE"]},
    "SaveImage": {"input": {"required": {"images": ["IMAGE"]}}, "output": [], "output_node": True},
}


def graph() -> Graph:
    given = {"prompt": "a fox", "resolution": "720p", "duration": 7, "seed": 3, "images.image_0": ["2", 0]}
    inputs = {"model": "small", **{f"model.{name}": value for name, value in given.items()}}
    loader = node("LoadImage", image="a.png")
    return {"1": node("Painter", **inputs), "2": loader, "3": node("SaveImage", images=["1", 0])}


def filled(**values: Any) -> dict[str, Any]:
    """The inputs of the painter, with the defaults of the form and these values, as a prompt sends them."""
    workflow = form_of("a.json", graph(), TABLE)
    defaults = {each.name: each.default for each in workflow.form.fields}
    made = workflow.fill({**defaults, **values})
    assert check(made, TABLE) == []
    inputs: dict[str, Any] = made["1"]["inputs"]
    return {name.removeprefix("model."): value for name, value in inputs.items()}


def test_the_options_are_the_choices_of_a_field() -> None:
    form = form_of("a.json", graph(), TABLE).form
    field = next(each for each in form.fields if each.name == "model")
    assert (field.type, field.default, field.choices) == ("choice", "small", ("small", "large", "bare"))
    assert "another choice begins with settings of its own" in field.help


def test_what_the_file_has_stays_where_the_option_takes_it() -> None:
    assert filled(model="large") == {
        "model": "large",
        "prompt": "a fox",
        "resolution": "720p",
        "images.image_0": ["2", 0],
        "duration": 20,
        "extra": "plain",
    }


def test_what_is_set_beside_goes_into_what_the_option_brings() -> None:
    found = filled(model="large", prompt="an owl", duration=25)
    assert (found["prompt"], found["duration"], found["resolution"]) == ("an owl", 25, "720p")


def test_the_same_option_changes_nothing() -> None:
    assert filled(seed=3) == {name.removeprefix("model."): each for name, each in graph()["1"]["inputs"].items()}


def test_a_value_that_has_no_place_any_more_is_refused_and_a_drawn_seed_is_not() -> None:
    assert filled(model="bare", seed=9) == {"model": "bare"}
    with pytest.raises(FormError, match=r"there is no model\.duration, so duration cannot be set"):
        filled(model="bare", duration=9)


def test_an_ordinary_input_brings_nothing() -> None:
    assert brought(graph(), TABLE, "2", "image") == {}
    assert brought(graph(), None, "1", "model") == {}


def test_a_nested_choice_keeps_what_it_had() -> None:
    inner = graph()
    inner["1"]["inputs"] |= {"model": "large", "model.extra": "fine", "model.extra.grain": 0.25}
    assert brought(inner, TABLE, "1", "model")["large"]["model.extra.grain"] == 0.25
    inputs = dict(inner["1"]["inputs"])
    changed(inputs, "model", brought(inner, TABLE, "1", "model"), "bare")
    assert inputs == {"model": "bare"}
