"""What kind of thing a graph makes."""

import pytest

from comfyui_workflows.kinds import WorkflowKind
from comfyui_workflows.outputs import kind_of
from tests.comfyui_workflows.tables import TABLE, known
from tests.musings.makers.comfyui.graphs import film, node, painting, song, spoken


@pytest.mark.parametrize(
    ("graph", "kind"),
    [
        (painting(), WorkflowKind.IMAGE),
        (film(), WorkflowKind.VIDEO),
        (song(), WorkflowKind.MUSIC),
        (spoken("x"), WorkflowKind.TEXT),
        ({"1": node("PartnerTextToSpeech", text="x"), "2": node("SaveAudioMP3", audio=["1", 0])}, WorkflowKind.VOICE),
        ({"1": node("Hunyuan", prompt="x"), "2": node("SaveGLB", mesh=["1", 0])}, WorkflowKind.MODEL_3D),
        ({"1": node("X", prompt="x"), "2": node("VHS_VideoCombine", images=["1", 0])}, WorkflowKind.VIDEO),
        ({"1": node("X", prompt="x"), "2": node("SaveAnimatedWEBP", images=["1", 0])}, WorkflowKind.VIDEO),
        ({"1": node("X", prompt="x"), "2": node("SaveSVGNode", svg=["1", 0])}, WorkflowKind.IMAGE),
    ],
)
def test_the_saving_node_tells(graph: dict[str, object], kind: WorkflowKind) -> None:
    assert kind_of(graph) is kind


def test_what_is_kept_counts_more_than_what_is_shown() -> None:
    graph = film() | {"9": node("PreviewImage", images=["1", 0]), "10": node("PreviewAny", source=["1", 0])}
    assert kind_of(graph) is WorkflowKind.VIDEO
    shown = {"1": node("EmptyImage", width=1), "2": node("PreviewImage", images=["1", 0])}
    assert kind_of(shown) is WorkflowKind.IMAGE


def test_a_turntable_film_beside_a_model_does_not_make_it_a_film() -> None:
    graph = {"1": node("X", prompt="x"), "2": node("SaveVideo", video=["1", 0]), "3": node("SaveGLB", mesh=["1", 1])}
    assert kind_of(graph) is WorkflowKind.MODEL_3D


def test_of_several_the_author_chooses() -> None:
    graph = film() | {"9": node("SaveImage", images=["1", 0])}
    assert kind_of(graph) is WorkflowKind.VIDEO
    assert kind_of(graph, chosen=("9", "gone")) is WorkflowKind.IMAGE


def test_types_tell_where_the_name_of_a_class_does_not() -> None:
    graph = {"1": node("PartnerFilm", prompt="x"), "2": node("Keep", thing=["1", 0])}
    table = {**TABLE, "Keep": known({"thing": ["*"]}, output=True)}
    assert kind_of(graph, table) is WorkflowKind.VIDEO
    assert kind_of(graph) is None


@pytest.mark.parametrize("saver", ["SaveVideo", "SaveAnimatedWEBP", "SaveWEBM", "VHS_VideoCombine", "ToGIF"])
def test_a_graph_makes_a_film_when_it_ends_in_one(saver: str) -> None:
    graph = painting()
    graph["9"] = node(saver, images=["8", 0])
    assert kind_of(graph) is WorkflowKind.VIDEO
    assert kind_of(painting()) is not WorkflowKind.VIDEO


def test_a_film_that_is_only_read_makes_none() -> None:
    graph = painting()
    graph["20"] = node("LoadVideo", file="a.mp4")
    graph["21"] = node("GetVideoComponents", video=["20", 0])
    graph["9"]["inputs"]["images"] = ["21", 0]
    assert kind_of(graph) is not WorkflowKind.VIDEO


def test_the_class_itself_says_whether_it_saves_films() -> None:
    graph = {"1": node("Clipmaker", clip=["0", 0])}
    assert (
        kind_of(graph, {"Clipmaker": {"input": {"required": {"clip": ["VIDEO"]}}, "output_node": True}})
        is WorkflowKind.VIDEO
    )
    odd = {"1": node("VideoNotes", text="a")}
    assert kind_of(odd, {"VideoNotes": {"input": {}, "output_node": False}}) is not WorkflowKind.VIDEO
