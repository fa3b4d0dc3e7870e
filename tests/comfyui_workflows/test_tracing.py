"""The form that a graph has."""

import pytest

from comfyui_workflows.form import SEED_MAXIMUM, Form
from comfyui_workflows.tracing import trace
from musings.makers.comfyui.client import ComfyServer
from tests.comfyui_workflows.forms import field, places
from tests.growth import grows_gently
from tests.musings.makers.comfyui.graphs import Graph, node, painting, picture, song, spoken


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
    graph["3"]["inputs"]["model"], graph["8"]["inputs"]["vae"] = ["11", 0], ["12", 0]
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


def test_a_title_on_a_node_that_nothing_uses_does_not_count() -> None:
    graph = painting()
    graph["20"] = node("PrimitiveInt", "Steps", value=20)
    graph["21"] = node("PrimitiveStringMultiline", "Prompt", value="of an idea that was given up")
    form = trace(graph)
    assert (places(form, "steps"), places(form, "prompt")) == ([("3", "steps")], [("6", "text")])


def test_what_leads_nowhere_is_left_out(server: ComfyServer) -> None:
    graph = painting()
    graph["30"] = node("KSampler", seed=8, steps=99, cfg=2.0, positive=["31", 0], latent_image=["5", 0])
    graph["31"] = node("CLIPTextEncode", "Other", text="nobody sees it", clip=["4", 1])
    for info in (None, server.object_info()):
        bound = {each.node for each in trace(graph, info).bindings}
        assert not bound & {"30", "31"}
        assert bound


def test_a_title_that_its_value_belies_is_no_role() -> None:
    graph = painting()
    graph["3"]["_meta"] = {"title": "seed"}
    graph["3"]["inputs"]["seed"] = "x"
    assert trace(graph).by_role("seed") is None
    graph["6"] |= {"_meta": {"title": "prompt"}, "inputs": {"text": {"a": 1}, "clip": ["4", 1]}}
    assert trace(graph).by_role("prompt") is None


def test_steps_behind_a_switch_are_found() -> None:
    graph = painting()
    graph["20"], graph["21"] = node("PrimitiveInt", value=4), node("PrimitiveInt", value=20)
    graph["22"] = node("ComfySwitchNode", switch=True, on_true=["20", 0], on_false=["21", 0])
    graph["3"]["inputs"]["steps"] = ["22", 0]
    assert places(trace(graph), "steps") == [("20", "value")]


def test_more_boxes_than_a_page_has_do_not_push_the_seed_off_it() -> None:
    graph = painting()
    for each in range(100, 400):
        before = graph["6"]["inputs"]["text"]
        graph[str(each)] = node("StringConcatenate", string_a=before, string_b=f"word {each}", delimiter="")
        graph["6"]["inputs"]["text"] = [str(each), 0]
    form = trace(graph)
    assert {"prompt", "seed", "width", "steps"} <= {each.role for each in form.fields}
    assert len(form.fields) < 300


@pytest.mark.parametrize("kind", ["samplers", "conditions", "texts", "sizes", "switches"])
def test_binding_grows_with_a_chain_and_no_faster(kind: str) -> None:
    def chain(length: str) -> None:
        trace(chained(kind, len(length)))

    assert grows_gently(chain, "x" * 160, "x" * 1600)


def chained(kind: str, length: int) -> Graph:
    graph, last = painting(), {"samplers": "5", "conditions": "6", "texts": "", "sizes": "5", "switches": "5"}[kind]
    for each in range(length):
        here = f"n{each}"
        if kind == "samplers":
            graph[here] = node(
                "KSampler", seed=1, steps=2, positive=["6", 0], negative=["7", 0], latent_image=[last, 0]
            )
        elif kind == "conditions":
            graph[here] = node("ControlNetApplyAdvanced", positive=[last, 0], negative=["7", 0], strength=1.0)
        elif kind == "texts":
            graph[here] = node("StringConcatenate", string_a=[last, 0] if last else "a", string_b=f"{each}")
        elif kind == "sizes":
            graph[f"w{each}"] = node("PrimitiveInt", value=each)
            graph[here] = node("LatentUpscale", samples=[last, 0], width=[f"w{each}", 0], height=[f"w{each}", 0])
        else:
            graph[here] = node("ComfySwitchNode", switch=True, on_true=[last, 0], on_false=["5", 0])
        last = here
    home, name = {"conditions": ("3", "positive"), "texts": ("6", "text")}.get(kind, ("3", "latent_image"))
    graph[home]["inputs"][name] = [last, 0]
    return graph


def test_a_node_that_draws_a_seed_for_minus_one_is_a_seed() -> None:
    graph = painting()
    graph["20"] = node("Seed (rgthree)", seed=-1)
    graph["3"]["inputs"]["seed"] = ["20", 0]
    table = {
        "Seed (rgthree)": {"input": {"required": {"seed": ["INT", {"min": -1125, "max": 1125}]}}, "output": ["INT"]}
    }
    for info in (None, table):
        seed = field(trace(graph, info), "seed")
        assert places(trace(graph, info), "seed") == [("20", "seed")]
        assert (seed.type, seed.default, seed.minimum) == ("int", None, 0)
