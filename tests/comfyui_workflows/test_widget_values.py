"""What a primitive node or an instance of a subgraph sets in the widgets of others."""

from typing import Any

import pytest

from comfyui_workflows.conversion import as_queued
from tests.comfyui_workflows.saved_files import INFO, File, blank, with_subgraph


def primitive(kind: str = "PrimitiveNode", **more: Any) -> File:
    file = blank(File()).node(5, kind, **more)
    return file.link(5, 0, 1, "width", "INT", widget=True)


@pytest.mark.parametrize("mode", [0, 2, 4])
def test_a_primitive_sets_its_targets_in_any_mode(mode: int) -> None:
    file = primitive(values=[96], mode=mode).link(5, 0, 1, "height", "INT", widget=True)
    assert file.graph()["1"]["inputs"] == {"width": 96, "height": 96, "batch_size": 1, "color": 0}


def test_behind_a_reroute_a_primitive_does_nothing() -> None:
    file = blank(File()).node(5, "PrimitiveNode", [96]).node(6, "Reroute").link(5, 0, 6, "", "*")
    assert file.link(6, 0, 1, "width", "INT", widget=True).graph()["1"]["inputs"]["width"] == 64


@pytest.mark.parametrize("more", [{}, {"values": []}, {"values": ["x"], "outputs": [{"type": "STRING"}]}])
def test_a_primitive_without_a_value_for_it_takes_the_one_that_is_there(more: dict[str, Any]) -> None:
    file = primitive(**more).link(5, 0, 1, "height", "INT", widget=True)
    inputs = file.graph()["1"]["inputs"]
    assert (inputs["width"], inputs["height"]) == (64, 64)


@pytest.mark.parametrize(("given", "taken"), [(99_999, 16384), (0, 1), (33.6, 34)])
def test_a_number_is_brought_within_the_bounds_of_where_it_goes(given: float, taken: int) -> None:
    assert primitive(values=[given]).graph()["1"]["inputs"]["width"] == taken


@pytest.mark.parametrize(
    ("instance", "expected"),
    [
        # The subgraph's own input, and a widget inside that no input leads to.
        ({"properties": {"proxyWidgets": [["-1", "w"], ["1", "color"]]}, "values": [100, 7]}, (100, 48, 7)),
        # The id of the node inside means the input that leads to it.
        ({"properties": {"proxyWidgets": [["1", "height"], ["1", "width"]]}, "values": [200, 100]}, (100, 200, 0)),
        # Nested names carry the id of a node in front.
        ({"properties": {"proxyWidgets": [["1", "3: color"]]}, "values": [7]}, (64, 48, 7)),
        ({"properties": {"proxyWidgets": [["1", "width"]]}, "values": []}, (64, 48, 0)),
        ({"properties": {"proxyWidgets": "odd"}, "values": [1]}, (1, 48, 0)),
        ({"values": {"h": 3}}, (64, 3, 0)),
    ],
)
def test_an_instance_sets_what_it_shows(instance: dict[str, Any], expected: tuple[int, int, int]) -> None:
    inputs = with_subgraph(instance).graph()["5:1"]["inputs"]
    assert (inputs["width"], inputs["height"], inputs["color"]) == expected


def test_two_instances_have_values_of_their_own() -> None:
    file = with_subgraph({"values": [100]}).node(6, "uuid-1", [200])
    graph = file.graph()
    assert (graph["5:1"]["inputs"]["width"], graph["6:1"]["inputs"]["width"]) == (100, 200)


def test_an_instance_in_an_instance_hands_on_what_the_outer_one_has() -> None:
    file = with_subgraph({"values": [100]})
    inner = {"id": 3, "type": "uuid-1", "inputs": [{"name": "w", "type": "INT", "link": 1}], "widgets_values": [5, 6]}
    file.subgraphs.append(
        {
            "id": "outer",
            "nodes": [inner],
            "links": [[1, -10, 0, 3, 0, "INT"]],
            "inputs": [{"name": "wide", "type": "INT", "linkIds": [1]}],
        }
    )
    file.node(7, "outer", [300]).node(8, "outer")
    graph = file.graph()
    assert (graph["7:3:1"]["inputs"]["width"], graph["7:3:1"]["inputs"]["height"]) == (300, 6)
    assert graph["8:3:1"]["inputs"]["width"] == 5


def test_dynamic_prompts_are_not_resolved_in_what_an_instance_shows() -> None:
    words = {"name": "text", "type": "STRING", "widget": {"name": "text"}, "link": 1}
    inner = [
        {"id": 1, "type": "CLIPTextEncode", "inputs": [words], "widgets_values": ["{c|d}"]},
        {"id": 2, "type": "CLIPTextEncode", "inputs": [], "widgets_values": ["{c|d}"]},
    ]
    subgraph = {
        "id": "s",
        "nodes": inner,
        "links": [[1, -10, 0, 1, 0, "STRING"]],
        "inputs": [{"name": "t", "type": "STRING", "linkIds": [1]}],
    }
    nodes = [{"id": 5, "type": "s", "widgets_values": ["{a|b}"]}, {"id": 6, "type": "s"}]
    file = {"nodes": nodes, "links": [], "definitions": {"subgraphs": [subgraph]}}
    graph = as_queued("a.json", file, INFO, lambda _: 0, lambda _: None)
    assert [graph[node]["inputs"]["text"] for node in ("5:1", "5:2", "6:1", "6:2")] == ["{a|b}", "c", "{c|d}", "c"]


def test_a_primitive_fills_the_patterns_in_its_value_when_it_is_asked_to() -> None:
    file = (
        blank(File())
        .node(2, "SaveImage", ["x"])
        .node(5, "PrimitiveNode", ["%EmptyImage.width%"], properties={"Run widget replace on values": True})
    )
    file.nodes[0]["properties"] = {"Node name for S&R": "EmptyImage"}
    file.link(5, 0, 2, "filename_prefix", "STRING", widget=True)
    data = {"nodes": file.nodes, "links": file.links}
    assert as_queued("a.json", data, INFO, lambda _: 0, lambda _: None)["2"]["inputs"]["filename_prefix"] == "64"
