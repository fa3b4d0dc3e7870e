"""The saved format becomes the API format, as ComfyUI's page would make it."""

import json
from typing import Any

import pytest

from comfyui_workflows.conversion import convert, read_workflow
from comfyui_workflows.errors import WorkflowError
from comfyui_workflows.tracing import trace
from fake_comfyui.nodes import classes
from musings.makers.comfyui.client import ComfyServer
from tests.musings.makers.comfyui.graphs import painting

INFO: dict[str, Any] = {name: known.info() for name, known in classes(("m.safetensors",), ["a.png"], []).items()}
INFO["Resize"] = {
    "input": {
        "required": {
            "image": ["IMAGE"],
            "mode": [
                "COMFY_DYNAMICCOMBO_V3",
                {
                    "options": [
                        {"key": "by size", "inputs": {"required": {"width": ["INT", {}], "height": ["INT", {}]}}},
                        {"key": "by factor", "inputs": {"required": {"factor": ["FLOAT", {"default": 2.0}]}}},
                    ]
                },
            ],
            "method": ["COMBO", {"options": ["area", "lanczos"]}],
        }
    },
    "output": ["IMAGE"],
    "output_node": False,
}


class File:
    """A saved workflow in the making."""

    def __init__(self) -> None:
        self.nodes: list[dict[str, Any]] = []
        self.links: list[list[Any]] = []
        self.subgraphs: list[dict[str, Any]] = []

    def node(self, id: int, type: str, values: Any = None, **more: Any) -> "File":  # noqa: A002 (the format's words)
        self.nodes.append(
            {"id": id, "type": type, "mode": 0, "inputs": [], "outputs": [], "widgets_values": values} | more
        )
        return self

    def link(self, source: int, slot: int, target: int, name: str, kind: str, *, widget: bool = False) -> "File":
        link_id = len(self.links) + 1
        inputs = next(node for node in self.nodes if node["id"] == target)["inputs"]
        entry: dict[str, Any] = next((each for each in inputs if each["name"] == name), {})
        if not entry:
            entry = {"name": name, "type": kind} | ({"widget": {"name": name}} if widget else {})
            inputs.append(entry)
        entry["link"] = link_id
        self.links.append([link_id, source, slot, target, inputs.index(entry), kind])
        return self

    def graph(self) -> dict[str, Any]:
        data = {"nodes": self.nodes, "links": self.links, "definitions": {"subgraphs": self.subgraphs}}
        return convert("a.json", json.loads(json.dumps(data)), INFO)


def blank(file: File, id: int = 1, **more: Any) -> File:  # noqa: A002
    return file.node(id, "EmptyImage", [64, 48, 1, 0], outputs=[{"name": "IMAGE", "type": "IMAGE"}], **more)


def saver(file: File, source: int, id: int = 9) -> File:  # noqa: A002
    return file.node(id, "SaveImage", ["x"]).link(source, 0, id, "images", "IMAGE")


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


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["by size", 10, 20, "lanczos"], {"mode": "by size", "mode.width": 10, "mode.height": 20, "method": "lanczos"}),
        (["by factor", 3.0, "area"], {"mode": "by factor", "mode.factor": 3.0, "method": "area"}),
    ],
)
def test_a_dynamic_combo_brings_the_inputs_of_its_choice(values: list[Any], expected: dict[str, Any]) -> None:
    assert File().node(1, "Resize", values).graph()["1"]["inputs"] == expected


def with_subgraph(instance: dict[str, Any]) -> File:
    """A saver fed by a subgraph that makes a blank picture; its width is promoted, its height comes by link."""
    widget = {"name": "width", "type": "INT", "widget": {"name": "width"}, "link": 1}
    linked = {"name": "height", "type": "INT", "widget": {"name": "height"}, "link": 2}
    inner = {"id": 1, "type": "EmptyImage", "mode": 0, "inputs": [widget, linked], "widgets_values": [64, 48, 1, 0]}
    ends = ("origin_id", "origin_slot", "target_id", "target_slot")
    ways = {1: (-10, 0, 1, 0), 2: (-10, 1, 1, 1), 3: (1, 0, -20, 0)}
    file = File()
    file.subgraphs.append(
        {
            "id": "uuid-1",
            "name": "Blank maker",
            "nodes": [inner],
            "links": [{"id": key, **dict(zip(ends, way, strict=True)), "type": "INT"} for key, way in ways.items()],
            "inputs": [
                {"name": "w", "type": "INT", "linkIds": [1]},
                {"name": "h", "type": "INT", "linkIds": [2]},
            ],
            "outputs": [{"name": "IMAGE", "type": "IMAGE", "linkIds": [3]}],
        }
    )
    file.node(5, "uuid-1", **{"outputs": [{"name": "IMAGE", "type": "IMAGE"}], **instance})
    return saver(file, 5)


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


def test_a_circle_of_bypassed_nodes() -> None:
    file = File().node(1, "ImageInvert", mode=4, outputs=[{"type": "IMAGE"}])
    file.node(2, "ImageInvert", mode=4, outputs=[{"type": "IMAGE"}])
    file.link(1, 0, 2, "image", "IMAGE").link(2, 0, 1, "image", "IMAGE")
    with pytest.raises(WorkflowError, match="feed each other"):
        saver(file, 1).graph()


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


def pictures() -> File:
    return File().node(1, "EmptyImage", [64, 48, 1, 0]).node(2, "SaveImage", ["x"])


def test_notes_and_switches_of_the_page_are_left_out() -> None:
    file = pictures().link(1, 0, 2, "images", "IMAGE")
    file.node(3, "Label (rgthree)").node(4, "Fast Groups Bypasser (rgthree)").node(5, "A note of some pack", ["hello"])
    file.node(6, "Fast Muter (rgthree)").link(1, 1, 6, "1", "*")
    file.node(7, "Node Collector (rgthree)").link(6, 0, 7, "1", "*")
    assert set(file.graph()) == {"1", "2"}


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
