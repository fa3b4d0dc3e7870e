"""The type of a form's field, by what its class declares or by what its value cannot refuse."""

import pytest

from comfyui_workflows.form import fill
from comfyui_workflows.tracing import trace
from comfyui_workflows.value_types import type_of
from musings.errors import InvalidInputError
from musings.forms.checking import check_parameters
from musings.makers.comfyui.client import ComfyServer
from tests.comfyui_workflows.forms import field
from tests.musings.makers.comfyui.graphs import node, painting


def test_a_whole_number_in_the_file_refuses_no_fraction(server: ComfyServer) -> None:
    graph = painting()
    graph["3"]["inputs"] |= {"cfg": 7, "denoise": 1}
    for form in (trace(graph), trace(graph, server.object_info())):
        assert (field(form, "cfg").type, field(form, "cfg").default) == ("float", 7)
        assert field(form, "denoise").type == "float"
        assert check_parameters(form.fields, {"cfg": "3.5", "denoise": 0.5})["cfg"] == 3.5
        with pytest.raises(InvalidInputError, match="steps: must be a whole number"):
            check_parameters(form.fields, {"steps": 3.5})


@pytest.mark.parametrize(
    ("name", "class_type", "wanted"),
    [
        *((name, "Any", "float") for name in ("strength", "scale", "shift", "weight", "guidance", "fps", "odd_thing")),
        *((name, "Any", "int") for name in ("start_at_step", "batch_size", "num_frames", "crop_w", "tile_width")),
        *(("value", "PrimitiveInt", "int"), ("value", "PrimitiveFloat", "float"), ("value", "INTConstant", "int")),
    ],
)
def test_what_a_name_says_of_a_number(name: str, class_type: str, wanted: str) -> None:
    assert type_of(7, None, name=name, class_type=class_type, role=None) == wanted
    assert type_of(7, ["INT", {}], name=name, class_type=class_type, role=None) == "int"
    assert type_of(7, ["FLOAT"], name=name, class_type=class_type, role=None) == "float"
    assert type_of(7.0, None, name=name, class_type=class_type, role=None) == "float"


def test_numbers_written_as_text_are_numbers() -> None:
    graph = painting()
    graph["5"]["inputs"]["width"] = "512"
    form = trace(graph)
    assert (field(form, "width").type, field(form, "width").default) == ("int", 512)


def test_numbers_among_the_choices_stay_numbers() -> None:
    graph = {"1": node("<Film>", "<Film>", duration=5), "2": node("SaveVideo", video=["1", 0])}
    info = {"<Film>": {"input": {"required": {"duration": [[5, 10], {"default": 5}]}}}}
    form = trace(graph, info)
    duration = field(form, "film")
    assert (duration.type, duration.choices, duration.default) == ("choice", ("5", "10"), "5")
    values = check_parameters(form.fields, {"film": 10})
    assert fill(graph, form, values)["1"]["inputs"]["duration"] == 10
    assert fill(graph, form, check_parameters(form.fields, {}))["1"]["inputs"]["duration"] == 5
    with pytest.raises(InvalidInputError, match="one of 5, 10"):
        check_parameters(form.fields, {"film": 7})
