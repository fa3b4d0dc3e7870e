"""``NAME.form.toml``: what it corrects, and what is wrong in it."""

import pytest

from comfyui_workflows.errors import WorkflowError
from comfyui_workflows.kinds import WorkflowKind
from comfyui_workflows.sidecar import apply, read_sidecar
from comfyui_workflows.tracing import trace
from tests.comfyui_workflows.forms import field, places
from tests.musings.makers.comfyui.graphs import painting

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
