"""The form that a graph has."""

import pytest

from comfyui_workflows.form import SEED_MAXIMUM, Form
from comfyui_workflows.tracing import trace
from musings.makers.comfyui.client import ComfyServer
from tests.comfyui_workflows.forms import field, places
from tests.musings.makers.comfyui.graphs import node, painting, picture, song, spoken


def test_the_standard_picture_workflow() -> None:
    form = trace(painting())
    assert [each.name for each in form.fields] == [
        "prompt",
        "negative_prompt",
        "width",
        "height",
        "count",
        "seed",
        "steps",
        "cfg",
        "denoise",
        "checkpoint",
        "sampler",
        "scheduler",
    ]
    assert places(form, "prompt") == [("6", "text")]
    assert places(form, "negative_prompt") == [("7", "text")]
    assert places(form, "width") == [("5", "width")]
    assert places(form, "seed") == [("3", "seed")]
    assert (field(form, "prompt").default, field(form, "prompt").type) == ("a red fox", "longtext")
    assert (field(form, "seed").default, field(form, "seed").maximum) == (None, SEED_MAXIMUM)
    assert form.prompt_field == field(form, "prompt")
    assert all(binding.input != "filename_prefix" for binding in form.bindings)


def test_bounds_come_from_the_class_table(server: ComfyServer) -> None:
    form = trace(painting(), server.object_info())
    width = field(form, "width")
    assert (width.minimum, width.maximum, width.step, width.default) == (16, 16384, 8, 64)
    assert (field(form, "cfg").type, field(form, "cfg").maximum) == ("float", 100.0)


def test_what_it_is_made_with_is_on_every_form(server: ComfyServer) -> None:
    graph = painting()
    graph["4"]["inputs"]["ckpt_name"] = "of another server.safetensors"
    graph["10"] = node("LoraLoader", "Ink", lora_name="ink.safetensors", model=["4", 0], clip=["4", 1])
    graph["11"] = node("LoraLoader", "Fox", lora_name="fox.safetensors", model=["10", 0], clip=["10", 1])
    graph["12"] = node("VAELoader", vae_name="fine.safetensors")
    plain, known = trace(graph), trace(graph, server.object_info())
    for name in ("checkpoint", "lora", "lora_2", "vae", "sampler", "scheduler"):
        assert field(plain, name).type == "text"
        assert field(known, name).advanced
    assert [field(plain, name).label for name in ("lora", "lora_2")] == ["LoRA (Ink)", "LoRA (Fox)"]
    assert (places(plain, "lora"), places(plain, "lora_2")) == ([("10", "lora_name")], [("11", "lora_name")])
    checkpoint = field(known, "checkpoint")
    assert (checkpoint.type, checkpoint.default) == ("choice", "of another server.safetensors")
    assert checkpoint.choices == (
        "of another server.safetensors",
        "fake_image_v1.safetensors",
        "fake_music_v1.safetensors",
    )
    assert field(known, "sampler").choices[:2] == ("euler", "euler_ancestral")


def test_a_song() -> None:
    form = trace(song())
    roles = {each.role for each in form.fields}
    assert {"tags", "lyrics", "duration", "seed", "steps", "cfg"} <= roles
    assert "negative_prompt" not in roles
    assert places(form, "tags") == [("14", "tags")]
    assert places(form, "duration") == [("17", "seconds")]
    assert form.prompt_field is not None
    assert form.prompt_field.name == "tags"


def test_a_sampler_that_adds_no_noise_has_no_seed_that_matters() -> None:
    graph = painting()
    graph["40"] = node("KSamplerAdvanced", add_noise="disable", noise_seed=3, latent_image=["3", 0], positive=["6", 0])
    assert places(trace(graph), "seed") == [("3", "seed")]


@pytest.mark.parametrize(("title", "role"), [("prompt", "prompt"), ("Negative", "negative_prompt"), ("SEED", "seed")])
def test_titles_that_are_a_role_win(title: str, role: str) -> None:
    graph = painting()
    target = {"prompt": "7", "negative_prompt": "6", "seed": "3"}[role]
    graph[target]["_meta"] = {"title": title}
    form = trace(graph)
    found = form.by_role(role)
    assert found is not None
    assert [place for place, _ in places(form, found.name)] == [target]


def test_marks_with_labels() -> None:
    graph = painting()
    graph["5"]["_meta"] = {"title": "<Canvas>"}
    graph["6"]["_meta"] = {"title": "[input: prompt] What to paint"}
    form = trace(graph)
    assert field(form, "what_to_paint").role == "prompt"
    assert field(form, "what_to_paint").label == "What to paint"
    assert places(form, "canvas_width") == [("5", "width")]
    assert form.by_role("width") is None


def test_graphs_without_known_parts_have_an_empty_form() -> None:
    assert trace(picture()).prompt_field is None
    assert trace({}) == Form()
    assert places(trace(spoken("hello")), "prompt") == [("1", "value")]
