"""Choices as a server spells them."""

import difflib

import pytest

from comfyui_workflows.checking import check, suited
from comfyui_workflows.object_info import installed_as, nearest, nearest_of
from tests.comfyui_workflows.forms import declared
from tests.comfyui_workflows.saved_files import INFO
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


CLASSES = [*INFO, *(f"{name}{end}{number}" for number in range(80) for name in INFO for end in ("Plus", "XL"))]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("KSamplr", "KSampler"),
        ("EmptyImages", "EmptyImage"),
        ("CLIPTextEncodeX", "CLIPTextEncode"),
        ("UltimateSDUpscale", None),
        ("ImageRemoveAlpha+", None),
        ("easy fullLoader", None),
        ("x", None),
        ("", None),
        ("K" * 100_000, None),
    ],
)
def test_only_what_is_like_it_is_the_nearest(wanted: str, expected: str | None) -> None:
    assert nearest(wanted, INFO) == expected


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("flux1-dev-fp8.safetensors", "flux1-dev.safetensors"),
        ("wan2.1_t2v_14B_fp8_scaled.safetensors", "wan2.1_t2v_14B_bf16.safetensors"),
        ("v1-5-pruned-emaonly.ckpt", "v1-5-pruned.safetensors"),
        ("juggernaut.safetensors", None),
        ("vae.safetensors", None),
    ],
)
def test_the_ending_of_all_models_makes_none_alike(wanted: str, expected: str | None) -> None:
    models = ["flux1-dev.safetensors", "wan2.1_t2v_14B_bf16.safetensors", "v1-5-pruned.safetensors", "ae.safetensors"]
    assert nearest(wanted, models) == expected


def test_few_names_are_compared_however_many_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []
    ratio = difflib.SequenceMatcher.ratio

    def counted(matcher: difflib.SequenceMatcher[str]) -> float:
        compared.append(matcher)
        return ratio(matcher)

    monkeypatch.setattr(difflib.SequenceMatcher, "ratio", counted)
    assert len(CLASSES) > 3_500
    assert nearest_of(["KSamplr", "EmptyImagez"], CLASSES) == {"KSamplr": "KSampler", "EmptyImagez": "EmptyImage"}
    assert len(compared) <= 24
    assert nearest_of([f"Unknown{number}" for number in range(1_000)], CLASSES) == {}
    assert len(compared) <= 24
