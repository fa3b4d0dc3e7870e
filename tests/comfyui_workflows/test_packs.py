"""Which pack brings a class, and where a model can be had."""

import pytest

from comfyui_workflows.packs import addresses_in, pack_of, packs_in

SAVED = {
    "nodes": [
        {"type": "KSampler", "properties": {"cnr_id": "comfy-core"}},
        {"type": "Sharpen", "properties": {"cnr_id": "comfyui-sharpen", "aux_id": "me/other"}},
        {"type": "Blur", "properties": {"aux_id": "me/comfyui-blur"}},
        {"type": "Odd", "properties": [1]},
        {"type": "Loader", "properties": {"models": [{"name": "a.safetensors", "url": "https://example.org/a"}, 3]}},
        {"type": "Sly", "properties": {"models": [{"name": "b.safetensors", "url": "javascript:alert(1)"}]}},
        "no node",
    ],
    "definitions": {"subgraphs": [{"nodes": [{"type": "Inner", "properties": {"cnr_id": "inner-pack"}}]}, None]},
}


def test_the_file_says_which_pack_brings_a_class() -> None:
    assert packs_in(SAVED) == {"Sharpen": "comfyui-sharpen", "Blur": "me/comfyui-blur", "Inner": "inner-pack"}


def test_only_addresses_of_the_web_are_passed_on() -> None:
    assert addresses_in(SAVED) == {"a.safetensors": "https://example.org/a"}


@pytest.mark.parametrize("data", [{}, {"nodes": 3}, {"nodes": None, "definitions": []}, {"1": {"class_type": "A"}}])
def test_other_files_say_nothing(data: dict[str, object]) -> None:
    assert packs_in(data) == addresses_in(data) == {}


def test_the_file_counts_before_a_server_and_a_server_before_the_name() -> None:
    elsewhere = {"VHS_VideoCombine": {"python_module": "custom_nodes.my-fork"}, "Core": {"python_module": "nodes"}}
    assert pack_of("VHS_VideoCombine", {"VHS_VideoCombine": "told"}, [elsewhere]) == "told"
    assert pack_of("VHS_VideoCombine", {}, [elsewhere]) == "my-fork"
    assert pack_of("VHS_VideoCombine", {}) == "ComfyUI-VideoHelperSuite"
    assert pack_of("Power Lora Loader (rgthree)", {}) == "rgthree-comfy"
    assert pack_of("Core", {}, [elsewhere]) is None
    assert pack_of("NobodyKnows", {}, [{"NobodyKnows": 3}]) is None
