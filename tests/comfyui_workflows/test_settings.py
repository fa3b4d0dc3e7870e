"""What is set beside the words."""

import pytest

from comfyui_workflows.form import fill
from comfyui_workflows.template import form_of
from tests.comfyui_workflows.forms import field, places
from tests.comfyui_workflows.tables import TABLE, combo, known
from tests.musings.makers.comfyui.graphs import Graph, node


def asked(**inputs: object) -> Graph:
    return {"1": node("PartnerFilm", prompt="a cat", **inputs), "2": node("SaveVideo", video=["1", 0])}


@pytest.mark.parametrize("info", [TABLE, None])
def test_a_node_that_takes_a_prompt_has_its_settings_on_the_form(info: dict[str, object] | None) -> None:
    graph = asked(aspect_ratio="16:9", resolution="720p", duration=5, width=512, height=256, seed=1, watermark=False)
    form = form_of("a", graph, info).form
    for role in ("aspect_ratio", "resolution", "duration", "width", "height", "seed"):
        found = form.by_role(role)
        assert found is not None
        assert places(form, found.name) == [("1", role)]
    # What is no setting of the result stays as the author had it.
    assert not [each for each in form.bindings if each.input == "watermark"]


def test_choices_bounds_and_steps_come_from_the_class() -> None:
    form = form_of("a", asked(aspect_ratio="16:9", duration=5, width=512, guidance_scale=4), TABLE).form
    assert (field(form, "aspect_ratio").type, field(form, "aspect_ratio").choices) == ("choice", ("16:9", "9:16"))
    width = field(form, "width")
    assert (width.type, width.minimum, width.maximum, width.step) == ("int", 256, 2048, 32)
    cfg = field(form, "cfg")
    assert (cfg.type, cfg.maximum, cfg.step) == ("float", 10, 0.5)  # though the file has a whole number


def test_a_choice_of_numbers_is_sent_as_a_number() -> None:
    graph = asked(duration=5)
    form = form_of("a", graph, TABLE).form
    assert (field(form, "duration").type, field(form, "duration").choices) == ("choice", ("5", "10"))
    assert fill(graph, form, {"duration": "10"})["1"]["inputs"]["duration"] == 10


def test_settings_of_a_chosen_option_are_found_by_their_last_name() -> None:
    option = {"prompt": ["STRING", {"multiline": True}], "ratio": combo("1:1", "3:4"), "duration": ["INT", {"max": 9}]}
    options = {"options": [{"key": "v2", "inputs": {"required": option}}]}
    table = {**TABLE, "Dynamic": known({"model": ["COMFY_DYNAMICCOMBO_V3", options]}, ("VIDEO",), partner=True)}
    inputs = {"model": "v2", "model.prompt": "a fox", "model.ratio": "3:4", "model.duration": 5}
    form = form_of("a", {"1": node("Dynamic", **inputs), "2": node("SaveVideo", video=["1", 0])}, table).form
    assert places(form, "prompt") == [("1", "model.prompt")]
    assert field(form, "aspect_ratio").choices == ("1:1", "3:4")
    assert field(form, "duration").maximum == 9


def test_two_nodes_with_one_value_share_a_field_and_with_two_have_two() -> None:
    graph = asked(resolution="720p")
    graph["3"] = node("PartnerFilm", "Second take", prompt="a dog", resolution="720p", aspect_ratio="9:16")
    graph["1"]["inputs"] |= {"aspect_ratio": "16:9", "first": ["3", 0]}
    form = form_of("a", graph, TABLE).form
    assert sorted(places(form, "resolution")) == [("1", "resolution"), ("3", "resolution")]
    assert places(form, "aspect_ratio") == [("1", "aspect_ratio")]
    other = field(form, "aspect_ratio_2")
    assert (places(form, other.name), other.role) == ([("3", "aspect_ratio")], None)
    assert "Second take" in other.label


def test_a_node_that_chooses_a_size_is_on_the_form() -> None:
    graph = {
        "1": node("ResolutionSelector", aspect_ratio="1:1 (Square)", megapixels=1.0, multiple=8),
        "2": node("EmptyLatentImage", width=["1", 0], height=["1", 1], batch_size=1),
        "3": node("KSampler", seed=1, latent_image=["2", 0]),
        "4": node("SaveImage", images=["3", 0]),
    }
    form = form_of("a", graph).form
    assert places(form, "aspect_ratio") == [("1", "aspect_ratio")]
    assert places(form, "resolution") == [("1", "megapixels")]
    assert field(form, "resolution").type == "float"


def test_a_size_that_the_page_fills_in_itself_is_not_on_the_form() -> None:
    table = {**TABLE, "EmptyPainted": known({"width": ["INT", {"hidden": True}], "height": ["INT", {}]}, ("LATENT",))}
    graph = {
        "1": node("EmptyPainted", width=64, height=64),
        "2": node("KSampler", seed=1, latent_image=["1", 0]),
        "3": node("SaveImage", images=["2", 0]),
    }
    form = form_of("a", graph, table).form
    assert form.by_role("width") is None
    assert places(form, "height") == [("1", "height")]
