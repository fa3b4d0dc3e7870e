"""``NAME.form.toml``: what it corrects, and what is wrong in it."""

import pytest

from comfyui_workflows.errors import WorkflowError
from comfyui_workflows.kinds import WorkflowKind
from comfyui_workflows.sidecar import apply, read_sidecar
from comfyui_workflows.tracing import trace
from tests.comfyui_workflows.forms import field, places
from tests.musings.makers.comfyui.graphs import node, painting
from tests.musings.makers.comfyui.renumbering import renumbered

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


PLACED = """
[fields.colour]
node = "7"
input = "text"
class = "CLIPTextEncode"
title = "CLIP Text Encode (Negative Prompt)"
"""


def test_a_place_with_its_class_and_title_is_found_in_a_new_export() -> None:
    sidecar, again = read_sidecar("a.form.toml", PLACED), renumbered(painting())
    assert places(apply(sidecar, trace(again), again), "colour") == [("17", "text")]
    # The id is there, and is the other text now.
    swapped = painting()
    swapped["6"], swapped["7"] = swapped["7"], swapped["6"]
    assert places(apply(sidecar, trace(swapped), swapped), "colour") == [("6", "text")]


def test_a_place_may_be_named_by_its_class_alone() -> None:
    form = apply(read_sidecar("a", "[fields.big]\nclass = 'EmptyLatentImage'\ninput = 'width'"), trace({}), painting())
    assert places(form, "big") == [("5", "width")]
    with pytest.raises(WorkflowError, match="no single node has the class CLIPTextEncode"):
        apply(read_sidecar("a", "[fields.a]\nclass = 'CLIPTextEncode'\ninput = 'text'"), trace({}), painting())


def test_a_sidecar_without_classes_keeps_its_places_over_exports_that_are_seen() -> None:
    sidecar = read_sidecar("a.form.toml", "[fields.colour]\nnode = '7'\ninput = 'text'\nlabel = 'Not this'")
    form, graph = apply(sidecar, trace(painting()), painting()), painting()
    for _ in range(3):
        graph = renumbered(graph)
        form = apply(sidecar, trace(graph), graph, before=form)
        [(place, _)] = places(form, "colour")
        assert graph[place]["inputs"]["text"] == "watermark"
        assert field(form, "colour").label == "Not this"


def test_a_field_whose_place_is_gone_leaves_the_rest_of_the_form() -> None:
    sidecar = read_sidecar("a.form.toml", "[fields.colour]\nnode = '20'\ninput = 'x'\n[fields.prompt]\nlabel = 'Words'")
    graph = {**painting(), "20": node("Tint", x="red", pixels=["8", 0])}
    before = apply(sidecar, trace(graph), graph)
    form = apply(sidecar, trace(painting()), painting(), before=before)
    assert "colour" not in [each.name for each in form.fields]
    assert field(form, "prompt").label == "Words"


WRONG = ["3", "true", "1.5", "nan", "2026-01-01", '"x"', "[]", "[3]", '["6"]', "{}", "{a = 1}", "[[1]]"]


@pytest.mark.parametrize(
    "key",
    [
        *(
            "title",
            "description",
            "kind",
            "fields",
            "command",
            "command.arguments",
            "command.environment",
            "command.report",
        ),
        *(
            f"fields.a.{key}"
            for key in ("label", "type", "role", "default", "minimum", "maximum", "step", "choices", "help")
        ),
        *(f"fields.a.{key}" for key in ("required", "advanced", "hidden", "node", "input", "class", "title", "bind")),
    ],
)
@pytest.mark.parametrize("value", WRONG)
def test_whatever_a_key_holds_it_is_read_or_refused_in_our_words(key: str, value: str) -> None:
    said = "a.form.toml"
    try:
        sidecar = read_sidecar("a.form.toml", f"{key} = {value}")
        apply(sidecar, trace(painting()), painting(), name="a.form.toml")
    except WorkflowError as error:
        said = str(error)
    assert said.startswith("a.form.toml")


def test_a_sidecar_that_is_no_utf_8_is_refused_in_our_words() -> None:
    with pytest.raises(WorkflowError, match=r"a\.form\.toml is no text"):
        read_sidecar("a.form.toml", b'title = "caf\xe9"')


def test_films_and_models_are_kinds_that_a_sidecar_may_name() -> None:
    kinds = [read_sidecar("a", f"kind = '{kind}'").kind for kind in ("video", "3d")]
    assert kinds == [WorkflowKind.VIDEO, WorkflowKind.MODEL_3D]
