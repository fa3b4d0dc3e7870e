"""Whether a batch is the frames of a film."""

import pytest

from comfyui_workflows.tracing import trace
from tests.comfyui_workflows.forms import field
from tests.musings.makers.comfyui.graphs import film, node, painting, picture


def test_the_frames_of_a_film_are_not_the_count() -> None:
    form = trace(film())
    assert form.by_role("count") is None
    frames = field(form, "frames")
    assert (frames.type, frames.default, frames.role, frames.advanced) == ("int", 4, None, True)
    assert trace(picture(batch=3)).by_role("count") is not None


@pytest.mark.parametrize(
    "saver", ["SaveAnimatedWEBP", "SaveWEBM", "VHS_VideoCombine", "ADE_AnimateDiffCombine", "ToGIF"]
)
def test_savers_of_films(saver: str) -> None:
    graph = painting()
    graph["9"] = node(saver, images=["8", 0])
    assert trace(graph).by_role("count") is None


def test_a_batch_of_video_latents_is_not_the_count() -> None:
    graph = painting()
    graph["5"] = node("EmptyHunyuanLatentVideo", width=64, height=64, length=25, batch_size=1)
    form = trace(graph)
    assert form.by_role("count") is None
    assert "frames" not in {each.name for each in form.fields}


def test_a_class_that_makes_a_film_is_known_by_what_it_gives() -> None:
    graph = painting()
    graph["9"] = node("Clipmaker", images=["8", 0])
    assert trace(graph, {"Clipmaker": {"output": ["VIDEO"]}}).by_role("count") is None
    assert trace(graph).by_role("count") is not None
