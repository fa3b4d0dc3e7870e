"""Values are found by their places, as the page finds them, and sent as it sends them."""

from typing import Any

import pytest

from comfyui_workflows.saved_values import as_sent, values_of, written
from comfyui_workflows.widgets import NOTHING, Widget
from tests.comfyui_workflows.saved_files import INFO

TEXT = Widget("text", "STRING", ["STRING", {"multiline": True}])


def found(class_type: str, values: Any, known: Any = None, **node: Any) -> dict[str, Any]:
    told = values_of({"widgets_values": values, **node}, known or INFO[class_type], class_type)
    return {widget.name: value for widget, value in told if value is not NOTHING}


def declared(**required: Any) -> dict[str, Any]:
    return {"input": {"required": required}}


@pytest.mark.parametrize("control", ["fixed", "randomize", True, False, None, 42])
def test_one_place_behind_a_seed_is_its_control_whatever_stands_there(control: object) -> None:
    assert found("KSampler", [1, control, 12, 6.5, "euler", "karras", 0.5]) == {
        "seed": 1,
        "steps": 12,
        "cfg": 6.5,
        "sampler_name": "euler",
        "scheduler": "karras",
        "denoise": 0.5,
    }


def test_a_file_without_any_control_is_repaired() -> None:
    assert found("KSampler", [1, 12, 6.5, "euler", "karras", 0.5])["steps"] == 12


def test_one_odd_value_is_no_reason_to_read_all_others_anew() -> None:
    read = found("KSampler", [1, "fixed", {"a": 1}, 6.5, "euler", "karras", 0.5])
    assert (read["steps"], read["cfg"], read["denoise"]) == ({"a": 1}, 6.5, 0.5)


def test_places_of_inputs_that_are_forced_today_are_left_out() -> None:
    known = declared(clip=["STRING", {"forceInput": True}], a=["INT", {}], b=["INT", {}])
    assert found("X", ["old", 1, 2], known) == {"a": 1, "b": 2}
    assert found("X", [1, 2], known) == {"a": 1, "b": 2}


def test_a_file_that_names_other_widgets_is_read_by_its_names() -> None:
    known = declared(new=["STRING", {"default": "n"}], width=["INT", {}], name=[["a", "b"], {}])
    inputs = [{"name": each, "type": "INT", "widget": {"name": each}} for each in ("width", "gone", "name")]
    assert found("X", [64, "old", "b"], known, inputs=inputs) == {"new": "n", "width": 64, "name": "b"}


def test_inputs_in_an_order_of_nobody_say_nothing_about_places() -> None:
    inputs = [
        {"name": "height", "type": "INT", "widget": {"name": "height"}},
        {"name": "vae", "type": "VAE"},
        {"name": "width", "type": "INT", "widget": {"name": "width"}},
    ]
    known = declared(vae=["VAE"], width=["INT", {}], height=["INT", {}])
    assert found("X", [1, 2], known, inputs=inputs) == {"width": 1, "height": 2}


def test_values_by_name_are_taken_where_there_are_no_others() -> None:
    named = {"widgets_values_named": {"mode": "by factor", "mode.factor": 3.0}}
    expected = {"mode": "by factor", "mode.factor": 3.0, "method": "area"}
    assert found("Resize", [], **named) == found("Resize", named["widgets_values_named"]) == expected
    assert found("Resize", ["by factor", 4.0, "lanczos"], **named)["mode.factor"] == 4.0


def test_a_choice_that_is_empty_is_the_first_and_has_no_places_behind_it() -> None:
    assert found("Resize", [None, "lanczos"]) == {
        "mode": "by size",
        "mode.width": 0,
        "mode.height": 0,
        "method": "lanczos",
    }


def test_the_old_names_of_samplers_are_those_of_two_classes() -> None:
    values = [1, "fixed", 12, 6.5, "sample_dpmpp_2m", "karras", 0.5]
    assert found("KSampler", values)["sampler_name"] == "dpmpp_2m"
    assert found("X", ["sample_x"], declared(sampler_name=["STRING", {}])) == {"sampler_name": "sample_x"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [(["a", "b"], "a,b"), ({"a": 1}, "[object Object]"), (["a", [1, {"b": 2}]], "a,1,[object Object]"), (None, ""),
     (42, "42"), (1.0, "1"), (1.5, "1.5"), (True, "true"), ("a", "a")],
)  # fmt: skip
def test_a_box_for_text_holds_text(value: object, expected: str) -> None:
    assert as_sent(TEXT, value) == written(value) == expected


def test_a_list_is_wrapped_so_that_it_is_no_link() -> None:
    assert as_sent(Widget("x", "STRING", ["STRING", {}]), ["1", 0]) == {"__value__": ["1", 0]}
    curve: dict[str, Any] = {"points": []}
    assert as_sent(Widget("x", "CURVE", ["CURVE", {}]), curve) == {"__type__": "CURVE", "__value__": curve}
    assert as_sent(Widget("x", "INT", ["INT", {}]), None) is None
