"""Workflow files: what they are, their hash, their links, and what a server lacks for them."""

import json
from typing import Any

import pytest

from comfyui_workflows.errors import WorkflowError
from comfyui_workflows.graph import link_of, name_of, read, title_of, workflow_hash
from tests.musings.makers.comfyui.graphs import node, painting, picture

SAVED = {"nodes": [{"id": 1, "type": "SaveImage"}], "links": [], "version": 0.4}


def test_a_saved_file_is_explained() -> None:
    with pytest.raises(WorkflowError, match="saved format") as caught:
        read("a.json", json.dumps(SAVED))
    assert "Export (API)" in str(caught.value.hint)


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


def test_titles() -> None:
    assert title_of(painting(), "3") == "KSampler"
    assert title_of(painting(), "9") == "Save Image"


@pytest.mark.parametrize("broken", [{"class_type": 5, "inputs": {}}, {"inputs": {}}, {"class_type": "A", "inputs": []}])
def test_a_broken_node_is_still_told(broken: dict[str, Any]) -> None:
    with pytest.raises(WorkflowError, match="node x has no class or no inputs"):
        read("a.json", json.dumps({**picture(), "x": broken}))


def test_names_of_nodes() -> None:
    graph = {"9": node("SaveImage", "My save"), "8": node("SaveImage"), "7": node("SaveImage", "SaveImage")}
    assert name_of(graph, "9") == 'node 9 "My save" (SaveImage)'
    assert name_of(graph, "8") == name_of(graph, "7").replace("7", "8") == "node 8 (SaveImage)"
    assert name_of(graph, "1", "Gone") == "node 1 (Gone)"
