"""Forms: found by tracing, corrected by a sidecar, filled without a change to the file's graph."""

import copy
import json

import pytest

from comfyui_workflows.errors import WorkflowError
from comfyui_workflows.form import SEED_MAXIMUM, Form, fill, rebind
from comfyui_workflows.form_field import FormField
from comfyui_workflows.kinds import WorkflowKind
from comfyui_workflows.placeholders import taken
from comfyui_workflows.sidecar import apply, read_sidecar
from comfyui_workflows.tracing import trace
from comfyui_workflows.value_types import type_of
from musings.errors import InvalidInputError
from musings.forms.checking import check_parameters
from musings.makers.comfyui.client import ComfyServer
from musings.makers.comfyui.run import run_graph
from tests.musings.makers.comfyui.graphs import Graph, node, painting, picture, song, spoken
from tests.musings.makers.comfyui.hostile import HOSTILE
from tests.musings.makers.comfyui.recorder import quick


def places(form: Form, name: str) -> list[tuple[str, str]]:
    return [(binding.node, binding.input) for binding in form.bindings if binding.field == name]


def field(form: Form, name: str) -> FormField:
    return next(each for each in form.fields if each.name == name)


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


def test_a_whole_number_in_the_file_refuses_no_fraction(server: ComfyServer) -> None:
    graph = painting()
    graph["3"]["inputs"] |= {"cfg": 7, "denoise": 1}
    for form in (trace(graph), trace(graph, server.object_info())):
        assert (field(form, "cfg").type, field(form, "cfg").default) == ("float", 7)
        assert field(form, "denoise").type == "float"
        assert check_parameters(form.fields, {"cfg": "3.5", "denoise": 0.5})["cfg"] == 3.5
        with pytest.raises(InvalidInputError, match="steps: must be a whole number"):
            check_parameters(form.fields, {"steps": 3.5})


@pytest.mark.parametrize(
    ("name", "class_type", "wanted"),
    [
        *((name, "Any", "float") for name in ("strength", "scale", "shift", "weight", "guidance", "fps", "odd_thing")),
        *((name, "Any", "int") for name in ("start_at_step", "batch_size", "num_frames", "crop_w", "tile_width")),
        *(("value", "PrimitiveInt", "int"), ("value", "PrimitiveFloat", "float"), ("value", "INTConstant", "int")),
    ],
)
def test_what_a_name_says_of_a_number(name: str, class_type: str, wanted: str) -> None:
    assert type_of(7, None, name=name, class_type=class_type, role=None) == wanted
    assert type_of(7, ["INT", {}], name=name, class_type=class_type, role=None) == "int"
    assert type_of(7, ["FLOAT"], name=name, class_type=class_type, role=None) == "float"
    assert type_of(7.0, None, name=name, class_type=class_type, role=None) == "float"


def test_numbers_written_as_text_are_numbers() -> None:
    graph = painting()
    graph["5"]["inputs"]["width"] = "512"
    form = trace(graph)
    assert (field(form, "width").type, field(form, "width").default) == ("int", 512)


def test_numbers_among_the_choices_stay_numbers() -> None:
    graph = {"1": node("<Film>", "<Film>", duration=5), "2": node("SaveVideo", video=["1", 0])}
    info = {"<Film>": {"input": {"required": {"duration": [[5, 10], {"default": 5}]}}}}
    form = trace(graph, info)
    duration = field(form, "film")
    assert (duration.type, duration.choices, duration.default) == ("choice", ("5", "10"), "5")
    values = check_parameters(form.fields, {"film": 10})
    assert fill(graph, form, values)["1"]["inputs"]["duration"] == 10
    assert fill(graph, form, check_parameters(form.fields, {}))["1"]["inputs"]["duration"] == 5
    with pytest.raises(InvalidInputError, match="one of 5, 10"):
        check_parameters(form.fields, {"film": 7})


