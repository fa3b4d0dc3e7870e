"""App mode: the inputs and outputs that the author of a saved file chose."""

import json
from typing import Any

import pytest

from comfyui_workflows.app_mode import hints_in, hints_of
from comfyui_workflows.author_hints import NO_HINTS
from comfyui_workflows.conversion import convert
from comfyui_workflows.kinds import WorkflowKind
from comfyui_workflows.node_inputs import Spot
from comfyui_workflows.template import form_of
from tests.comfyui_workflows.saved_files import INFO, File

FILE_ID = "e13112f7-3d09-4ae1-9e84-633a0627d945"


def picture(control: str = "fixed") -> File:
    """Prompt, sampler and output; the words and the sampler are inside of a subgraph, the seed is at its wall."""
    file = File()
    file.node(1, "CheckpointLoaderSimple", ["m.safetensors"])
    file.node(4, "EmptyLatentImage", [64, 64, 1])
    instance = {"inputs": [{"name": "words", "type": "STRING", "widget": {"name": "words"}}], "title": "Painter"}
    file.node(7, "inside", ["a fox"], **instance)
    file.node(9, "SaveImage", ["x"])
    for source, slot, target, name, kind in (
        (1, 0, 7, "model", "MODEL"),
        (1, 1, 7, "clip", "CLIP"),
        (4, 0, 7, "l", "LATENT"),
    ):
        file.link(source, slot, target, name, kind)
    file.link(7, 0, 9, "images", "IMAGE")
    inner = File()
    inner.node(12, "CLIPTextEncode", ["inner"], inputs=[{"name": "text", "type": "STRING", "widget": {"name": "text"}}])
    inner.node(13, "KSampler", [5, control, 4, 1.0, "euler", "normal", 1.0])
    inner.node(14, "VAEDecode", [])
    inner.nodes[0]["inputs"][0]["link"] = 101
    declared = [{"name": "words", "type": "STRING", "linkIds": [101], "label": "What to paint"}]
    for name, kind, target in (("model", "MODEL", 13), ("clip", "CLIP", 12), ("l", "LATENT", 13)):
        declared.append({"name": name, "type": kind, "linkIds": []})
        entry = {"name": {"l": "latent_image"}.get(name, name), "type": kind, "link": 100 + len(declared)}
        next(node for node in inner.nodes if node["id"] == target)["inputs"].append(entry)
    links: list[dict[str, Any]] = [
        _wall(101, 0, 12, 0),
        _wall(102, 1, 13, 0),
        _wall(103, 2, 12, 1),
        _wall(104, 3, 13, 1),
    ]
    for number, (source, target, name, kind) in enumerate(
        ((12, 13, "positive", "CONDITIONING"), (13, 14, "samples", "LATENT")), 110
    ):
        inputs = next(node for node in inner.nodes if node["id"] == target)["inputs"]
        inputs.append({"name": name, "type": kind, "link": number})
        links.append(_link(number, source, 0, target, len(inputs) - 1, kind))
    links.append(_link(120, 14, 0, -20, 0, "IMAGE"))
    file.subgraphs.append(
        {
            "id": "inside",
            "name": "Painter",
            "nodes": inner.nodes,
            "links": links,
            "inputs": declared,
            "outputs": [{"name": "i"}],
        }
    )
    return file


def _wall(number: int, slot: int, target: int, target_slot: int) -> dict[str, Any]:
    return _link(number, -10, slot, target, target_slot, "*")


def _link(number: int, source: int, slot: int, target: int, target_slot: int, kind: str) -> dict[str, Any]:
    ends = {"origin_id": source, "origin_slot": slot, "target_id": target, "target_slot": target_slot}
    return {"id": number, "type": kind, **ends}


def saved(file: File, inputs: Any = None, outputs: Any = None, **more: Any) -> dict[str, Any]:
    linear = {"linearData": {"inputs": inputs, "outputs": outputs}, "linearMode": True}
    whole = {"id": FILE_ID, "nodes": file.nodes, "links": file.links, "definitions": {"subgraphs": file.subgraphs}}
    copied: dict[str, Any] = json.loads(json.dumps(whole | {"extra": linear} | more))
    return copied


