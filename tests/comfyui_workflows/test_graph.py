"""Workflow files: what they are, their hash, their links, and what a server lacks for them."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from comfyui_workflows.checking import ProblemKind, check
from comfyui_workflows.errors import WorkflowError
from comfyui_workflows.graph import Format, format_of, link_of, read, title_of, upstream, workflow_hash
from musings.makers.comfyui.client import ComfyServer
from tests.musings.makers.comfyui.graphs import node, painting, picture, song, sounds

SAVED = {"nodes": [{"id": 1, "type": "SaveImage"}], "links": [], "version": 0.4}


def test_formats() -> None:
    assert format_of("a.json", json.dumps(picture())) is Format.API
    assert format_of("a.json", json.dumps(SAVED)) is Format.SAVED
    assert format_of("a.py", "import torch") is Format.SCRIPT


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '"a"', '{"a": 1}', "3", "[" * 100_000, "/*" * 500_000, "{" + '"' * 500_001]
)
def test_what_is_no_workflow(text: str) -> None:
    with pytest.raises(WorkflowError, match=r"a.json") as caught:
        format_of("a.json", text)
    assert "Export (API)" in str(caught.value.hint)


def test_a_saved_file_is_explained() -> None:
    with pytest.raises(WorkflowError, match="saved format") as caught:
        read("a.json", json.dumps(SAVED))
    assert "Export (API)" in str(caught.value.hint)


def test_a_whole_post_body_is_taken_too() -> None:
    assert read("a.json", json.dumps({"prompt": picture(), "client_id": "x"})) == picture()


def test_nan_in_a_file() -> None:
    assert read("a.json", '{"1": {"class_type": "A", "inputs": {"x": NaN}}}')["1"]["inputs"]["x"] is None


@pytest.mark.parametrize("value", [{"inputs": {}}, {"class_type": "A", "inputs": []}, 3])
def test_a_broken_node_is_named(value: Any) -> None:
    with pytest.raises(WorkflowError, match="node 7"):
        read("a.json", json.dumps({**picture(), "7": value}))


def test_the_hash_is_of_what_the_graph_does() -> None:
    graph = picture()
    titled = {key: {**data, "_meta": {"title": "other"}} for key, data in reversed(graph.items())}
    assert workflow_hash(graph) == workflow_hash(titled)
    assert workflow_hash(graph) != workflow_hash(picture(color=1))
    assert len(workflow_hash(graph)) == 64


def test_links_and_values() -> None:
    graph = picture()
    assert link_of(graph, ["1", 0]) == ("1", 0)
    for value in (["9", 0], ["1", "0"], ["1"], "1", 1, None, ["1", True], [1, 0]):
        assert link_of(graph, value) is None


def test_upstream_and_titles() -> None:
    assert upstream(painting(), "8")[:3] == ["8", "3", "4"]
    assert set(upstream(painting(), "9")) == set(painting())
    assert title_of(painting(), "3") == "KSampler"
    assert title_of(painting(), "9") == "Save Image"


def test_the_fakes_workflows_pass_the_check(server: ComfyServer) -> None:
    info = server.object_info()
    for graph in (picture(), painting(), song(), sounds()):
        assert check(graph, info) == []


def test_the_check_names_what_is_missing_with_the_nearest(server: ComfyServer) -> None:
    graph = painting() | {"20": node("EmptyImages", "Blank"), "21": node("LoadImage", image="gone.png")}
    graph["4"]["inputs"]["ckpt_name"] = "fake_image_v3.safetensors"
    graph["3"]["inputs"]["sampler_name"] = "eulr"
    del graph["5"]["inputs"]["width"]
    found = {problem.kind: problem for problem in check(graph, server.object_info())}
    assert found[ProblemKind.CLASS].nearest == "EmptyImage"
    assert 'node 20 "Blank" (EmptyImages)' in found[ProblemKind.CLASS].message
    assert found[ProblemKind.MODEL].nearest == "fake_image_v1.safetensors"
    assert found[ProblemKind.CHOICE].nearest == "euler"
    assert "gone.png" in found[ProblemKind.FILE].message
    assert "width" in found[ProblemKind.INPUT].message
    assert {kind for kind, problem in found.items() if problem.missing} == {
        ProblemKind.CLASS,
        ProblemKind.MODEL,
        ProblemKind.CHOICE,
    }


def test_lists_that_a_server_fetches_elsewhere_and_dynamic_inputs_are_not_judged() -> None:
    info = {"A": {"input": {"required": {"v": ["COMBO", {"remote": {}}], "g": ["COMFY_AUTOGROW_V3", {}]}}}}
    assert check({"1": node("A", v="anything")}, info) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("{", "{ // what it is\n", 1),
        lambda text: f'/* mine, "quoted" */ {text}',
        lambda text: f"{text[:-1]}, }}",
        lambda text: f'{text[:-1]}, "_comment": "http://x // y, }}"}}',
        lambda text: f'{text[:-1]}, "extra": {{"ds": {{"scale": 1}}}}, "version": 0.4, "//": []}}',
    ],
)
def test_what_people_write_beside_the_nodes_is_let_be(change: Callable[[str], str]) -> None:
    plain = picture(prefix="a // b, } /* c */")
    assert read("a.json", change(json.dumps(plain))) == plain


@pytest.mark.parametrize("broken", [{"class_type": 5, "inputs": {}}, {"inputs": {}}, {"class_type": "A", "inputs": []}])
def test_a_broken_node_is_still_told(broken: dict[str, Any]) -> None:
    with pytest.raises(WorkflowError, match="node x has no class or no inputs"):
        read("a.json", json.dumps({**picture(), "x": broken}))
