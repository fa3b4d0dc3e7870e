"""Links are followed as the page follows them."""

from typing import Any

import pytest

from comfyui_workflows.conversion import convert
from tests.comfyui_workflows.saved_files import INFO, PICTURE, File, blank, saver

MIX = {
    "input": {"required": {"first": ["IMAGE"], "second": ["IMAGE"], "clip": ["CLIP"], "size": ["INT", {}]}},
    "output": ["IMAGE", "CLIP"],
}


def mixed(inputs: list[tuple[str, str]], consumer: str, kind: str, slot: int = 0) -> dict[str, Any]:
    """What a consumer gets from a bypassed node whose file lists these inputs; ``None`` links nothing."""
    file = File()
    for number in (1, 2):
        blank(file, number)
    file.node(3, "Mix", [5], mode=4, outputs=[PICTURE, {"type": "CLIP"}])
    for name, link in inputs:
        entry = {"name": name, "type": "IMAGE"}
        file.nodes[-1]["inputs"].append(entry)
        if link:
            file.link(int(link), 0, 3, name, "IMAGE")
    file.node(4, consumer).link(3, slot, 4, "images", kind)
    info = {**INFO, "Mix": MIX, "Any": {"input": {"required": {"images": ["*"]}}, "output": []}}
    data = {"nodes": file.nodes, "links": file.links}
    inputs_sent: dict[str, Any] = convert("a.json", data, info)["4"]["inputs"]
    return inputs_sent


@pytest.mark.parametrize(
    ("inputs", "consumer", "kind", "slot", "expected"),
    [
        # The input at the place of the output, by the class's order and not the file's.
        ([("second", "2"), ("first", "1")], "SaveImage", "IMAGE", 0, ["1", 0]),
        # It is not linked: there is no second try.
        ([("second", "2"), ("first", "")], "SaveImage", "IMAGE", 0, None),
        # The one at the place does not fit: the first that is of the type.
        ([("second", "2"), ("first", "1")], "SaveImage", "IMAGE", 2, ["1", 0]),
        # Whatever is wanted: the one at the place.
        ([("second", "2"), ("first", "1")], "Any", "*", 1, ["2", 0]),
    ],
)
def test_a_bypassed_node_passes_by_the_order_of_its_class(
    inputs: list[tuple[str, str]], consumer: str, kind: str, slot: int, expected: list[Any] | None
) -> None:
    assert mixed(inputs, consumer, kind, slot).get("images") == expected


@pytest.mark.parametrize("mode", [2, 4])
def test_a_muted_reroute_passes_nothing_and_a_bypassed_one_passes(mode: int) -> None:
    file = blank(File()).node(5, "Reroute", mode=mode, outputs=[{"type": "*"}]).link(1, 0, 5, "", "*")
    assert ("images" in saver(file, 5).graph()["9"]["inputs"]) is (mode == 4)


def test_an_input_of_a_choice_that_is_not_chosen_is_not_there() -> None:
    file = blank(File()).node(2, "PrimitiveInt", [7]).node(3, "Resize", ["by factor", 2.0, "area"])
    file.link(1, 0, 3, "image", "IMAGE").link(2, 0, 3, "mode.width", "INT", widget=True)
    assert "mode.width" not in file.graph()["3"]["inputs"]
    file.nodes[-1]["widgets_values"] = ["by size", 1, 2, "area"]
    assert file.graph()["3"]["inputs"]["mode.width"] == ["2", 0]


def test_a_link_that_only_the_table_has_is_there() -> None:
    file = saver(blank(File()), 1)
    file.nodes[-1]["inputs"][0]["link"] = None
    assert file.graph()["9"]["inputs"]["images"] == ["1", 0]


def test_two_nodes_with_one_id_both_run() -> None:
    file = saver(blank(blank(File())), 1)
    assert sorted(file.graph()) == ["1", "10", "9"]


def test_ids_may_be_texts() -> None:
    file = saver(blank(File()), 1)
    for node in file.nodes:
        node["id"] = str(node["id"])
    assert file.graph()["9"]["inputs"]["images"] == ["1", 0]
