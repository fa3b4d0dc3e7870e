"""The field of one input."""

from comfyui_workflows.tracing import trace
from tests.comfyui_workflows.forms import field
from tests.musings.makers.comfyui.graphs import painting


def test_what_the_file_has_is_within_the_bounds() -> None:
    graph = painting()
    graph["3"]["inputs"]["steps"] = 1200
    assert field(trace(graph), "steps").maximum == 1200
