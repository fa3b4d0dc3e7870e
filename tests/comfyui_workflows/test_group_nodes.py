"""Group nodes of old files are opened as the page opens them."""

from typing import Any

import pytest

from comfyui_workflows.conversion import convert
from comfyui_workflows.errors import WorkflowError
from tests.comfyui_workflows.saved_files import INFO, PICTURE, grouped


@pytest.mark.parametrize("separator", [">", "/"])
def test_a_group_has_the_values_of_its_instance(separator: str) -> None:
    graph = convert("a.json", grouped(separator), INFO)
    assert {node: data["class_type"] for node, data in graph.items()} == {
        "5:1": "EmptyImage",
        "5:2": "ImageInvert",
        "6": "SaveImage",
    }
    assert graph["5:1"]["inputs"] == {"width": 9, "height": 8, "batch_size": 1, "color": 0}
    assert graph["5:2"]["inputs"]["image"] == ["5:1", 0]
    assert graph["6"]["inputs"]["images"] == ["5:2", 0]


def test_what_is_used_inside_and_outside_is_an_output_too() -> None:
    file = grouped(external=[[0, 0, "IMAGE"]])
    assert convert("a.json", file, INFO)["6"]["inputs"]["images"] == ["5:1", 0]


def test_inputs_of_one_name_are_told_apart_as_on_the_page() -> None:
    file = grouped(links=[])
    file["extra"]["groupNodes"]["Inverted"]["nodes"][0] = file["extra"]["groupNodes"]["Inverted"]["nodes"][1]
    file["nodes"].append({"id": 7, "type": "EmptyImage", "outputs": [PICTURE], "widgets_values": []})
    file["nodes"][0]["inputs"] = [
        {"name": "ImageInvert image", "type": "IMAGE", "link": 2},
        {"name": "image", "type": "IMAGE", "link": None},
    ]
    file["links"].append([2, 7, 0, 5, 0, "IMAGE"])
    graph = convert("a.json", file, INFO)
    assert "image" not in graph["5:1"]["inputs"]
    assert graph["5:2"]["inputs"]["image"] == ["7", 0]


def test_groups_that_contain_each_other_are_refused() -> None:
    file = grouped()
    file["extra"]["groupNodes"]["Inverted"]["nodes"].append({"type": "workflow>Inverted", "index": 2})
    with pytest.raises(WorkflowError, match="contain each other"):
        convert("a.json", file, INFO)


def test_groups_that_open_into_millions_are_refused() -> None:
    named = {f"G{level}": {"nodes": [{"type": f"workflow>G{level + 1}"}] * 8, "links": []} for level in range(9)}
    file = {"nodes": [{"id": 1, "type": "workflow>G0"}], "links": [], "extra": {"groupNodes": named}}
    with pytest.raises(WorkflowError, match="more than 10,000 nodes"):
        convert("a.json", file, INFO)


def test_a_widget_that_was_made_an_input_has_no_place_in_the_row_unless_a_choice_brought_it() -> None:
    file = grouped()
    inside = file["extra"]["groupNodes"]["Inverted"]["nodes"]
    inside[0]["inputs"] = [{"name": "width", "type": "INT", "widget": {"name": "width"}, "link": None}]
    inputs = [{"name": name, "type": "INT", "widget": {"name": name}} for name in ("mode.width", "mode.height")]
    inside.append({"type": "Resize", "index": 2, "inputs": inputs, "widgets_values": ["by size", 1, 2, "area"]})
    file["nodes"][0]["widgets_values"] = [33, 1, 0, "by size", 10, 20, "lanczos"]
    graph = convert("a.json", file, INFO)
    assert graph["5:1"]["inputs"] == {"width": 64, "height": 33, "batch_size": 1, "color": 0}
    # The page takes nothing over of what a choice brings: that keeps what it has inside.
    assert graph["5:3"]["inputs"] == {"mode": "by size", "mode.width": 1, "mode.height": 2, "method": "lanczos"}


def resized(row: list[Any], **instance: Any) -> dict[str, Any]:
    """A group of a picture and a node whose choice brings widgets, as pages of 2025 save it: each widget an input."""
    file = grouped(links=[])
    inside = file["extra"]["groupNodes"]["Inverted"]["nodes"]
    inside[0]["inputs"] = [listed(name) for name in ("width", "height", "batch_size", "color")]
    names = ("mode", "mode.width", "mode.height", "method")
    inputs = [{"name": "image", "type": "IMAGE"}, *map(listed, names)]
    inside[1] = {"type": "Resize", "index": 1, "inputs": inputs, "widgets_values": ["by size", 1, 2, "area"]}
    file["nodes"][0] |= {"widgets_values": row, **instance}
    return file


def listed(name: str) -> dict[str, Any]:
    return {"name": name, "type": "*", "widget": {"name": name}, "link": None}


def test_widgets_that_a_file_lists_as_inputs_have_their_places_in_the_row() -> None:
    graph = convert("a.json", resized([7, 8, 1, 0, "by size", 10, 20, "lanczos"]), INFO)
    assert graph["5:1"]["inputs"] == {"width": 7, "height": 8, "batch_size": 1, "color": 0}
    assert graph["5:2"]["inputs"] == {"mode": "by size", "mode.width": 1, "mode.height": 2, "method": "lanczos"}


