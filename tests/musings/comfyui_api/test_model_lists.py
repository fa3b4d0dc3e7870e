"""Models by folder, from the classes that load them."""

from typing import Any

from musings.comfyui_api import model_lists

CLASSES: dict[str, Any] = {
    "CheckpointLoaderSimple": {"input": {"required": {"ckpt_name": [["b.safetensors", "a.safetensors"], {}]}}},
    "LoraLoader": {"input": {"required": {"lora_name": ["COMBO", {"options": ["x"]}]}}},
    "LoraLoaderModelOnly": {"input": {"required": {"lora_name": ["COMBO", {"options": ["x", "y"]}]}}},
    "CLIPLoader": {"input": {"required": {"clip_name": [["t5"]]}}},
}


def test_the_folders_that_something_loads_from() -> None:
    assert model_lists.folders(CLASSES) == ["checkpoints", "loras", "text_encoders"]


def test_the_models_of_a_folder_by_each_of_its_names() -> None:
    assert model_lists.files(CLASSES, "checkpoints") == ["a.safetensors", "b.safetensors"]
    assert model_lists.files(CLASSES, "loras") == ["x", "y"]
    assert model_lists.files(CLASSES, "clip") == model_lists.files(CLASSES, "text_encoders") == ["t5"]
    assert model_lists.files(CLASSES, "vae") == []
    assert model_lists.files(CLASSES, "nothing") is None