def test_what_the_file_has_is_within_the_bounds() -> None:
    graph = painting()
    graph["3"]["inputs"]["steps"] = 1200
    assert field(trace(graph), "steps").maximum == 1200


def test_words_go_into_the_text_around_a_placeholder() -> None:
    graph, said = taken("a.json", painting(text="art of %prompt%, no %negative_prompt%, %prompt%!"))
    form = trace(graph, None, said)
    filled = fill(graph, form, {"prompt": "%negative_prompt% \\1", "negative_prompt": "cats"})
    assert filled["6"]["inputs"]["text"] == "art of %negative_prompt% \\1, no cats, %negative_prompt% \\1!"
    assert form.prompt_field is not None


def test_a_song() -> None:
    form = trace(song())
    roles = {each.role for each in form.fields}
    assert {"tags", "lyrics", "duration", "seed", "steps", "cfg"} <= roles
    assert "negative_prompt" not in roles
    assert places(form, "tags") == [("14", "tags")]
    assert places(form, "duration") == [("17", "seconds")]
    assert form.prompt_field is not None
    assert form.prompt_field.name == "tags"


def test_linked_texts_and_seeds_are_followed() -> None:
    graph = painting()
    graph["20"] = node("PrimitiveStringMultiline", "Idea", value="a hare")
    graph["21"] = node("StringConcatenate", string_a="masterpiece, ", string_b=["20", 0], delimiter="")
    graph["22"] = node("PrimitiveInt", value=9)
    graph["6"]["inputs"]["text"] = ["21", 0]
    graph["3"]["inputs"]["seed"] = ["22", 0]
    form = trace(graph)
    assert places(form, "prompt") == [("20", "value")]
    assert places(form, "seed") == [("22", "value")]
    extra = next(each for each in form.fields if each.default == "masterpiece, ")
    assert extra.advanced


def test_a_node_with_both_signs_passes_each_through_its_own_slot() -> None:
    graph = painting()
    graph["30"] = node(
        "ControlNetApplyAdvanced",
        positive=["6", 0],
        negative=["7", 0],
        control_net=["31", 0],
        image=["32", 0],
        strength=1.0,
    )
    graph["31"] = node("ControlNetLoader", control_net_name="x.safetensors")
    graph["32"] = node("LoadImage", "Pose", image="pose.png")
    graph["3"]["inputs"] |= {"positive": ["30", 0], "negative": ["30", 1]}
    form = trace(graph)
    assert places(form, "prompt") == [("6", "text")]
    assert places(form, "negative_prompt") == [("7", "text")]
    assert (field(form, "image").type, field(form, "image").label) == ("image", "Pose")


def flux() -> Graph:
    return {
        "1": node("RandomNoise", noise_seed=7),
        "2": node("BasicGuider", model=["9", 0], conditioning=["3", 0]),
        "3": node("FluxGuidance", conditioning=["4", 0], guidance=3.5),
        "4": node("CLIPTextEncodeFlux", clip=["9", 1], clip_l="a cat", t5xxl="a cat", guidance=3.5),
        "5": node("BasicScheduler", model=["9", 0], scheduler="simple", steps=20, denoise=1.0),
        "6": node("EmptySD3LatentImage", width=1024, height=768, batch_size=1),
        "7": node("SamplerCustomAdvanced", noise=["1", 0], guider=["2", 0], sigmas=["5", 0], latent_image=["6", 0]),
        "8": node("SaveImage", images=["7", 0], filename_prefix="x"),
        "9": node("UNETLoader", unet_name="flux.safetensors"),
    }


def test_guiders_and_one_text_in_two_fields() -> None:
    form = trace(flux())
    assert places(form, "prompt") == [("4", "clip_l"), ("4", "t5xxl")]
    assert places(form, "seed") == [("1", "noise_seed")]
    assert places(form, "steps") == [("5", "steps")]
    assert places(form, "cfg") == [("3", "guidance"), ("4", "guidance")]
    assert places(form, "height") == [("6", "height")]
    filled = fill(flux(), form, {"prompt": "a dog"})
    assert (filled["4"]["inputs"]["clip_l"], filled["4"]["inputs"]["t5xxl"]) == ("a dog", "a dog")


