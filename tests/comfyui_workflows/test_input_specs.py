"""What a class declares of an input, also of a dotted one."""

from comfyui_workflows.input_specs import declared_type, spec_at
from tests.comfyui_workflows.saved_files import INFO
from tests.comfyui_workflows.tables import known
from tests.musings.makers.comfyui.graphs import node


def test_the_chosen_option_of_a_dynamic_combo_declares_its_inputs() -> None:
    graph = {"1": node("Resize", mode="by factor", **{"mode.factor": 3.0})}
    assert spec_at(graph, INFO, "1", "mode.factor") == ["FLOAT", {"default": 2.0}]
    # Of another option, which is not chosen.
    assert spec_at(graph, INFO, "1", "mode.width") is None


def test_a_combo_within_an_option_is_followed() -> None:
    inner = ["COMFY_DYNAMICCOMBO_V3", {"options": [{"key": "b", "inputs": {"required": {"c": ["INT", {"max": 9}]}}}]}]
    outer = ["COMFY_DYNAMICCOMBO_V3", {"options": [{"key": "a", "inputs": {"required": {"x": inner}}}]}]
    graph = {"1": node("N", m="a", **{"m.x": "b", "m.x.c": 4})}
    assert spec_at(graph, {"N": known({"m": outer})}, "1", "m.x.c") == ["INT", {"max": 9}]


def test_a_growing_group_declares_all_its_members() -> None:
    group = ["COMFY_AUTOGROW_V3", {"template": {"input": {"required": {"value": ["FLOAT", {}]}}, "names": ["a", "b"]}}]
    graph = {"1": node("Sum", **{"values.a": 1.0, "values.b": 2.0})}
    assert spec_at(graph, {"Sum": known({"values": group})}, "1", "values.b") == ["FLOAT", {}]


def test_what_is_not_declared_has_no_specification() -> None:
    graph = {"1": node("N", a=1, **{"a.b": 2})}
    assert spec_at(graph, None, "1", "a") is None
    assert spec_at(graph, {"N": known({"a": ["COMFY_DYNAMICCOMBO_V3", {"options": 5}]})}, "1", "a.b") is None


def test_a_list_of_choices_is_a_combo() -> None:
    assert (declared_type([["a", "b"]]), declared_type(["INT", {}]), declared_type(5)) == ("COMBO", "INT", None)
