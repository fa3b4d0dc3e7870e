"""The places of a node's values, as its class tells them."""

from typing import Any

import pytest

from comfyui_workflows.widgets import NOTHING, Widget, added_by, declared, default_of, grown, of_class

SEED = ["INT", {"control_after_generate": True}]


def names(**required: Any) -> list[str]:
    return [widget.name for widget in of_class({"input": {"required": required}})]


def test_a_control_stands_behind_a_number_that_has_one() -> None:
    assert names(seed=["INT", {}], steps=["INT", {}]) == ["seed", "seed control", "steps"]
    assert names(seed=["INT", {"control_after_generate": False}]) == ["seed"]
    assert names(value=SEED, x=["FLOAT", {"control_after_generate": "fixed"}]) == [
        "value",
        "value control",
        "x",
        "x control",
    ]
    # Letters to search the choices by have a place too.
    assert names(name=[["a"], {"control_after_generate": True}]) == ["name", "name control", "name filter"]


def test_links_and_inputs_that_are_forced_have_no_place() -> None:
    assert names(image=["IMAGE"], text=["STRING", {"forceInput": True}], width=["INT", {}]) == ["width"]


def test_the_button_of_an_upload_stands_behind_what_is_required() -> None:
    known = {"input": {"required": {"image": [["a.png"], {"image_upload": True}]}, "optional": {"n": ["INT", {}]}}}
    assert [widget.name for widget in of_class(known)] == ["image", "upload", "n"]


def test_the_order_is_that_of_the_page() -> None:
    inputs = {"optional": {"c": ["INT"]}, "required": {"a": ["INT"], "b": ["INT"]}}
    assert list(declared({"input": inputs})) == ["a", "b", "c"]
    order = {"required": ["b", "gone"], "optional": ["c"]}
    assert list(declared({"input": inputs, "input_order": order})) == ["b", "c", "a"]


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (["COMBO", {"options": [5, 10]}], 5),
        (["COMBO", {"options": ["a", "b"], "default": "b"}], "b"),
        (["COMBO", {"options": ["a"], "default": ""}], "a"),
        ([[], {}], NOTHING),
        (["COMBO", {"options": []}], NOTHING),
        (["COMBO", {"remote": {}}], NOTHING),
        (["FLOAT,INT", {"widgetType": "FLOAT"}], 0.0),
        (["COLOR", {}], "#000000"),
        (["INT", {"default": None}], 0),
    ],
)
def test_an_empty_widget_has_its_default(spec: list[Any], expected: Any) -> None:
    [widget] = [each for each in of_class({"input": {"required": {"x": spec}}}) if each.sent]
    assert default_of(widget) == expected


def test_a_choice_brings_its_inputs_to_any_depth() -> None:
    inner = {"options": [{"key": "on", "inputs": {"required": {"crf": ["FLOAT", {}]}}}, {"key": "off", "inputs": {}}]}
    spec = [
        "COMFY_DYNAMICCOMBO_V3",
        {"options": [{"key": "h264", "inputs": {"required": {"more": [*spec_of(inner)]}}}]},
    ]
    [more] = added_by(Widget("codec", "COMFY_DYNAMICCOMBO_V3", spec), "h264")
    assert more.name == "codec.more"
    assert [each.name for each in added_by(more, "on")] == ["codec.more.crf"]
    assert added_by(more, "off") == added_by(more, ["on"]) == []


def spec_of(options: dict[str, Any]) -> list[Any]:
    return ["COMFY_DYNAMICCOMBO_V3", options]


def test_a_group_grows_by_numbers_or_by_names() -> None:
    image = {"required": {"image": ["IMAGE", {}]}}
    assert list(grown("images", ["X", {"template": {"input": image, "prefix": "image", "max": 2}}])) == [
        "images.image0",
        "images.image1",
    ]
    assert list(grown("values", ["X", {"template": {"input": image, "names": ["a", "b"]}}])) == ["values.a", "values.b"]


@pytest.mark.parametrize(
    "known",
    [
        {},
        {"input": None},
        {"input": {"required": [1]}},
        {"input": {"required": {"a": None, "b": [], "c": [None], "d": {"x": 1}, "e": ["INT", 3]}}},
        {"input": {"required": {"a": ["COMBO", {"options": 3}], "b": ["COMFY_DYNAMICCOMBO_V3", {"options": [1]}]}}},
        {"input": {}, "input_order": 7},
        {"input": {"required": {"a": ["INT"]}}, "input_order": {"required": [["a"], 3]}},
    ],
)
def test_an_odd_class_has_the_widgets_that_can_be_told(known: Any) -> None:
    assert all(isinstance(default_of(widget), object) for widget in of_class(known))