def test_a_sampler_that_adds_no_noise_has_no_seed_that_matters() -> None:
    graph = painting()
    graph["40"] = node("KSamplerAdvanced", add_noise="disable", noise_seed=3, latent_image=["3", 0], positive=["6", 0])
    assert places(trace(graph), "seed") == [("3", "seed")]


def test_a_node_that_takes_a_prompt_by_itself() -> None:
    graph = {
        "1": node("SomeApiNode", prompt="a bird", model="v9", system_prompt="be nice", seed=1),
        "2": node("SaveImage", images=["1", 0], filename_prefix="x"),
    }
    form = trace(graph)
    assert [each.name for each in form.fields] == ["prompt", "seed"]
    assert places(form, "prompt") == [("1", "prompt")]


def test_several_prompts_make_several_boxes() -> None:
    graph = painting()
    graph["50"] = node("CLIPTextEncode", "Left side", text="a tree", clip=["4", 1])
    graph["51"] = node("ConditioningCombine", conditioning_1=["6", 0], conditioning_2=["50", 0])
    graph["3"]["inputs"]["positive"] = ["51", 0]
    form = trace(graph)
    assert places(form, "prompt") == [("6", "text")]
    assert places(form, "left_side") == [("50", "text")]
    assert field(form, "left_side").label == "Left side"


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


def test_filling_makes_a_new_graph() -> None:
    graph = painting()
    before = copy.deepcopy(graph)
    filled = fill(graph, trace(graph), {"prompt": "x", "seed": 5, "width": 128, "steps": None})
    assert graph == before
    assert filled["6"]["inputs"]["text"] == "x"
    assert (filled["3"]["inputs"]["seed"], filled["3"]["inputs"]["steps"]) == (5, 3)
    assert filled["5"]["inputs"]["width"] == 128


def test_an_unknown_value_is_refused() -> None:
    with pytest.raises(WorkflowError, match=r"no field 'colour'.*prompt"):
        fill(painting(), trace(painting()), {"colour": "red"})


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_pass_through_a_form_unchanged(text: str) -> None:
    graph = spoken("")
    filled = fill(graph, trace(graph), {"prompt": text})
    assert json.loads(json.dumps(filled))["1"]["inputs"]["value"] == text


def test_hostile_texts_reach_the_node_unchanged(server: ComfyServer, tmp_path_factory: pytest.TempPathFactory) -> None:
    graph = {str(number): node("PrimitiveString", value=text) for number, text in enumerate(HOSTILE, 1)}
    graph |= {str(number + 100): node("PreviewAny", source=[str(number), 0]) for number in range(1, len(HOSTILE) + 1)}
    target = tmp_path_factory.mktemp("texts")
    result = run_graph(server, graph, prompt_id="texts", target=target, limits=quick(poll_seconds=0.5))
    assert [text.text for text in result.texts] == HOSTILE


def exported_again(graph: Graph) -> Graph:
    """The same workflow with other ids."""
    again = {}
    for key, data in graph.items():
        inputs = {
            name: [f"1{value[0]}", value[1]] if isinstance(value, list) else value
            for name, value in data["inputs"].items()
        }
        again[f"1{key}"] = {**data, "inputs": inputs}
    return again


def test_a_new_export_binds_again() -> None:
    form = trace(painting())
    bound, drift = rebind(exported_again(painting()), form)
    assert drift == []
    assert places(bound, "prompt") == [("16", "text")]
    assert fill(exported_again(painting()), form, {"seed": 77})["13"]["inputs"]["seed"] == 77


