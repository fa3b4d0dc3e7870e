"""What the fake says of a graph, without a server around it."""

from typing import Any

import pytest

from fake_comfyui.dialect import DIALECTS, Dialect
from fake_comfyui.nodes import NodeClass, classes
from fake_comfyui.validation import GraphVerdict, judge, staged
from tests.musings.makers.comfyui.graphs import film, node, painting, picture, song, sounds, spoken

MODELS = ("fake_image_v1.safetensors", "fake_music_v1.safetensors")
USUAL = DIALECTS["0.8"]


def verdict(graph: Any, dialect: Dialect = USUAL, *, known: dict[str, NodeClass] | None = None) -> GraphVerdict:
    return judge(graph, known or classes(MODELS, [], [], dialect), lambda name: name == "there.png", dialect)


def kinds(found: GraphVerdict, at: str) -> list[str]:
    return [error["type"] for error in found.node_errors[at]["errors"]]


@pytest.mark.parametrize("graph", [picture(), painting(), song(), sounds(), spoken("a")])
@pytest.mark.parametrize("dialect", list(DIALECTS.values()))
def test_what_is_right_is_taken_whole(graph: Any, dialect: Dialect) -> None:
    found = verdict(graph, dialect)
    assert (found.error, found.node_errors) == (None, {})
    assert found.outputs == [name for name, data in graph.items() if data["class_type"].startswith(("Save", "Preview"))]


@pytest.mark.parametrize("graph", [None, [], "x", 5, {}])
def test_what_is_no_graph_has_no_outputs(graph: Any) -> None:
    found = verdict(graph)
    assert found.error is not None
    assert found.error["type"] == "prompt_no_outputs"


def test_the_graph_that_was_posted_is_not_changed() -> None:
    graph = picture()
    graph["1"]["inputs"]["width"] = "32"
    found = verdict(graph)
    assert (graph["1"]["inputs"]["width"], found.graph["1"]["inputs"]["width"]) == ("32", 32)


@pytest.mark.parametrize(
    ("value", "kind", "words"),
    [
        (0, "value_smaller_than_min", "Value 0 smaller than min of 1"),
        (16385, "value_bigger_than_max", "Value 16385 bigger than max of 16384"),
        ("wide", "invalid_input_type", "Failed to convert an input value to a INT value"),
        (None, "invalid_input_type", "Failed to convert an input value to a INT value"),
        ([], "bad_linked_input", "Bad linked input, must be a length-2 list of [node_id, slot_index]"),
        (["9", 0], "exception_during_inner_validation", "Exception when validating inner node"),
    ],
)
def test_what_is_wrong_with_a_value_is_said_at_its_node(value: Any, kind: str, words: str) -> None:
    graph = picture()
    graph["1"]["inputs"]["width"] = value
    found = verdict(graph)
    (error,) = found.node_errors["1"]["errors"]
    assert (error["type"], error["message"]) == (kind, words)
    assert found.node_errors["1"]["dependent_outputs"] == ["2"]
    assert found.error is not None
    assert found.error["type"] == "prompt_outputs_failed_validation"


def test_the_words_above_name_the_faults_of_the_output_nodes_alone() -> None:
    graph = picture()
    del graph["1"]["inputs"]["width"]
    inner = verdict(graph)
    assert inner.error is not None
    assert inner.error["details"] == ""
    outer = verdict({"2": node("SaveImage")})
    assert outer.error is not None
    assert outer.error["details"] == "images\nfilename_prefix"


def test_one_good_output_is_enough() -> None:
    graph = picture() | {"3": node("SaveImage", images=["1", 0]), "4": node("PreviewImage", images=["1", 0])}
    found = verdict(graph)
    assert (found.error, found.outputs, kinds(found, "3")) == (None, ["2", "4"], ["required_input_missing"])


def test_a_fault_is_told_for_every_output_that_needs_its_node() -> None:
    graph = picture() | {"3": node("PreviewImage", images=["1", 0])}
    graph["1"]["inputs"]["width"] = 0
    assert verdict(graph).node_errors["1"]["dependent_outputs"] == ["2", "3"]


@pytest.mark.parametrize(("slot", "fine"), [(0, True), (1, False), (-1, True), (-2, False), (7, False)])
def test_a_link_joins_one_type_to_the_same(slot: int, fine: bool) -> None:
    graph = picture()
    graph["2"]["inputs"]["images"] = ["1", slot]
    found = verdict(graph)
    assert (found.error is None) is fine
    if not fine:
        assert kinds(found, "2") == ["return_type_mismatch"]


def test_a_long_list_is_told_by_its_length() -> None:
    long = tuple(f"{number}.safetensors" for number in range(21))
    for models, told in ((long, "(list of length 21)"), (long[:2], "['0.safetensors', '1.safetensors']")):
        found = verdict(painting(), known=classes(models, [], []))
        (error,) = found.node_errors["4"]["errors"]
        assert error["details"] == f"ckpt_name: 'fake_image_v1.safetensors' not in {told}"
        assert (error["extra_info"]["input_config"] is None) == (models is long)


@pytest.mark.parametrize(("value", "fine"), [("there.png", True), ("gone.png", False)])
def test_a_file_must_be_there(value: str, fine: bool) -> None:
    graph = {"1": node("LoadImage", image=value), "2": node("PreviewImage", images=["1", 0])}
    assert (verdict(graph).error is None) is fine


def circle() -> dict[str, Any]:
    graph = {"1": node("ImageInvert", image=["2", 0]), "2": node("ImageInvert", image=["1", 0])}
    return {**graph, "3": node("PreviewImage", images=["1", 0])}


def test_a_circle_is_named_by_the_newest_alone() -> None:
    assert verdict(circle()).node_errors == {}
    found = verdict(circle(), DIALECTS["0.33"])
    assert kinds(found, "1") == kinds(found, "2") == ["dependency_cycle"]
    assert found.node_errors["1"]["errors"][0]["details"] == "1 (ImageInvert) -> 2 (ImageInvert) -> 1 (ImageInvert)"


def test_a_film_must_name_a_container_that_there_is() -> None:
    assert verdict(film()).error is None
    wrong = film()
    wrong["3"]["inputs"]["format"] = "avi"
    assert kinds(verdict(wrong), "3") == ["value_not_in_list"]


@pytest.mark.parametrize("kind", ["no_prompt", "prompt_no_outputs", "invalid_prompt", "value_not_in_list"])
def test_a_staged_refusal_takes_any_graph(kind: str) -> None:
    graphs: list[dict[str, Any]] = [picture(), {}, {"7": {}}]
    for graph in graphs:
        error, errors = staged(kind, graph, USUAL)
        assert error["type"] in (kind, "prompt_outputs_failed_validation")
        assert set(errors) <= {next(iter(graph), "1")}
