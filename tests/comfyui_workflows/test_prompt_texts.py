"""Which texts of a graph are its prompt."""

from comfyui_workflows.form import fill
from comfyui_workflows.placeholders import taken
from comfyui_workflows.tracing import trace
from tests.comfyui_workflows.forms import field, places
from tests.musings.makers.comfyui.graphs import Graph, node, painting


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
