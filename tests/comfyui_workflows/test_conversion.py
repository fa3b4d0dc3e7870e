"""The saved format becomes the API format, as ComfyUI's page would make it."""

import json
from typing import Any

import pytest

from comfyui_workflows.conversion import convert, read_workflow
from comfyui_workflows.errors import WorkflowError
from comfyui_workflows.tracing import trace
from musings.makers.comfyui.client import ComfyServer
from tests.comfyui_workflows.saved_files import INFO, File, blank, pictures, saver
from tests.musings.makers.comfyui.graphs import painting


def test_values_links_and_titles() -> None:
    graph = saver(blank(File(), title="Blank"), 1).graph()
    assert graph == {
        "1": {
            "inputs": {"width": 64, "height": 48, "batch_size": 1, "color": 0},
            "class_type": "EmptyImage",
            "_meta": {"title": "Blank"},
        },
        "9": {
            "inputs": {"filename_prefix": "x", "images": ["1", 0]},
            "class_type": "SaveImage",
            "_meta": {"title": "Save Image"},
        },
    }


def test_the_control_behind_a_seed_is_no_value() -> None:
    values = [7, "randomize", 20, 8.0, "euler", "normal", 0.5]
    inputs = File().node(3, "KSampler", values).graph()["3"]["inputs"]
    assert (inputs["seed"], inputs["steps"], inputs["sampler_name"], inputs["denoise"]) == (7, 20, "euler", 0.5)


def test_the_button_behind_an_upload_is_no_value() -> None:
    assert File().node(1, "LoadImage", ["a.png", "image"]).graph()["1"]["inputs"] == {"image": "a.png"}


def test_missing_and_null_values_get_their_defaults() -> None:
    assert File().node(1, "EmptyImage", [64]).graph()["1"]["inputs"] == {
        "width": 64,
        "height": 512,
        "batch_size": 1,
        "color": 0,
    }
    assert File().node(1, "CheckpointLoaderSimple", [None]).graph()["1"]["inputs"] == {"ckpt_name": "m.safetensors"}
    assert File().node(1, "EmptyImage", {"height": 3}).graph()["1"]["inputs"]["height"] == 3


def test_values_pass_unchanged() -> None:
    inputs = File().node(1, "EmptyImage", [42.7, "42", None, "no such"]).graph()["1"]["inputs"]
    assert inputs == {"width": 42.7, "height": "42", "batch_size": None, "color": "no such"}


def test_widgets_that_the_file_names_are_trusted_before_the_class() -> None:
    names = ["height", "width", "batch_size", "color"]
    inputs = [{"name": name, "type": "INT", "widget": {"name": name}} for name in names]
    graph = File().node(1, "EmptyImage", [1, 2, 3, 4], inputs=inputs).graph()
    assert graph["1"]["inputs"] == {"height": 1, "width": 2, "batch_size": 3, "color": 4}


@pytest.mark.parametrize("kind", ["Note", "MarkdownNote", "Reroute", "PrimitiveNode"])
def test_nodes_of_the_page_only_are_left_out(kind: str) -> None:
    assert list(saver(blank(File()), 1).node(5, kind, ["text"]).graph()) == ["1", "9"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["by size", 10, 20, "lanczos"], {"mode": "by size", "mode.width": 10, "mode.height": 20, "method": "lanczos"}),
        (["by factor", 3.0, "area"], {"mode": "by factor", "mode.factor": 3.0, "method": "area"}),
    ],
)
def test_a_dynamic_combo_brings_the_inputs_of_its_choice(values: list[Any], expected: dict[str, Any]) -> None:
    assert File().node(1, "Resize", values).graph()["1"]["inputs"] == expected


def test_missing_classes_are_named_with_the_nearest() -> None:
    with pytest.raises(WorkflowError, match=r"EmptyImages \(nearest: EmptyImage\)"):
        File().node(1, "EmptyImages", []).graph()


@pytest.mark.parametrize(
    "data",
    [
        {"nodes": [{"type": "SaveImage"}]},
        {"nodes": [3]},
        {"nodes": [{"id": 1, "type": "EmptyImage"}], "links": [[1]]},
        {
            "nodes": [{"id": 1, "type": "a"}],
            "definitions": {"subgraphs": [{"id": "a", "nodes": [{"id": 1, "type": "a"}]}]},
        },
    ],
)
def test_a_file_that_makes_no_sense(data: Any) -> None:
    with pytest.raises(WorkflowError, match=r"a\.json cannot be read as a saved workflow") as caught:
        convert("a.json", data, INFO)
    assert "Export (API)" in str(caught.value.hint)


def test_either_format_is_read(server: ComfyServer) -> None:
    info = server.object_info()
    assert read_workflow("a.json", json.dumps(painting())) == painting()
    saved = {
        "nodes": [{"id": 6, "type": "CLIPTextEncode", "title": "prompt", "widgets_values": ["a fox"]}],
        "links": [],
    }
    graph = read_workflow("b.json", json.dumps(saved), info)
    field = trace(graph, info).prompt_field
    assert field is not None
    assert field.default == "a fox"
    with pytest.raises(WorkflowError, match="ComfyUI server at hand"):
        read_workflow("b.json", json.dumps(saved))


def test_notes_and_switches_of_the_page_are_left_out() -> None:
    file = pictures().link(1, 0, 2, "images", "IMAGE")
    file.node(3, "Label (rgthree)").node(4, "Fast Groups Bypasser (rgthree)").node(5, "A note of some pack", ["hello"])
    file.node(6, "Fast Muter (rgthree)").link(1, 1, 6, "1", "*")
    file.node(7, "Node Collector (rgthree)").link(6, 0, 7, "1", "*")
    assert set(file.graph()) == {"1", "2"}


@pytest.mark.parametrize("name", ["Anything Everywhere", "Seed Everywhere"])
def test_nodes_that_reach_others_without_a_link_are_not_lost_in_silence(name: str) -> None:
    file = pictures().link(1, 0, 2, "images", "IMAGE").node(3, name, [1])
    with pytest.raises(WorkflowError, match=name) as caught:
        file.graph()
    assert "Export (API)" in (caught.value.hint or "")


@pytest.mark.parametrize("spec", [[[5, 10], {}], ["COMBO", {"options": [5, 10]}]])
def test_the_default_among_numbers_is_a_number(spec: list[Any]) -> None:
    info = {**INFO, "Film": {"input": {"required": {"duration": spec}}, "output": []}}
    data = {"nodes": [{"id": 1, "type": "Film", "widgets_values": []}], "links": []}
    assert convert("a.json", data, info)["1"]["inputs"] == {"duration": 5}


def sampler(*values: Any) -> dict[str, Any]:
    """A saved file of one sampler with these values, as converted."""
    file = {"nodes": [{"id": 5, "type": "KSampler", "widgets_values": list(values)}], "links": []}
    found: dict[str, Any] = convert("a.json", file, INFO)["5"]["inputs"]
    return found


def test_a_control_may_be_true_or_false() -> None:
    found = sampler(42, True, 12, 6.5, "euler", "normal", 1)
    assert (found["seed"], found["steps"], found["cfg"]) == (42, 12, 6.5)


def test_samplers_had_another_name_once() -> None:
    assert sampler(42, "fixed", 12, 6.5, "sample_euler", "normal", 1)["sampler_name"] == "euler"
