"""Jobs as ComfyUI tells of them."""

import json

import pytest

from musings.comfyui_api import history
from musings.models import PromptStatus, WorkflowVersion
from tests.musings.comfyui_api.telling import job, made, prompt
from tests.musings.makers.comfyui.graphs import picture


def nothing(_path: str) -> str:
    raise AssertionError("no text is asked for")


def test_each_node_has_its_files_where_it_tells_of_them() -> None:
    files = [
        made("image", "image/7_x/0001.png", node="9", comfyui_output="images"),
        made("image", "image/7_x/0002.png", node="9", comfyui_output="images"),
        made("video", "image/7_x/0003.mp4", node="5", comfyui_output="gifs"),
        made("image", "image/7_x/0004.png", node="8", comfyui_output="websocket"),
        made("audio", "0005.flac"),
    ]
    found = history.outputs_of(job(), files, nothing)
    assert [each["filename"] for each in found["9"]["images"]] == ["0001.png", "0002.png"]
    assert found["5"] == {"gifs": [{"filename": "0003.mp4", "subfolder": "image/7_x", "type": "output"}]}
    assert found["2"] == {"audio": [{"filename": "0005.flac", "subfolder": "", "type": "output"}]}
    assert history.over_the_socket(files) == [("8", "image/7_x/0004.png")]


def test_texts_are_cut_out_of_their_file() -> None:
    said = made("text", "text.txt", comfyui_texts=[["2", "text", 3], ["3", "text", 5], "odd"])
    found = history.outputs_of(job(), [said], lambda _: "one\n\ntwo\n\n")
    assert found == {"2": {"text": ["one"]}, "3": {"text": ["two\n\n"]}}


@pytest.mark.parametrize(
    ("status", "word", "last"),
    [
        (PromptStatus.COMPLETED, "success", "execution_success"),
        (PromptStatus.FAILED, "error", "execution_error"),
        (PromptStatus.CANCELLED, "error", "execution_interrupted"),
    ],
)
def test_an_entry_says_how_it_ended(status: str, word: str, last: str) -> None:
    ended = job(prompt(status, error_message='node 2 "Save Image" (SaveImage) failed.'))
    found = history.entry(ended, picture(), {})
    assert (found["status"]["status_str"], found["status"]["completed"]) == (word, word == "success")
    assert found["status"]["messages"][-1][0] == last
    if word == "error":
        assert (found["status"]["messages"][-1][1]["node_id"], found["prompt"][0]) == ("2", 7)


def test_a_job_is_told_without_what_is_not_known_yet() -> None:
    waiting = prompt(PromptStatus.PENDING, processed_at=None, completed_at=None)
    found = history.summary(job(waiting, number=-3.5), {}, {})
    assert found == {"id": "j", "status": "pending", "priority": -3.5, "create_time": 1795867200000, "outputs_count": 0}
    shown = history.detail(job(), {"1": {}}, {"2": {"images": [history.file_entry("a/b.png")], "animated": [True]}})
    assert (shown["outputs_count"], shown["preview_output"]["nodeId"]) == (1, "2")
    assert (shown["workflow"]["prompt"], shown["execution_status"]["completed"]) == ({"1": {}}, True)


def test_the_graph_of_a_version() -> None:
    version = WorkflowVersion("h", "n", "comfyui", json.dumps({"text": json.dumps(picture())}))
    assert history.graph_in(version) == picture()
    assert history.graph_in(None) == {}
    for odd in ("{", '{"text": "[]"}', "{}"):
        assert history.graph_in(WorkflowVersion("h", "n", "comfyui", odd)) == {}
