"""Input nodes of other packs."""

import pytest

from comfyui_workflows.external_inputs import external_inputs
from comfyui_workflows.template import form_of
from tests.comfyui_workflows.forms import field, places
from tests.musings.makers.comfyui.graphs import Graph, node, painting


def fed(**inputs: Graph) -> Graph:
    """The standard graph, with a node in place of some of its values; each is called after the input that it feeds."""
    graph = painting()
    homes = {"text": "6", "seed": "3", "denoise": "3", "width": "5", "sampler_name": "3"}
    for name, external in inputs.items():
        graph[f"x{name}"] = external
        graph[homes[name]]["inputs"][name] = [f"x{name}", 0]
    return graph


def test_deploys_inputs_have_their_names_titles_and_ranges() -> None:
    form = form_of(
        "a",
        fed(
            text=node(
                "ComfyUIDeployExternalText", input_id="prompt", default_value="a fox", display_name="Paint what?"
            ),
            denoise=node(
                "ComfyUIDeployExternalNumberSlider", input_id="change", default_value=0.5, min_value=0.2, max_value=0.8
            ),
            width=node("ComfyUIDeployExternalNumberInt", input_id="width", default_value=64, description="In pixels"),
        ),
    ).form
    prompt = field(form, "prompt")
    assert (places(form, "prompt"), prompt.label, prompt.role) == (
        [("xtext", "default_value")],
        "Paint what?",
        "prompt",
    )
    change = field(form, "denoise")
    assert (change.type, change.default, change.minimum, change.maximum) == ("float", 0.5, 0.2, 0.8)
    assert change.label == "change"
    width = field(form, "width")
    assert (width.type, width.default, width.help) == ("int", 64, "In pixels")


def test_swarms_inputs_have_their_titles_ranges_and_choices_in_the_order_of_their_author() -> None:
    form = form_of(
        "a",
        fed(
            text=node("SwarmInputText", title="Idea", value="a fox", view_type="prompt", order_priority=2),
            seed=node("SwarmInputInteger", title="Luck", value=7, min=0, max=1000, step=1, view_type="seed"),
            denoise=node("SwarmInputFloat", title="Strength", value=0.5, min=0, max=1, step=0.1, is_advanced=True),
            sampler_name=node("SwarmInputDropdown", title="Way", value="euler", values="euler, heun", order_priority=1),
        ),
    ).form
    assert (field(form, "seed").maximum, field(form, "seed").label) == (1000, "Luck")
    assert (field(form, "denoise").step, field(form, "denoise").advanced) == (0.1, True)
    assert (field(form, "way").type, field(form, "way").choices) == ("choice", ("euler", "heun"))
    assert places(form, "prompt") == [("xtext", "value")]
    assert [each.label for each in form.fields][:3] == ["Luck", "Way", "Idea"]


def test_comfy_packs_inputs_have_the_titles_of_their_nodes() -> None:
    form = form_of(
        "a",
        fed(
            text=node("CPackInputString", "prompt", value="a fox"),
            seed=node("CPackInputInt", "seed", value=7, min=0, max=100),
            denoise=node("CPackInputAny", "denoise", input=0.5),
        ),
    ).form
    assert places(form, "prompt") == [("xtext", "value")]
    assert (places(form, "seed"), field(form, "seed").maximum) == ([("xseed", "value")], 100)
    assert (places(form, "denoise"), field(form, "denoise").type) == ([("xdenoise", "input")], "float")


@pytest.mark.parametrize(
    ("given", "choices"),
    [("a, b,,a", ("a", "b")), ("a\nb", ("a", "b")), ('["a", 2]', ("a", "2")), ("", ()), (["a"], ("a",)), (5, ())],
)
def test_choices_are_read_as_people_write_them(given: object, choices: tuple[str, ...]) -> None:
    graph = {"1": node("ComfyUIDeployExternalEnum", input_id="x", default_value="a", options=given)}
    [found] = external_inputs(graph, graph)
    assert found.choices == choices


def test_a_range_of_zeros_and_a_value_from_elsewhere_are_none() -> None:
    graph = {
        "1": node("CPackInputInt", "n", value=7, min=0, max=0),
        "2": node("ComfyUIDeployExternalImage", input_id="photo", default_value=["3", 0]),
        "3": node("LoadImage", image="a.png"),
        "4": node("Keep", a=["1", 0], b=["2", 0]),
    }
    form = form_of("a", graph).form
    assert (field(form, "n").minimum, field(form, "n").maximum) == (None, None)
    assert places(form, "image") == [("3", "image")]


def test_the_range_of_a_node_narrows_its_own_value_alone() -> None:
    graph = fed(seed=node("SwarmInputInteger", title="Luck", value=7, min=0, max=1000, step=1))
    graph["xseed"]["_meta"] = {"title": "[input] Luck"}  # marked as a whole, so that each of its values is a field
    step = field(form_of("a", graph).form, "luck_step")
    assert (step.default, step.minimum, step.maximum) == (1, None, None)
