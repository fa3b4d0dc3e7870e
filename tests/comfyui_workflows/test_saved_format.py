"""Links of a saved file are followed through what exists in the page alone."""

from typing import Any

import pytest

from comfyui_workflows.conversion import convert
from comfyui_workflows.errors import WorkflowError
from tests.comfyui_workflows.saved_files import INFO, File, blank, pictures, saver, with_subgraph


def test_a_reroute_passes() -> None:
    file = blank(File()).node(5, "Reroute").link(1, 0, 5, "", "*")
    assert saver(file, 5).graph()["9"]["inputs"]["images"] == ["1", 0]


def test_a_muted_node_passes_nothing() -> None:
    graph = saver(blank(File(), mode=2), 1).graph()
    assert graph["9"]["inputs"] == {"filename_prefix": "x"}
    assert list(graph) == ["9"]


def test_a_bypassed_node_passes_what_fits() -> None:
    file = blank(File()).node(5, "ImageInvert", mode=4, outputs=[{"type": "IMAGE"}]).link(1, 0, 5, "image", "IMAGE")
    assert saver(file, 5).graph()["9"]["inputs"]["images"] == ["1", 0]


def test_a_bypassed_node_that_has_nothing_of_the_kind_passes_nothing() -> None:
    file = blank(File()).node(5, "VAEDecode", mode=4, outputs=[{"type": "IMAGE"}])
    file.node(6, "EmptyLatentImage", [64, 64, 1]).link(6, 0, 5, "samples", "LATENT")
    assert "images" not in saver(file, 5).graph()["9"]["inputs"]


def test_a_primitive_node_overwrites_a_widget() -> None:
    file = blank(File()).node(5, "PrimitiveNode", [128, "fixed"]).link(5, 0, 1, "width", "INT", widget=True)
    assert saver(file, 1).graph()["1"]["inputs"]["width"] == 128


def test_a_widget_linked_to_a_muted_node_keeps_its_value() -> None:
    file = blank(File()).node(5, "PrimitiveInt", [7], mode=2).link(5, 0, 1, "width", "INT", widget=True)
    assert saver(file, 1).graph()["1"]["inputs"]["width"] == 64


def test_a_link_that_leads_nowhere_is_dropped() -> None:
    file = File().node(9, "SaveImage", ["x"], inputs=[{"name": "images", "type": "IMAGE", "link": 77}])
    assert file.graph()["9"]["inputs"] == {"filename_prefix": "x"}


def test_a_subgraph_is_opened_and_its_nodes_named_by_the_instance() -> None:
    graph = with_subgraph({}).graph()
    assert list(graph) == ["5:1", "9"]
    assert graph["9"]["inputs"]["images"] == ["5:1", 0]
    assert graph["5:1"]["inputs"]["width"] == 64


@pytest.mark.parametrize(
    "instance",
    [
        {"values": [100, 200]},
        {"values": [100, 200], "properties": {"proxyWidgets": [["-1", "w"], ["-1", "h"]]}},
        {"values": [200, 100], "properties": {"proxyWidgets": [["-1", "h"], ["-1", "w"]]}},
    ],
)
def test_the_instance_has_the_promoted_values(instance: dict[str, Any]) -> None:
    inputs = with_subgraph(instance).graph()["5:1"]["inputs"]
    assert (inputs["width"], inputs["height"]) == (100, 200)


def test_a_null_on_the_instance_does_not_win() -> None:
    assert with_subgraph({"values": [None, 5]}).graph()["5:1"]["inputs"]["width"] == 64


def test_a_link_into_a_subgraph_wins() -> None:
    file = with_subgraph({"values": [100, 200]}).node(7, "PrimitiveInt", [3, "fixed"])
    file.link(7, 0, 5, "h", "INT")
    assert file.graph()["5:1"]["inputs"]["height"] == ["7", 0]


@pytest.mark.parametrize("mode", [2, 4])
def test_a_muted_or_bypassed_instance_is_left_out_whole(mode: int) -> None:
    assert list(with_subgraph({"mode": mode}).graph()) == ["9"]


def test_a_circle_of_bypassed_nodes() -> None:
    file = File().node(1, "ImageInvert", mode=4, outputs=[{"type": "IMAGE"}])
    file.node(2, "ImageInvert", mode=4, outputs=[{"type": "IMAGE"}])
    file.link(1, 0, 2, "image", "IMAGE").link(2, 0, 1, "image", "IMAGE")
    with pytest.raises(WorkflowError, match="feed each other"):
        saver(file, 1).graph()


def test_what_is_set_is_what_is_got() -> None:
    file = pictures().node(3, "SetNode", ["pic"]).node(4, "GetNode", ["pic"]).node(5, "Reroute (rgthree)")
    file.link(1, 0, 3, "IMAGE", "IMAGE").link(4, 0, 5, "", "*").link(5, 0, 2, "images", "IMAGE")
    graph = file.graph()
    assert set(graph) == {"1", "2"}
    assert graph["2"]["inputs"]["images"] == ["1", 0]


def test_what_nothing_sets_is_refused() -> None:
    file = pictures().node(3, "SetNode", ["pic"]).node(4, "GetNode", ["other"])
    file.link(1, 0, 3, "IMAGE", "IMAGE").link(4, 0, 2, "images", "IMAGE")
    with pytest.raises(WorkflowError, match="nothing sets 'other', which the node 4 gets") as caught:
        file.graph()
    assert "Export (API)" in (caught.value.hint or "")


def test_what_is_set_and_got_in_a_circle_is_refused() -> None:
    file = pictures().node(3, "SetNode", ["pic"]).node(4, "GetNode", ["pic"])
    file.link(4, 0, 3, "IMAGE", "IMAGE").link(4, 0, 2, "images", "IMAGE")
    with pytest.raises(WorkflowError, match="cannot be read as a saved workflow"):
        file.graph()


@pytest.mark.parametrize("mode", [0, 2, 4])
def test_a_primitive_gives_its_value_in_any_mode(mode: int) -> None:
    nodes = [
        {"id": 1, "type": "PrimitiveNode", "mode": mode, "widgets_values": [777, "fixed"]},
        {
            "id": 5,
            "type": "KSampler",
            "widgets_values": [42, "fixed", 12, 6.5, "euler", "normal", 1],
            "inputs": [{"name": "seed", "type": "INT", "widget": {"name": "seed"}, "link": 1}],
        },
    ]
    found = convert("a.json", {"nodes": nodes, "links": [[1, 1, 0, 5, 0, "INT"]]}, INFO)
    assert found["5"]["inputs"]["seed"] == 777


@pytest.mark.parametrize("mode", [2, 4])
def test_an_instance_that_does_not_run_is_left_out_within_another_too(mode: int) -> None:
    file = with_subgraph({}).node(7, "outer")
    inner = [{"id": 3, "type": "uuid-1", "mode": mode}, {"id": 4, "type": "EmptyImage", "widgets_values": []}]
    file.subgraphs.append({"id": "outer", "nodes": inner, "links": []})
    assert list(file.graph()) == ["5:1", "9", "7:4"]
