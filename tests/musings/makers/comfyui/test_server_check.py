"""What a server lacks, with what is known about how to get it."""

import copy
import json
from pathlib import Path

import pytest

from comfyui_workflows.json_types import Json
from musings.errors import InvalidInputError
from musings.makers.base import Lacking
from musings.makers.comfyui.classes import ClassTable
from musings.makers.comfyui.library import Library
from musings.makers.comfyui.server_check import CheckedFile, address_of, could_do, remarks_on_adapters
from tests.comfyui_workflows.saved_files import INFO
from tests.musings.makers.comfyui.graphs import node, painting

FOLDER = Path("/nowhere")


def lacking(graph: Json, known: dict[str, Json] | None = None, info: Json = INFO) -> list[Lacking]:
    content = json.dumps(graph).encode()
    found = Library(FOLDER, {}, ClassTable([])).read("a.json", content)
    return CheckedFile(found, content, known or {}).lacking("here", info)


def test_a_missing_model_names_the_nearest_and_the_address_in_the_file() -> None:
    graph = painting()
    graph["4"]["inputs"]["ckpt_name"] = "foxes_v2.safetensors"
    graph["3"]["inputs"]["sampler_name"] = "euler"
    installed = ["landscapes.safetensors", "foxes.safetensors"]
    info = copy.deepcopy(INFO)
    info["CheckpointLoaderSimple"]["input"]["required"]["ckpt_name"][0] = installed
    [found] = [each for each in lacking(graph, info=info) if each.kind == "missing model"]
    assert (found.wanted, found.nearest, found.allowed) == ("foxes_v2.safetensors", installed[1], tuple(installed))
    assert not could_do([found])


def test_a_wrong_value_names_those_that_are_allowed() -> None:
    graph = painting()
    graph["4"]["inputs"]["ckpt_name"] = "m.safetensors"
    graph["3"]["inputs"] |= {"scheduler": "zzzzzz", "cfg": 1000}
    told = {each.kind: each for each in lacking(graph)}
    assert "karras" in told["missing choice"].allowed
    assert "karras" in told["missing choice"].message
    assert "above its maximum" in told["wrong value"].message
    assert could_do([told["wrong value"]])


def test_a_missing_node_names_its_pack() -> None:
    graph = painting()
    graph["20"] = node("VHS_VideoCombine", images=["8", 0])
    [found] = [each for each in lacking(graph) if each.kind == "missing node"]
    assert (found.wanted, found.pack) == ("VHS_VideoCombine", "ComfyUI-VideoHelperSuite")
    assert "The pack ComfyUI-VideoHelperSuite brings it." in found.message


def test_a_saved_workflow_that_no_server_could_read_yet_is_read_with_this_one() -> None:
    properties = {"cnr_id": "fox-pack", "models": [{"name": "n.safetensors", "url": "https://example.org/n"}]}
    nodes = [
        {"id": 1, "type": "FoxNode", "properties": properties, "widgets_values": []},
        {"id": 2, "type": "CheckpointLoaderSimple", "properties": properties, "widgets_values": ["n.safetensors"]},
    ]
    links = [[1, 1, 0, 2, 0, "*"]]
    [found] = lacking({"nodes": nodes, "links": links})
    assert (found.kind, found.wanted, found.pack) == ("missing node", "FoxNode", "fox-pack")
    told = lacking({"nodes": nodes[1:], "links": []})
    [model] = [each for each in told if each.kind == "missing model"]
    assert model.address == "https://example.org/n"
    assert "It can be had from https://example.org/n" in model.message


def test_nodes_that_an_adapter_converted_are_named_with_it() -> None:
    graph = painting()
    for number in ("20", "21"):
        graph[number] = {**node("Power Lora Loader (rgthree)"), "_meta": {"adapter": "Power Lora Loader"}}
    found = Library(FOLDER, {}, ClassTable([])).read("a.json", json.dumps(graph).encode())
    [said] = remarks_on_adapters(found)
    assert said.startswith("Power Lora Loader (rgthree): converted by the adapter Power Lora Loader")
    assert "widgets or its links" in said  # those of Use Everywhere are an adapter's too
    plain = Library(FOLDER, {}, ClassTable([])).read("b.json", json.dumps(painting()).encode())
    assert remarks_on_adapters(plain) == ()


def test_an_address_is_one_of_the_web() -> None:
    assert address_of("http://gpu:8188") == "http://gpu:8188"
    with pytest.raises(InvalidInputError, match="no address"):
        address_of("gpu:8188")
