"""What people's files are, and where the graph is in them."""

import json
from collections.abc import Callable

import pytest

from comfyui_workflows.conversion import read_workflow
from comfyui_workflows.envelopes import is_saved, open_file, opened
from comfyui_workflows.errors import WorkflowError
from comfyui_workflows.graph import read
from tests.comfyui_workflows.carriers import CARRIERS, PROMPT, png
from tests.comfyui_workflows.saved_files import INFO
from tests.musings.makers.comfyui.graphs import picture


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '"a"', '{"a": 1}', "3", "[" * 100_000, "/*" * 500_000, "{" + '"' * 500_001]
)
def test_what_is_no_workflow(text: str) -> None:
    with pytest.raises(WorkflowError, match=r"a.json") as caught:
        open_file("a.json", text)
    assert "Export (API)" in str(caught.value.hint)


def test_a_whole_post_body_is_taken_too() -> None:
    assert read("a.json", json.dumps({"prompt": picture(), "client_id": "x"})) == picture()


def test_nan_in_a_file() -> None:
    assert read("a.json", '{"1": {"class_type": "A", "inputs": {"x": NaN}}}')["1"]["inputs"]["x"] is None


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


API = picture()
SAVED = {"nodes": [{"id": 1, "type": "SaveImage", "widgets_values": ["x"]}], "links": []}
TEXT = json.dumps(API)


@pytest.mark.parametrize(
    "wrapper",
    [
        {"prompt": API, "client_id": "x", "extra_data": {"extra_pnginfo": {"workflow": SAVED}}},
        {"prompt": TEXT, "workflow": json.dumps(SAVED)},
        {"workflow_api": API, "workflow": SAVED},
        {"output": API, "workflow": SAVED},
        {"comfy_prompt": API, "workflow": SAVED},
        {"input": {"workflow": API, "images": []}},
        {"input": {"prompt": TEXT}},
        {"workflow": {"prompt": API}},
        [API],
        {"0f2c-uuid": {"prompt": [3, "0f2c-uuid", API, {"extra_pnginfo": {"workflow": SAVED}}, ["9"]], "outputs": {}}},
        {"queue_running": [[0, "id", API, {}, ["9"]]], "queue_pending": []},
    ],
)
def test_the_graph_is_found_in_each_wrapper_and_what_was_run_comes_first(wrapper: object) -> None:
    assert read("a.json", json.dumps(wrapper)) == API
    said = open_file("a.json", json.dumps(wrapper)).remarks
    assert any("inside of another object" in each or "SwarmUI" in each for each in said)


@pytest.mark.parametrize("wrapper", [{"workflow": SAVED}, {"prompt": SAVED}, {"data": {"workflow": json.dumps(SAVED)}}])
def test_a_saved_workflow_is_found_in_each_wrapper(wrapper: object) -> None:
    assert opened("a.json", json.dumps(wrapper)) == SAVED


@pytest.mark.parametrize("name", CARRIERS)
def test_of_a_file_that_carries_both_the_drawn_one_comes_first_and_the_run_one_is_there(name: str) -> None:
    found = open_file(name, CARRIERS[name])
    assert found.embedded
    assert is_saved(found.graphs[0])
    assert found.plain == json.loads(PROMPT)
    assert read_workflow(name, CARRIERS[name], INFO)["9"]["inputs"]["filename_prefix"] == "x"  # as it was drawn
    assert read_workflow(name, CARRIERS[name]) == json.loads(PROMPT)  # without a server: as it was run


def test_a_picture_whose_drawing_cannot_be_read_is_read_as_it_was_run() -> None:
    broken = json.dumps({"nodes": [{"id": 1, "type": "NodeOfAPack", "widgets_values": []}], "links": []})
    assert read_workflow("a.png", png({"prompt": PROMPT, "workflow": broken}), INFO) == json.loads(PROMPT)


def test_numbers_that_are_none_in_what_was_run_do_no_harm() -> None:
    text = PROMPT[:-1] + ', "20": {"class_type": "A", "inputs": {}, "is_changed": [NaN]}}'
    assert read_workflow("a.png", png({"prompt": text}))["20"]["is_changed"] == [None]


def test_a_picture_without_a_workflow_is_said_to_be_one() -> None:
    with pytest.raises(WorkflowError, match=r"a\.png is a picture \(PNG\), and no ComfyUI workflow is in it") as caught:
        opened("a.png", png({"title": "A fox"}))
    assert "messengers" in str(caught.value.hint)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_every_encoding_in_which_programs_save(encoding: str) -> None:
    assert read("a.json", TEXT.encode(encoding)) == API


def test_what_is_left_out_is_said() -> None:
    text = TEXT[:-1] + ', // mine\n"_comment": "x", "30": {"class_type": "Note", "inputs": {"text": "n"}},}'
    found = open_file("a.json", text)
    assert found.graphs == (API | {"_comment": "x"},)
    told = " ".join(found.remarks)
    assert "Comments and commas" in told
    assert "_comment" in told
    assert "Notes were left out: 30" in told


@pytest.mark.parametrize("data", [{"nodes": [{"id": "a"}], "connections": {}}, {"nodes": [], "edges": []}])
def test_workflows_of_other_programs_with_nodes_are_not_taken_for_comfyuis(data: object) -> None:
    with pytest.raises(WorkflowError, match=r"another program|InvokeAI"):
        opened("a.json", json.dumps(data))
