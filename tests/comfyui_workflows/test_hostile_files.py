"""Whatever a file or a server says: a graph or an error of ours, in bounded time."""

import copy
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfyui_workflows.at_the_run import resolve
from comfyui_workflows.conversion import as_queued, convert, read_workflow
from comfyui_workflows.envelopes import MOST_NODES
from comfyui_workflows.errors import WorkflowError
from comfyui_workflows.text_patterns import date_in
from tests.comfyui_workflows.saved_files import INFO, File, blank, grouped, pictures, saver, with_subgraph
from tests.growth import TIMES, grows_gently

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.sampled_from(
        ["", "x", "-10", "{a|b", "%date:y%", "1:2", "\ud800", "PrimitiveNode", "uuid-1", "workflow>Inverted"]
    ),
    st.sampled_from([[], {}, [1, 2], {"a": [1]}, [[]], {"link": {}}, {"name": ["x"]}, ["COMBO", {"options": 3}]]),
)


def files() -> list[dict[str, Any]]:
    primitive = blank(File()).node(5, "PrimitiveNode", [128, "fixed"]).link(5, 0, 1, "width", "INT", widget=True)
    bypassed = blank(File()).node(5, "ImageInvert", mode=4, outputs=[{"type": "IMAGE"}]).link(1, 0, 5, "image", "IMAGE")
    told = pictures().node(3, "SetNode", ["pic"]).node(4, "GetNode", ["pic"]).link(1, 0, 3, "IMAGE", "IMAGE")
    proxies = {"values": [5], "properties": {"proxyWidgets": [["-1", "w"], ["1", "color"]]}}
    made = [
        saver(primitive, 1),
        saver(bypassed, 5),
        told.link(4, 0, 2, "images", "IMAGE"),
        with_subgraph(proxies),
        File().node(1, "Resize", ["by size", 10, 20, "lanczos"]).node(2, "KSampler", [1, "fixed", 2, 3, "euler"]),
    ]
    everywhere = {"downstream": 2, "downstream_slot": 0, "upstream": 1, "upstream_slot": 0, "controller": 3}
    unlinked = pictures().node(3, "Anything Everywhere").link(1, 0, 3, "anything", "IMAGE")
    unlinked.nodes[1]["inputs"].append({"name": "images", "type": "IMAGE", "link": None})
    told_of = {"nodes": unlinked.nodes, "links": unlinked.links, "extra": {"ue_links": [everywhere]}}
    return [
        {"nodes": file.nodes, "links": file.links, "definitions": {"subgraphs": file.subgraphs}} for file in made
    ] + [grouped(), told_of]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path to everything in a JSON value."""
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [path] * bool(path) + [each for key in keys for each in places(value[key], (*path, key))]


def mutated(value: Any, draw: Any, count: int) -> Any:
    value = copy.deepcopy(value)
    for _ in range(count):
        if not (paths := places(value)):
            break
        *inner, last = draw(st.sampled_from(paths))
        there = value
        for key in inner:
            there = there[key]
        if isinstance(there, list) and draw(st.booleans()):
            there.append(copy.deepcopy(there[last]))
        elif draw(st.booleans()):
            there[last] = copy.deepcopy(draw(ODD))  # or one list would be inside itself
        else:
            del there[last]
    return value


@given(st.data())
def test_any_change_of_a_file_gives_a_graph_or_an_error_of_ours(data: st.DataObject) -> None:
    file = mutated(data.draw(st.sampled_from(files())), data.draw, data.draw(st.integers(1, 6)))
    try:
        graph = as_queued("a.json", file, INFO, lambda _: 0, lambda text: date_in(text, datetime.now(UTC)))
    except WorkflowError:
        return
    assert all(set(node) == {"inputs", "class_type", "_meta"} for node in graph.values())


@given(st.data())
def test_any_change_of_what_a_server_tells_gives_a_graph_or_an_error_of_ours(data: st.DataObject) -> None:
    few = {name: INFO[name] for name in ("EmptyImage", "SaveImage", "Resize", "ImageInvert", "KSampler")}
    told = mutated(few, data.draw, data.draw(st.integers(1, 6)))
    file = data.draw(st.sampled_from(files()))
    try:
        graph = convert("a.json", file, told)
    except WorkflowError:
        return
    assert {node["class_type"] for node in graph.values()} <= set(told)


def chain(count: int, kind: str, mode: int) -> str:
    """A picture that goes through ``count`` nodes, with a saver at each."""
    file = blank(File())
    for number in range(2, count + 2):
        file.node(number, kind, mode=mode, outputs=[{"name": "IMAGE", "type": "IMAGE"}])
        file.link(number - 1, 0, number, "image", "IMAGE")
        saver(file, number, number + 100_000)
    return json.dumps({"nodes": file.nodes, "links": file.links})


@pytest.mark.parametrize(("kind", "mode"), [("ImageInvert", 0), ("ImageInvert", 4), ("Reroute", 0)])
def test_a_long_chain_is_converted_in_linear_time(kind: str, mode: int) -> None:
    small, large = chain(40, kind, mode), chain(40 * TIMES + 40, kind, mode)
    assert grows_gently(lambda text: read_workflow("a.json", text, INFO), small, large)
    last = read_workflow("a.json", large, INFO)["100441"]["inputs"]["images"]
    assert last == (["441", 0] if (kind, mode) == ("ImageInvert", 0) else ["1", 0])


def patterns(count: int) -> str:
    """A name of a file with four times as many patterns as the file has nodes."""
    file = File()
    for number in range(1, count + 1):
        file.node(number, "EmptyImage", [64, 64, 1, 0])
    file.node(count + 1, "SaveImage", ["%nobody.width%" * 4 * count])
    return json.dumps({"nodes": file.nodes, "links": file.links})


def test_patterns_are_filled_in_linear_time() -> None:
    def fill(text: str) -> None:
        as_queued("a.json", json.loads(text), INFO, lambda _: 0, lambda _: None)
        resolve(convert("a.json", json.loads(text), INFO), INFO, lambda _: 0, datetime.now(UTC))

    assert grows_gently(fill, patterns(100), patterns(120 * TIMES))


def passed(count: int) -> str:
    """A group node with as many links to it as it has widgets inside."""
    names = [f"i{number}" for number in range(count)]
    inputs = [{"name": name, "type": "INT", "widget": {"name": name}} for name in names]
    file = grouped(links=[])
    file["extra"]["groupNodes"]["Inverted"]["nodes"][0]["inputs"] = inputs
    file["nodes"][0]["inputs"] = [{**entry, "link": 10 + number} for number, entry in enumerate(inputs)]
    file["nodes"].append({"id": 7, "type": "EmptyImage", "widgets_values": []})
    file["links"] += [[10 + number, 7, 0, 5, number, "INT"] for number in range(count)]
    return json.dumps(file)


def test_links_to_a_group_node_are_followed_in_linear_time() -> None:
    assert grows_gently(lambda text: read_workflow("a.json", text, INFO), passed(400), passed(410 * TIMES))


def shown(count: int) -> str:
    """A subgraph whose instance has a value of its own for each of the nodes inside."""
    inner, names = File(), range(1, count + 1)
    for number in names:
        entry = {"name": "width", "type": "INT", "widget": {"name": "width"}, "link": number}
        inner.node(number, "EmptyImage", [64, 64, 1, 0], inputs=[entry])
    ends = ("origin_id", "origin_slot", "target_id", "target_slot")
    ways = [{"id": each, **dict(zip(ends, (-10, each - 1, each, 0), strict=True)), "type": "INT"} for each in names]
    inputs = [{"name": f"w{each}", "type": "INT", "linkIds": [each]} for each in names]
    proxies = {"proxyWidgets": [[str(each), "width"] for each in names]}
    file = File().node(1, "wide", [32] * count, properties=proxies)
    file.subgraphs.append({"id": "wide", "nodes": inner.nodes, "links": ways, "inputs": inputs, "outputs": []})
    return json.dumps({"nodes": file.nodes, "links": [], "definitions": {"subgraphs": file.subgraphs}})


def test_the_values_of_an_instance_are_found_in_linear_time() -> None:
    small, large = shown(300), shown(310 * TIMES)
    assert grows_gently(lambda text: read_workflow("a.json", text, INFO), small, large)
    assert read_workflow("a.json", small, INFO)["1:300"]["inputs"]["width"] == 32


def bomb(depth: int, width: int, *, inputs: bool) -> dict[str, Any]:
    """Subgraphs in subgraphs: ``width`` to the power of ``depth`` nodes in a few kilobytes."""
    subgraphs = []
    for level in range(depth):
        nodes = [
            {"id": each, "type": f"S{level + 1}", "inputs": [{"name": "a", "type": "INT", "link": each}]}
            for each in range(width)
        ]
        links = [[each, -10, 0, each, 0, "INT"] for each in range(width)]
        declared = [{"name": "a", "type": "INT", "linkIds": list(range(width))}] if inputs else []
        subgraphs.append({"id": f"S{level}", "nodes": nodes, "links": links, "inputs": declared})
    return {"nodes": [{"id": 1, "type": "S0"}], "links": [], "definitions": {"subgraphs": subgraphs}}


@pytest.mark.parametrize("inputs", [False, True])
def test_subgraphs_that_open_into_millions_are_refused(inputs: bool) -> None:
    with pytest.raises(WorkflowError, match=f"more than {MOST_NODES:,} nodes"):
        convert("a.json", bomb(15, 4, inputs=inputs), INFO)


@pytest.mark.parametrize(
    "file",
    [
        {"nodes": [{"id": [1], "type": "KSampler"}], "links": []},
        {"nodes": [{"id": 1, "type": "KSampler"}], "links": [[1, 2]]},
        {"nodes": [{"id": 1, "type": "KSampler"}], "links": [[{}, 1, 0, 1, 0, "INT"]]},
        {
            "nodes": [{"id": 1, "type": "A"}],
            "links": [],
            "definitions": {"subgraphs": [{"id": "A", "nodes": [{"id": 1, "type": "A"}, {"id": 2, "type": "A"}]}]},
        },
    ],
)
def test_what_makes_no_sense_is_told_in_words(file: dict[str, Any]) -> None:
    with pytest.raises(WorkflowError, match=r"a\.json cannot be read as a saved workflow: ") as caught:
        convert("a.json", file, INFO)
    assert "unpack" not in str(caught.value)
    assert caught.value.hint