@pytest.mark.parametrize(
    ("entry", "spot"),
    [
        ([4, "width"], Spot("4", "width")),
        (["4", "width", {"height": 2}], Spot("4", "width")),
        (["7", "words"], Spot("7:12", "text")),
        (["13", "seed"], Spot("7:13", "seed")),
        ([f"{FILE_ID}:4:width", "width"], Spot("4", "width")),
        ([f"{FILE_ID}:7:words", "words"], Spot("7:12", "text")),
        ([f"{FILE_ID}:7:13:seed", "seed"], Spot("7:13", "seed")),
    ],
)
def test_the_ways_in_which_files_name_a_widget(entry: list[Any], spot: Spot) -> None:
    data = saved(picture(), [entry], [9])
    assert hints_in(data, convert("a", data, INFO)).inputs == ((spot,),)


def test_the_form_and_the_kind_are_what_the_author_chose() -> None:
    data = saved(picture(), [["7", "words"], ["13", "steps"], [9, "filename_prefix"]], [9])
    content = json.dumps(data)
    graph = convert("a", data, INFO)
    found = form_of("a", graph, INFO, hints=hints_of("a.json", content, graph))
    assert [(each.node, each.input) for each in found.form.bindings] == [
        ("7:12", "text"),
        ("7:13", "steps"),
        ("9", "filename_prefix"),
    ]
    assert (found.form.fields[0].role, found.form.fields[0].label) == ("prompt", "What to paint")
    assert (found.kind, found.outputs) == (WorkflowKind.IMAGE, ("9",))


def test_a_seed_that_the_page_randomizes_stays_on_the_form() -> None:
    for control, names in (("randomize", ["prompt", "seed"]), ("fixed", ["prompt"])):
        data = saved(picture(control), [["7", "words"]], [9])
        graph = convert("a", data, INFO)
        form = form_of("a", graph, INFO, hints=hints_in(data, graph)).form
        assert [each.name for each in form.fields] == names


def test_a_primitive_node_stands_for_what_it_feeds() -> None:
    file = picture().node(20, "PrimitiveNode", [96, "fixed"])
    file.link(20, 0, 4, "width", "INT", widget=True)
    data = saved(file, [["20", "value"]], [])
    assert hints_in(data, convert("a", data, INFO)).inputs == ((Spot("4", "width"),),)


def test_what_is_not_there_any_more_is_passed_over() -> None:
    data = saved(picture(), [["99", "text"], [], 5, ["4", "gone"], ["4", "height"]], ["99", "9"])
    found = hints_in(data, convert("a", data, INFO))
    assert (found.inputs, found.outputs) == (((Spot("4", "height"),),), ("9",))


def test_what_the_conversion_reads_past_costs_no_choice() -> None:
    file = picture()
    file.node(4, "PreviewImage", [])  # a second node of this number, which the page gives another
    data = saved(file, [["4", "width"]], ["9"])
    data["links"].append(None)  # a link that was deleted
    found = hints_in(data, convert("a", data, INFO))
    assert (found.inputs, found.outputs) == (((Spot("4", "width"),),), ("9",))


@pytest.mark.parametrize("extra", [None, 5, {}, {"linearData": None}, {"linearData": {"inputs": 3, "outputs": "x"}}])
def test_a_file_without_a_choice_has_none(extra: Any) -> None:
    data = saved(picture(), extra=extra)
    found = hints_in(data, convert("a", data, INFO))
    assert (found.inputs, found.outputs) == ((), ())


def test_other_files_have_no_hints() -> None:
    for content in ("", "{", '{"1": {"class_type": "A", "inputs": {}}}', b"\xff\xfe", '{"nodes": [5], "links": 3}'):
        assert hints_of("a.json", content, {}) == NO_HINTS
