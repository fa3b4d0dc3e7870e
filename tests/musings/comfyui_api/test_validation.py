"""What is refused of a posted graph, in which words, and what is taken in part."""

from typing import Any

import pytest

from musings.comfyui_api.refusals import GraphRefusal
from musings.comfyui_api.validation import file_inputs, judge
from tests.musings.makers.comfyui.graphs import Graph, node

CLASSES: dict[str, Any] = {
    "Make": {
        "input": {
            "required": {
                "size": ["INT", {"min": 1, "max": 64}],
                "share": ["FLOAT", {}],
                "kind": [["round", "a/b"], {}],
            },
            "optional": {"many": ["COMBO", {"options": [str(number) for number in range(30)]}]},
        },
        "output": ["IMAGE", "MASK"],
    },
    "Load": {"input": {"required": {"image": [["here.png"], {"image_upload": True}]}}, "output": ["IMAGE"]},
    "Any": {"input": {"required": {"x": ["*", {}], "group": ["COMFY_AUTOGROW_V3", {}]}}, "output": ["*"]},
    "Save": {
        "input": {"required": {"images": ["IMAGE,LATENT", {}], "prefix": ["STRING", {}]}},
        "output": [],
        "output_node": True,
    },
}
MADE = node("Make", size=8, share=0.5, kind="round")


def saved(source: str = "1", slot: int = 0) -> dict[str, Any]:
    return node("Save", images=[source, slot], prefix="x")


def refused(graph: Graph, has_file: bool = False) -> list[tuple[str, str]]:
    """The faults of a graph that is refused: node and type."""
    with pytest.raises(GraphRefusal) as caught:
        judge(graph, CLASSES, lambda _: has_file)
    found = caught.value.body["node_errors"]
    return [(name, error["type"]) for name, each in found.items() for error in each["errors"]]


def test_a_good_graph_is_taken_as_it_is() -> None:
    graph = {"1": MADE, "2": saved(), "3": node("Any", x=["1", 0])}
    found = judge(graph, CLASSES, lambda _: False)
    assert (found.graph, list(found.outputs), found.node_errors) == (graph, ["2"], {})


@pytest.mark.parametrize(
    ("made", "kind"),
    [
        (node("Make", share=0.5, kind="round"), "required_input_missing"),
        (node("Make", size=0, share=0.5, kind="round"), "value_smaller_than_min"),
        (node("Make", size=65, share=0.5, kind="round"), "value_bigger_than_max"),
        (node("Make", size="much", share=0.5, kind="round"), "invalid_input_type"),
        (node("Make", size=float("inf"), share=0.5, kind="round"), "invalid_input_type"),
        (node("Make", size=8, share=0.5, kind="square"), "value_not_in_list"),
        (node("Make", size=8, share=0.5, kind="round", many="99"), "value_not_in_list"),
        (node("Make", size=["9", 0], share=0.5, kind="round"), "exception_during_validation"),
        (node("Make", size=["9"], share=0.5, kind="round"), "bad_linked_input"),
        (node("Load", image="absent.png"), "custom_validation_failed"),
    ],
)
def test_each_fault_has_comfyuis_name(made: dict[str, Any], kind: str) -> None:
    assert refused({"1": made, "2": saved()}) == [("1", kind)]


def test_what_the_server_would_convert_is_taken() -> None:
    for made in (
        node("Make", size="8", share="0.5", kind="a\\b", more=1),
        node("Make", size=8.9, share=1, kind="round", many="29"),
        node("Make", size={"__value__": [1]}, share=0.5, kind="round"),
    ):
        assert judge({"1": made, "2": saved()}, CLASSES, lambda _: False).outputs == ["2"]


def test_a_file_that_was_sent_is_no_fault() -> None:
    graph = {"1": node("Load", image="sent.png"), "2": saved()}
    assert judge(graph, CLASSES, lambda value: value == "sent.png").outputs == ["2"]
    assert list(file_inputs(graph, CLASSES)) == [("1", "image", "sent.png")]
    assert list(file_inputs({"1": node("LoadImage", image="a.png"), "2": saved()}, None)) == [("1", "image", "a.png")]


def test_types_must_fit() -> None:
    assert refused({"1": MADE, "2": saved(slot=1)}) == [("2", "return_type_mismatch")]
    assert refused({"1": MADE, "2": saved(slot=7)}) == [("2", "return_type_mismatch")]
    through = {"1": MADE, "3": node("Any", x=["1", 1]), "2": saved("3")}
    assert judge(through, CLASSES, lambda _: False).outputs == ["2"]


def test_a_circle_is_refused() -> None:
    graph = {"1": node("Any", x=["3", 0]), "3": node("Any", x=["1", 0]), "2": saved("1")}
    assert {kind for _, kind in refused(graph)} == {"dependency_cycle"}


def test_the_outputs_that_can_be_made_are_taken_without_the_rest() -> None:
    absent = {"3": node("Save", images=["4", 0], prefix="y"), "4": node("Load", image="absent.png")}
    graph = {"1": MADE, "2": saved(), **absent}
    found = judge(graph, CLASSES, lambda _: False)
    assert (list(found.graph), list(found.outputs)) == (["1", "2"], ["2"])
    assert found.node_errors["4"]["dependent_outputs"] == ["3"]


def test_only_the_targets_are_made() -> None:
    graph = {"1": MADE, "2": saved(), "3": saved()}
    found = judge(graph, CLASSES, lambda _: False, targets=["3"])
    assert (list(found.graph), list(found.outputs)) == (["1", "3"], ["3"])
    with pytest.raises(GraphRefusal, match="no outputs"):
        judge(graph, CLASSES, lambda _: False, targets=["9"])


def test_without_classes_every_graph_waits_for_a_server() -> None:
    graph = {"1": node("Unknown"), "2": node("SaveImage", images=["1", 0])}
    assert judge(graph, None, lambda _: False).outputs == ["2"]


def test_a_long_chain_is_judged_without_recursion() -> None:
    graph = {str(number): node("Any", x=[str(number - 1), 0]) for number in range(2, 5_000)}
    graph |= {"1": MADE, "9999": saved("4999")}
    assert judge(graph, CLASSES, lambda _: False).outputs == ["9999"]
