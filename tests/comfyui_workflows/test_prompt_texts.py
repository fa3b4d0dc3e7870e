"""Which texts of a graph are its prompt."""

from comfyui_workflows.form import fill
from comfyui_workflows.placeholders import taken
from comfyui_workflows.tracing import trace
from tests.comfyui_workflows.forms import field, places
from tests.comfyui_workflows.tables import TABLE, TEXT, known
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


PARTNER = {"1": node("PartnerFilm", prompt="a cat", negative_prompt="blurry"), "2": node("SaveVideo", video=["1", 0])}


def test_a_partners_node_has_a_prompt_and_a_negative_one() -> None:
    linked = PARTNER | {
        "1": node("PartnerFilm", prompt="a cat", negative_prompt=["3", 0]),
        "3": node("PrimitiveStringMultiline", value="blurry"),
    }
    for graph, spot in ((PARTNER, ("1", "negative_prompt")), (linked, ("3", "value"))):
        for info in (None, TABLE):
            form = trace(graph, info)
            assert (places(form, "prompt"), places(form, "negative_prompt")) == ([("1", "prompt")], [spot])
            assert field(form, "negative_prompt").role == "negative_prompt"


def test_an_encoder_with_both_signs_has_both() -> None:
    graph = painting()
    graph["6"] = node("TextEncodeEdit", prompt="make it night", negative_prompt="fog", clip=["4", 1])
    graph["3"]["inputs"] |= {"positive": ["6", 0], "negative": ["6", 1]}
    form = trace(graph)
    assert (places(form, "prompt"), places(form, "negative_prompt")) == ([("6", "prompt")], [("6", "negative_prompt")])


def test_what_is_put_into_a_template_is_the_prompt() -> None:
    graph = {
        "1": node("PrimitiveStringMultiline", "Prompt Template", value="Paint {it} in oil"),
        "2": node("PrimitiveStringMultiline", "Describe the product", value="a lamp"),
        "3": node("RegexReplace", string=["1", 0], regex_pattern="{it}", replace=["2", 0]),
        "4": node("PartnerFilm", prompt=["3", 0]),
        "5": node("SaveVideo", video=["4", 0]),
    }
    for info in (None, TABLE):
        form = trace(graph, info)
        assert places(form, "prompt") == [("2", "value")]
        assert (places(form, "prompt_template"), field(form, "prompt_template").advanced) == ([("1", "value")], True)


def test_instructions_for_a_language_model_are_not_the_prompt() -> None:
    graph = painting()
    graph["6"]["inputs"]["text"] = ["20", 0]
    graph["20"] = node("TextGenerate", prompt=["21", 0], clip=["4", 1], seed=3)
    graph["21"] = node("StringConcatenate", string_a=["22", 0], string_b=["23", 0], delimiter="")
    graph["22"] = node("PrimitiveStringMultiline", value="You are an expert prompt engineer.")
    graph["23"] = node("PrimitiveStringMultiline", value="a fox")
    form = trace(graph)
    assert places(form, "prompt") == [("23", "value")]
    assert field(form, "primitivestringmultiline").advanced


def test_the_prompt_of_a_language_model_before_both_signs_is_positive() -> None:
    graph = PARTNER | {
        "1": node("PartnerFilm", prompt=["4", 0], negative_prompt=["5", 0]),
        "3": node("PartnerWriter", prompt="write of a car", system_prompt="be short"),
        "4": node("RegexExtract", string=["3", 0], regex_pattern="^.*"),
        "5": node("RegexExtract", string=["3", 0], regex_pattern="no .*"),
    }
    form = trace(
        graph, {**TABLE, "PartnerWriter": known({"prompt": TEXT, "system_prompt": TEXT}, ("STRING",), partner=True)}
    )
    assert places(form, "prompt") == [("3", "prompt")]
    assert form.by_role("negative_prompt") is None


def test_several_prompts_by_design_are_boxes_with_their_titles() -> None:
    graph = {
        "1": node("PartnerFilm", "Front", prompt="the front"),
        "2": node("PartnerFilm", "Back", prompt="the back"),
        "3": node("Join", a=["1", 0], b=["2", 0]),
        "4": node("SaveVideo", video=["3", 0]),
    }
    form = trace(graph, TABLE)
    boxes = [each for each in form.fields if each.type == "longtext"]
    assert {each.default for each in boxes} == {"the front", "the back"}
    assert not any(each.advanced for each in boxes)
    assert {each.label for each in boxes} >= {"Back"} or {each.label for each in boxes} >= {"Front"}


