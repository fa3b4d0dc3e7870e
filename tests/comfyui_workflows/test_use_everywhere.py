"""Links of Use Everywhere are those that the file tells of; without, the file is refused."""

import json
from typing import Any

import pytest

from comfyui_workflows.checking import adapters
from comfyui_workflows.conversion import convert
from comfyui_workflows.errors import WorkflowError
from tests.comfyui_workflows.saved_files import INFO, File, blank

KNOWN = {
    **INFO,
    "Seed Everywhere": {"input": {"required": {"seed": ["INT", {}]}}, "output": ["INT"]},
    "Anything Everywhere": {"input": {"optional": {"anything": ["*"]}}, "output": []},
}


def file(controller: str = "Anything Everywhere", **more: Any) -> dict[str, Any]:
    """A blank picture for two savers, one of which has a link of its own."""
    made = blank(blank(File()), 2).node(3, controller, [7]).link(1, 0, 3, "anything", "IMAGE")
    made.node(8, "SaveImage", ["x"], inputs=[{"name": "images", "type": "IMAGE", "link": None}])
    made.node(9, "SaveImage", ["y"]).link(2, 0, 9, "images", "IMAGE")
    return {"nodes": made.nodes, "links": made.links, **more}


def record(downstream: int, controller: int = 3, **more: Any) -> dict[str, Any]:
    told = {"downstream": downstream, "downstream_slot": 0, "upstream": "1", "upstream_slot": 0, "type": "IMAGE"}
    return {**told, "controller": controller, **more}


def with_records(*records: dict[str, Any]) -> dict[str, Any]:
    return file(extra={"ue_links": list(records)})


@pytest.mark.parametrize("classes", [INFO, KNOWN])
def test_what_the_file_tells_becomes_a_link_and_the_node_is_gone(classes: dict[str, Any]) -> None:
    data = with_records(record(8), record(9))
    before = json.dumps(data)
    graph = convert("a.json", data, classes)
    assert set(graph) == {"1", "2", "8", "9"}
    assert graph["8"]["inputs"]["images"] == ["1", 0]
    # A link that somebody drew counts more.
    assert graph["9"]["inputs"]["images"] == ["2", 0]
    assert adapters(graph) == {"8": "Use Everywhere"}
    assert json.dumps(data) == before


@pytest.mark.parametrize("drawn", [True, False])
def test_a_node_that_lists_no_inputs_has_those_of_its_class(drawn: bool) -> None:
    """Files that a program put together say in their links alone what leads where."""
    data = with_records(record(8))
    next(node for node in data["nodes"] if node["id"] == 8)["inputs"] = []
    if drawn:
        data["links"].append([77, 1, 0, 8, 0, "IMAGE"])
    assert convert("a.json", data, INFO)["8"]["inputs"] == {"images": ["1", 0], "filename_prefix": "x"}


@pytest.mark.parametrize("data", [file(), file(extra={"ue_links": []}), with_records(record(8, controller=77))])
def test_a_node_of_which_nothing_is_told_is_refused_by_name(data: dict[str, Any]) -> None:
    with pytest.raises(WorkflowError, match=r"Anything Everywhere \(node 3\)") as caught:
        convert("a.json", data, KNOWN)
    assert "Export (API)" in (caught.value.hint or "")


def test_a_seed_for_everywhere_stays_and_is_linked() -> None:
    data = file("Seed Everywhere")
    data["nodes"][0]["inputs"] = [{"name": "color", "type": "INT", "widget": {"name": "color"}, "link": None}]
    data["extra"] = {"ue_links": [record(1, upstream=3, type="INT")]}
    assert convert("a.json", data, KNOWN)["1"]["inputs"]["color"] == ["3", 0]


def test_an_ordinary_node_that_hands_on_is_refused_unless_it_is_told_where() -> None:
    data = file()
    data["nodes"] = [node for node in data["nodes"] if node["id"] != 3]
    data["nodes"][0]["properties"] = {"ue_convert": True}
    with pytest.raises(WorkflowError, match=r"EmptyImage \(node 1\)"):
        convert("a.json", data, KNOWN)
    data["extra"] = {"ue_links": [record(8, controller=1)]}
    graph = convert("a.json", data, KNOWN)
    assert graph["8"]["inputs"]["images"] == ["1", 0]


@pytest.mark.parametrize(
    "odd", [{"upstream": 77}, {"downstream": 77}, {"downstream_slot": 5}, {"downstream_slot": None}]
)
def test_a_record_that_leads_nowhere_is_refused(odd: dict[str, Any]) -> None:
    with pytest.raises(WorkflowError, match="Use Everywhere"):
        convert("a.json", with_records({**record(8), **odd}), KNOWN)