def test_the_row_is_read_in_the_order_in_which_the_instance_lists_its_widgets() -> None:
    order = ("color", "width", "height", "gone", "batch_size", "method", "mode", "mode.width", "mode.height")
    row = [5, 7, 8, "of a widget that the class lost", 1, "lanczos", "by size", 10, 20]
    graph = convert("a.json", resized(row, inputs=[listed(name) for name in order]), INFO)
    assert graph["5:1"]["inputs"] == {"width": 7, "height": 8, "batch_size": 1, "color": 5}
    assert graph["5:2"]["inputs"] == {"mode": "by size", "mode.width": 1, "mode.height": 2, "method": "lanczos"}


def test_another_choice_brings_its_own_widgets_with_nothing_in_them_yet() -> None:
    graph = convert("a.json", resized([7, 8, 1, 0, "by factor", 3.5, "lanczos"]), INFO)
    assert graph["5:2"]["inputs"] == {"mode": "by factor", "mode.factor": 2.0, "method": "lanczos"}


def test_links_reach_what_a_choice_or_a_growing_group_of_inputs_brings() -> None:
    links = [{"name": "mode.width", "type": "INT", "link": 2}, {"name": "pictures.one2", "type": "IMAGE", "link": 3}]
    file = resized([7, 8, 1, 0, "by size", 10, 20, "lanczos"], inputs=links)
    file["extra"]["groupNodes"]["Inverted"]["nodes"].append({"type": "Joined", "index": 2, "inputs": []})
    number = {"id": 8, "type": "Number", "outputs": [{"name": "INT", "type": "INT"}], "widgets_values": [3]}
    file["nodes"] += [number, {"id": 7, "type": "EmptyImage", "outputs": [PICTURE], "widgets_values": []}]
    file["links"] += [[2, 8, 0, 5, 0, "INT"], [3, 7, 0, 5, 1, "IMAGE"]]
    template = {"input": {"required": {"one": ["IMAGE", {}]}}, "prefix": "one", "min": 0, "max": 5}
    joined = {"input": {"required": {"pictures": ["COMFY_AUTOGROW_V3", {"template": template}]}}, "output": ["IMAGE"]}
    known = {"input": {"required": {"value": ["INT", {}]}}, "output": ["INT"]}
    graph = convert("a.json", file, {**INFO, "Joined": joined, "Number": known})
    assert graph["5:2"]["inputs"]["mode.width"] == ["8", 0]
    assert graph["5:3"]["inputs"] == {"pictures.one2": ["7", 0]}


def test_what_is_linked_inside_a_growing_group_of_inputs_stays_linked() -> None:
    member = {"name": "pictures.one0", "type": "IMAGE"}
    file = grouped(inputs=[member | {"link": None}])
    joined = {"type": "Joined", "index": 1, "inputs": [member], "outputs": [PICTURE]}
    file["extra"]["groupNodes"]["Inverted"]["nodes"][1] = joined
    file["nodes"][0]["inputs"] = [member | {"link": None}]
    template = {"input": {"required": {"one": ["IMAGE", {}]}}, "prefix": "one", "min": 0, "max": 5}
    known = {"input": {"required": {"pictures": ["COMFY_AUTOGROW_V3", {"template": template}]}}, "output": ["IMAGE"]}
    assert convert("a.json", file, {**INFO, "Joined": known})["5:2"]["inputs"] == {"pictures.one0": ["5:1", 0]}


def test_a_primitive_inside_that_keeps_nothing_has_its_places_all_the_same() -> None:
    file = resized([3, "fixed", 8, 1, 0, "by size", 10, 20, "lanczos"])
    group = file["extra"]["groupNodes"]["Inverted"]
    output = {"name": "INT", "type": "INT", "widget": {"name": "width"}}
    group["nodes"].append({"type": "PrimitiveNode", "index": 2, "inputs": [], "outputs": [output]})
    group["links"] = [[2, 0, 0, 0, 3, "INT"]]
    graph = convert("a.json", file, INFO)
    assert graph["5:1"]["inputs"] == {"width": 3, "height": 8, "batch_size": 1, "color": 0}


def test_a_reroute_inside_is_shown_under_what_it_carries() -> None:
    file = grouped(links=[[0, 0, 1, 0, 1, "IMAGE"]])
    reroute = {"type": "Reroute", "index": 0, "inputs": [{"name": "", "type": "*"}], "outputs": [PICTURE]}
    file["extra"]["groupNodes"]["Inverted"]["nodes"][0] = reroute
    file["nodes"][0] |= {"widgets_values": [], "inputs": [{"name": "IMAGE", "type": "IMAGE", "link": 2}]}
    file["nodes"].append({"id": 7, "type": "EmptyImage", "outputs": [PICTURE], "widgets_values": []})
    file["links"].append([2, 7, 0, 5, 0, "IMAGE"])
    assert convert("a.json", file, INFO)["5:2"]["inputs"]["image"] == ["7", 0]