def test_ids_that_now_mean_another_node_are_not_trusted() -> None:
    graph = painting()
    graph["6"], graph["7"] = graph["7"], graph["6"]
    bound, drift = rebind(graph, trace(painting()))
    assert drift == []
    assert places(bound, "prompt") == [("7", "text")]


def test_drift_is_reported() -> None:
    graph = painting()
    del graph["5"]
    _, drift = rebind(graph, trace(painting()))
    assert len(drift) == 3
    with pytest.raises(WorkflowError, match=r"has changed.*EmptyLatentImage"):
        fill(graph, trace(painting()), {"prompt": "x"})


SIDECAR = """
title = "Fox painter"
kind = "image"

[fields.prompt]
label = "What to paint"
default = "a hare"

[fields.cfg]
hidden = true

[fields.both]
bind = [{ node = "6", input = "text" }, { node = "CLIP Text Encode (Negative Prompt)", input = "text" }]

[fields.sampler]
node = "KSampler"
input = "sampler_name"
choices = ["euler", "heun"]
advanced = true
"""


def test_a_sidecar_corrects_and_completes() -> None:
    sidecar = read_sidecar("a.form.toml", SIDECAR)
    assert (sidecar.title, sidecar.kind) == ("Fox painter", WorkflowKind.IMAGE)
    form = apply(sidecar, trace(painting()), painting())
    assert field(form, "prompt").label == "What to paint"
    assert field(form, "prompt").default == "a hare"
    assert field(form, "prompt").role == "prompt"
    assert form.by_role("cfg") is None
    assert places(form, "cfg") == []
    assert places(form, "both") == [("6", "text"), ("7", "text")]
    sampler = field(form, "sampler")
    assert (sampler.type, sampler.choices, sampler.default, sampler.advanced) == (
        "choice",
        ("euler", "heun"),
        "euler",
        True,
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("title =", "not TOML"),
        ("colour = 1", "no key colour"),
        ("[fields.a]\nnod = 1", "no key fields.a.nod"),
        ("[fields.a]\ntype = 'colour'", "fields.a.type is 'colour'"),
        ("fields.a = 1", "fields.a is not a table"),
        ("kind = 'film'", "kind is 'film'"),
        ("[command]\nargument = []", "no key command.argument"),
        ("[command]\narguments = 'x'", "not a list"),
        ("[command]\narguments = []\nreport = 'mail'", "command.report is 'mail'"),
    ],
)
def test_what_is_wrong_in_a_sidecar_is_named(text: str, words: str) -> None:
    with pytest.raises(WorkflowError, match=words) as caught:
        read_sidecar("a.form.toml", text)
    assert str(caught.value).startswith("a.form.toml")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[fields.new]\nlabel = 'x'", "needs a node and an input"),
        ("[fields.new]\nnode = '99'\ninput = 'x'", "'99'"),
        ("[fields.new]\nnode = '6'\ninput = 'txt'", "node 6 has no input 'txt'; it has text, clip"),
    ],
)
def test_a_sidecar_that_does_not_fit_its_workflow(text: str, words: str) -> None:
    with pytest.raises(WorkflowError, match=words):
        apply(read_sidecar("a.form.toml", text), trace(painting()), painting(), name="a.form.toml")


def test_the_name_of_a_model_is_never_taken_for_the_words() -> None:
    graph = painting()
    graph["6"]["inputs"]["text"] = graph["7"]["inputs"]["text"] = ["99", 0]
    assert trace(graph).prompt_field is None
    graph, said = taken("a.json", {**painting(), "4": node("CheckpointLoaderSimple", ckpt_name="%model%")})
    found = trace(graph, None, said).prompt_field
    assert found is not None
    assert found.name == "prompt"


def test_words_that_look_like_a_number_are_words() -> None:
    form = trace(painting(text="2001"))
    assert (field(form, "prompt").type, field(form, "prompt").default) == ("longtext", "2001")
