"""An author's choice wins over tracing."""

from comfyui_workflows.author_hints import NO_HINTS, AuthorHints
from comfyui_workflows.node_inputs import Spot
from comfyui_workflows.tracing import trace
from tests.comfyui_workflows.forms import field, places
from tests.musings.makers.comfyui.graphs import node, painting


def chosen(*spots: tuple[str, str]) -> AuthorHints:
    return AuthorHints(inputs=tuple((Spot(*spot),) for spot in spots))


def test_the_form_is_what_was_chosen_in_that_order() -> None:
    form = trace(painting(), hints=chosen(("5", "width"), ("9", "filename_prefix"), ("6", "text")))
    assert [each.name for each in form.fields] == ["width", "filename_prefix", "prompt"]
    assert [(each.node, each.input) for each in form.bindings] == [
        ("5", "width"),
        ("9", "filename_prefix"),
        ("6", "text"),
    ]
    assert field(form, "prompt").role == "prompt"


def test_a_seed_that_each_run_draws_stays_a_field() -> None:
    hints = AuthorHints(inputs=((Spot("6", "text"),),), drawn=frozenset((Spot("3", "seed"),)))
    assert [each.name for each in trace(painting(), hints=hints).fields] == ["prompt", "seed"]


def test_seeds_that_are_chosen_one_by_one_are_fields_of_their_own() -> None:
    graph = painting()
    graph["20"] = node("KSampler", "Second pass", seed=5, latent_image=["3", 0], positive=["6", 0])
    graph["8"]["inputs"]["samples"] = ["20", 0]
    form = trace(graph, hints=chosen(("20", "seed"), ("3", "seed")))
    assert [places(form, each.name) for each in form.fields] == [[("20", "seed")], [("3", "seed")]]
    assert [each.role for each in form.fields] == ["seed", None]
    assert len(places(trace(graph), "seed")) == 2


def test_a_switch_that_is_chosen_has_both_its_ways() -> None:
    graph = painting()
    graph["20"] = node("PrimitiveStringMultiline", "Plain", value="a fox")
    graph["21"] = node("PrimitiveStringMultiline", "Fancy", value="a golden fox")
    graph["22"] = node("ComfySwitchNode", switch=True, on_true=["20", 0], on_false=["21", 0])
    graph["6"]["inputs"]["text"] = ["22", 0]
    form = trace(graph, hints=chosen(("22", "switch"), ("21", "value")))
    assert [(each.node, each.input) for each in form.bindings] == [("22", "switch"), ("21", "value")]
    assert field(form, "switch").type == "bool"


def test_labels_name_fields_and_may_be_roles() -> None:
    graph = painting()
    graph["5"] = node("Canvas", x=640, y=480)
    labels = {Spot("6", "text"): "What to paint", Spot("5", "x"): "Width", Spot("5", "y"): "height"}
    form = trace(graph, hints=AuthorHints(labels=labels))
    assert field(form, "prompt").label == "What to paint"
    assert (places(form, "width"), places(form, "height")) == ([("5", "x")], [("5", "y")])


def test_without_a_choice_all_is_traced() -> None:
    assert trace(painting(), hints=NO_HINTS) == trace(painting())
