"""A graph with its form, as one value."""

import pytest

from comfyui_workflows.errors import SidecarError, WorkflowError
from comfyui_workflows.form import fill
from comfyui_workflows.sidecar import read_sidecar
from comfyui_workflows.template import form_of
from tests.comfyui_workflows.forms import field
from tests.musings.makers.comfyui.graphs import node, painting


def test_a_template_is_filled_again_and_again() -> None:
    template = form_of("fox.json", painting())
    first, second = (template.fill({"prompt": words}) for words in ("a fox", "a hare"))
    assert first == fill(painting(), template.form, {"prompt": "a fox"})
    assert first != second
    assert template.graph == painting()


def test_placeholders_become_values_and_fields() -> None:
    template = form_of("chat.json", {"1": node("EmptyLatentImage", width="%width%", height=64, batch_size=1)})
    assert field(template.form, "width").default == template.graph["1"]["inputs"]["width"] == 512
    with pytest.raises(WorkflowError, match=r"chat\.json has placeholders .*%colour% \(node 1, tint\)"):
        form_of("chat.json", {"1": node("Paint", tint="%colour%")})


def test_a_sidecar_is_heeded_and_named() -> None:
    label = read_sidecar("fox.form.toml", '[fields.prompt]\nlabel = "What"\n')
    assert field(form_of("fox.json", painting(), None, label, "fox.form.toml").form, "prompt").label == "What"
    lost = read_sidecar("fox.form.toml", '[fields.x]\nnode = "99"\ninput = "text"\n')
    with pytest.raises(SidecarError, match=r"fox\.form\.toml: fields\.x: no single node .*'99'"):
        form_of("fox.json", painting(), None, lost, "fox.form.toml")
