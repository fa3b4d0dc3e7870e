"""Choices as a server spells them."""

import pytest

from comfyui_workflows.checking import check, suited
from comfyui_workflows.object_info import installed_as, nearest
from tests.comfyui_workflows.forms import declared
from tests.musings.makers.comfyui.graphs import node


@pytest.mark.parametrize(
    ("given", "there"),
    [("SD15\\inner.safetensors", "SD15/inner.safetensors"), ("SD15/inner.safetensors", "SD15\\inner.safetensors")],
)
def test_a_path_of_the_other_system_is_the_same_model(given: str, there: str) -> None:
    info = {"CheckpointLoaderSimple": declared(ckpt_name=[["other.ckpt", there], {}])}
    graph = {"4": node("CheckpointLoaderSimple", ckpt_name=given)}
    assert check(graph, info) == []
    assert suited(graph, info)["4"]["inputs"]["ckpt_name"] == there
    assert graph["4"]["inputs"]["ckpt_name"] == given
    newer = {"CheckpointLoaderSimple": declared(ckpt_name=["COMBO", {"options": [there]}])}
    assert suited(graph, newer)["4"]["inputs"]["ckpt_name"] == there
    assert installed_as("inner.safetensors", [there]) is None


def test_one_that_is_there_under_both_names_is_the_one_that_was_meant() -> None:
    assert installed_as("a\\b", ["a/b", "a\\b"]) == "a\\b"


def test_nearest() -> None:
    models = ["sd_xl_base_1.0.safetensors", "v1-5-pruned.safetensors"]
    assert nearest("SD_XL_BASE.safetensors", models) == models[0]
    assert nearest("qqq", models) is None
    assert nearest("x", []) is None
