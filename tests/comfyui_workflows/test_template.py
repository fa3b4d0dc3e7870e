"""A graph with its form, as one value."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comfyui_workflows.errors import SidecarError, WorkflowError
from comfyui_workflows.form import fill
from comfyui_workflows.kinds import WorkflowKind
from comfyui_workflows.sidecar import read_sidecar
from comfyui_workflows.template import form_of
from tests.comfyui_workflows.forms import field
from tests.comfyui_workflows.saved_files import INFO
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


def test_a_template_says_what_it_makes_and_the_sidecar_knows_better() -> None:
    assert form_of("fox.json", painting()).kind is WorkflowKind.IMAGE
    said = read_sidecar("fox.form.toml", 'kind = "video"')
    assert form_of("fox.json", painting(), None, said, "fox.form.toml").kind is WorkflowKind.VIDEO


NODES = tuple(painting())
ODD = st.one_of(
    st.sampled_from([None, True, -1, 1e300, 2**70, "", "\0", [], {}, ["3"], ["3", True], ["3", -9], ["99", 0]]),
    st.builds(lambda node, slot: [node, slot], st.sampled_from(NODES), st.integers(0, 3)),
)
NAMES = ["text", "positive", "prompt", "seed", "width", "select", "switch", "on_true", "on_false", "replace", "a.b.c"]
CLASSES = ["ComfySwitchNode", "KSampler", "SwarmInputInteger", "CPackInputAny", "LoadVideo", "", "SaveVideo", "Resize"]
TITLES: list[Any] = ["prompt", "Seed", "<x>", "[input: width] y", "", None, 5, ["a"]]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(NODES), st.sampled_from(NAMES), ODD), max_size=8),
    st.lists(st.tuples(st.sampled_from(NODES), st.sampled_from(CLASSES), st.sampled_from(TITLES)), max_size=4),
)
def test_any_change_of_a_graph_gives_a_form(
    values: list[tuple[str, str, Any]], kinds: list[tuple[str, str, Any]]
) -> None:
    graph = painting()
    for place, name, value in values:
        graph[place]["inputs"][name] = value
    for place, class_type, title in kinds:
        graph[place] |= {"class_type": class_type, "_meta": {"title": title}}
    for info in (None, INFO):
        found = form_of("odd.json", graph, info)
        names = [each.name for each in found.form.fields]
        assert len(names) == len(set(names))
        assert {each.field for each in found.form.bindings} == set(names)
