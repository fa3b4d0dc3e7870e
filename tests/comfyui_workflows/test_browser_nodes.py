"""Nodes whose widgets or links exist in the browser alone are converted by an adapter, or refused by name."""

from typing import Any

import pytest

from comfyui_workflows.checking import adapters
from comfyui_workflows.conversion import convert
from comfyui_workflows.errors import WorkflowError
from tests.comfyui_workflows.saved_files import INFO, blank, pictures
from tests.comfyui_workflows.saved_files import File as Saved

FLEXIBLE = {"input": {"required": {}, "optional": {"model": ["MODEL"], "clip": ["CLIP"]}}, "output": ["MODEL", "CLIP"]}
COMBINE = {
    "input": {
        "required": {
            "images": ["IMAGE"],
            "frame_rate": ["FLOAT", {"default": 8}],
            "format": [["image/gif", "video/h264-mp4"], {"formats": {"video/h264-mp4": [["crf", "INT", {}]]}}],
        }
    },
    "output": [],
}
KNOWN = {
    **INFO,
    "Power Lora Loader (rgthree)": FLEXIBLE,
    "VHS_VideoCombine": COMBINE,
    "Anything Everywhere": {"input": {"optional": {"anything": ["*"]}}, "output": []},
    "CustomCombo": {"input": {"required": {"choice": ["COMBO", {"options": []}]}}, "output": ["STRING", "INT"]},
}


def converted(class_type: str, values: Any) -> dict[str, Any]:
    return convert("a.json", {"nodes": [{"id": 8, "type": class_type, "widgets_values": values}], "links": []}, KNOWN)


def test_every_lora_of_a_power_lora_loader_is_sent() -> None:
    first = {"on": True, "lora": "a.safetensors", "strength": 0.8, "strengthTwo": None}
    second = {"on": False, "lora": "b.safetensors", "strength": 1, "strengthTwo": 0.5}
    graph = converted(
        "Power Lora Loader (rgthree)", [{}, {"type": "PowerLoraLoaderHeaderWidget"}, first, second, {}, ""]
    )
    inputs = graph["8"]["inputs"]
    assert inputs["lora_1"] == {"on": True, "lora": "a.safetensors", "strength": 0.8}
    assert inputs["lora_2"] == second
    assert adapters(graph) == {"8": "Power Lora Loader (rgthree)"}


def test_the_codec_of_a_film_is_sent_and_its_preview_is_not() -> None:
    values = {"frame_rate": 24, "format": "video/h264-mp4", "crf": 19, "pix_fmt": "yuv420p", "videopreview": {"a": 1}}
    graph = converted("VHS_VideoCombine", values)
    assert graph["8"]["inputs"] == {"frame_rate": 24, "format": "video/h264-mp4", "crf": 19, "pix_fmt": "yuv420p"}
    assert adapters(graph) == {"8": "VHS_VideoCombine"}


def test_a_codec_without_names_is_refused_in_words() -> None:
    with pytest.raises(WorkflowError, match=r"Node 8 \(VHS_VideoCombine\)") as caught:
        converted("VHS_VideoCombine", [24, "video/h264-mp4", 19])
    assert "save it again" in (caught.value.hint or "")
    assert converted("VHS_VideoCombine", [24, "image/gif"])["8"]["inputs"]["format"] == "image/gif"


@pytest.mark.parametrize("known", [KNOWN, INFO])
@pytest.mark.parametrize("name", ["Anything Everywhere", "Prompts Everywhere", "Anything Everywhere?"])
def test_links_that_are_nowhere_in_the_file_are_refused_by_name_also_when_installed(name: str, known: Any) -> None:
    file = pictures().link(1, 0, 2, "images", "IMAGE").node(8, name, []).link(1, 0, 8, "anything", "IMAGE")
    data = {"nodes": file.nodes, "links": file.links}
    with pytest.raises(WorkflowError, match=rf"{name[:8]}.* \(node 8\)") as caught:
        convert("a.json", data, {**known, name: {"input": {}}} if known is KNOWN else known)
    assert "Export (API)" in (caught.value.hint or "")


def test_a_choice_of_the_authors_own_words_has_its_place_among_them() -> None:
    inputs = converted("CustomCombo", ["b", 1, "a", "b", ""])["8"]["inputs"]
    assert inputs == {"choice": "b", "index": 1, "option1": "a", "option2": "b", "option3": ""}


def test_an_ordinary_graph_needed_no_adapter() -> None:
    assert adapters(blank(Saved()).graph()) == {}