def test_texts_of_one_node_are_told_apart_by_their_inputs() -> None:
    graph = {
        "1": node("PartnerDialogue", "Talk", **{"inputs.text1": "hello", "inputs.text2": "good day"}),
        "2": node("SaveAudio", audio=["1", 0]),
    }
    form = trace(graph)
    assert [(each.label, each.default) for each in form.fields] == [("Prompt", "hello"), ("Talk text2", "good day")]


def test_empty_texts_of_several_places_stay_apart() -> None:
    graph = painting()
    graph["50"] = node("CLIPTextEncode", "Second", text="", clip=["4", 1])
    graph["51"] = node("CLIPTextEncode", "Third", text="", clip=["4", 1])
    graph["52"] = node("ConditioningCombine", conditioning_1=["6", 0], conditioning_2=["50", 0])
    graph["53"] = node("ConditioningCombine", conditioning_1=["52", 0], conditioning_2=["51", 0])
    graph["3"]["inputs"]["positive"] = ["53", 0]
    form = trace(graph)
    assert (places(form, "second"), places(form, "third")) == ([("50", "text")], [("51", "text")])


def test_what_a_language_model_makes_a_song_of_is_a_prompt() -> None:
    graph = {
        "1": node("PartnerWriter", prompt="a blues song"),
        "2": node("RegexExtract", string=["1", 0], regex_pattern="^.*"),
        "3": node("TextEncodeAceStepAudio", tags=["2", 0], lyrics="la la", clip=["9", 1]),
        "4": node("KSampler", seed=1, positive=["3", 0], latent_image=["9", 0]),
        "5": node("SaveAudio", audio=["4", 0]),
    }
    form = trace(graph)
    assert (places(form, "prompt"), places(form, "lyrics")) == ([("1", "prompt")], [("3", "lyrics")])


def test_a_node_that_gives_a_model_before_both_signs_passes_each_through_its_own() -> None:
    graph = painting()
    graph["30"] = node("ReferenceAudio", model=["4", 0], positive=["6", 0], negative=["7", 0])
    graph["3"]["inputs"] |= {"model": ["30", 0], "positive": ["30", 1], "negative": ["30", 2]}
    both = {"positive": ["CONDITIONING"], "negative": ["CONDITIONING"]}
    table = {"ReferenceAudio": known({"model": ["MODEL"], **both}, ("MODEL", "CONDITIONING", "CONDITIONING"))}
    form = trace(graph, table)
    assert (places(form, "prompt"), places(form, "negative_prompt")) == ([("6", "text")], [("7", "text")])


def test_a_list_that_is_picked_from_is_not_the_prompt() -> None:
    graph = painting()
    graph["6"]["inputs"]["text"] = ["20", 0]
    graph["20"] = node("StringReplace", string="somebody dances <style>", find="<style>", replace=["21", 0])
    graph["21"] = node("RegexExtract", string="waltz\ntango", regex_pattern=["22", 0])
    graph["22"] = node("StringConcatenate", string_a="(.*)", string_b="x", delimiter="")
    assert places(trace(graph), "prompt") == [("20", "string")]


def test_a_text_that_is_written_into_a_switch_is_found_on_the_way_that_it_takes() -> None:
    graph = painting()
    graph["6"]["inputs"]["text"] = ["20", 0]
    graph["20"] = node("ComfySwitchNode", switch=False, on_true=["21", 0], on_false="a fox")
    graph["21"] = node("TextGenerate", prompt="write of a fox", clip=["4", 1])
    anything = ["COMFY_MATCHTYPE_V3", {}]
    table = {"ComfySwitchNode": known({"on_true": anything, "on_false": anything}, ("COMFY_MATCHTYPE_V3",))}
    for info in (None, table):
        assert places(trace(graph, info), "prompt") == [("20", "on_false")]
    graph["20"]["inputs"]["switch"] = True
    assert places(trace(graph), "prompt") == [("21", "prompt")]


def test_conditions_go_through_a_switch() -> None:
    graph = painting()
    graph["20"] = node("ComfySwitchNode", switch=False, on_true=["6", 0], on_false=["7", 0])
    graph["3"]["inputs"]["negative"] = ["20", 0]
    assert places(trace(graph), "negative_prompt") == [("7", "text")]
