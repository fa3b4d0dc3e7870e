"""Forms: found by tracing, corrected by a sidecar, filled without a change to the file's graph."""

import copy
import json

import pytest

from comfyui_workflows.errors import WorkflowError
from comfyui_workflows.form import fill, rebind
from comfyui_workflows.tracing import trace
from musings.makers.comfyui.client import ComfyServer
from musings.makers.comfyui.run import run_graph
from tests.comfyui_workflows.forms import places
from tests.musings.makers.comfyui.graphs import node, painting, spoken
from tests.musings.makers.comfyui.hostile import HOSTILE
from tests.musings.makers.comfyui.recorder import quick
from tests.musings.makers.comfyui.renumbering import renumbered


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


def test_a_new_export_binds_again() -> None:
    form = trace(painting())
    bound, drift = rebind(renumbered(painting()), form)
    assert drift == []
    assert places(bound, "prompt") == [("16", "text")]
    assert fill(renumbered(painting()), form, {"seed": 77})["13"]["inputs"]["seed"] == 77


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
