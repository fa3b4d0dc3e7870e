"""The files that a graph reads."""

from comfyui_workflows.input_files import files_in
from comfyui_workflows.node_inputs import Spot
from comfyui_workflows.template import form_of
from tests.comfyui_workflows.forms import field, places
from tests.comfyui_workflows.tables import combo, known
from tests.musings.makers.comfyui.graphs import node

TABLE = {
    "LoadVideo": known({"file": combo("a.mp4", video_upload=True)}, ("VIDEO",)),
    "OfAPack": known({"sound": combo("a.wav", audio_upload=True)}, ("AUDIO",)),
    "LoadGif": known({"moving": combo("a.gif", animated_image_upload=True)}, ("IMAGE",)),
    "Load3D": known({"model_file": combo("none", file_upload=True)}, ("FILE_3D",)),
    "Painter": known({"mask": ["STRING", {"image_upload": True, "widgetType": "PAINTER"}]}, ("MASK",)),
}


def test_the_buttons_of_a_class_tell_what_it_loads() -> None:
    graph = {
        "1": node("LoadVideo", file="b.mp4"),
        "2": node("OfAPack", sound="b.wav"),
        "3": node("Load3D", model_file="x.glb"),
        "4": node("Painter", mask="painted.png"),
        "5": node("LoadGif", moving="b.gif"),
    }
    found = dict(files_in(graph, TABLE, graph))
    assert found == {
        Spot("1", "file"): "video",
        Spot("2", "sound"): "audio",
        Spot("3", "model_file"): None,
        Spot("5", "moving"): "image",
    }


def test_without_classes_names_and_endings_tell() -> None:
    graph = {
        "1": node("LoadVideo", file="b.mp4"),
        "2": node("VHS_LoadVideo", video="b.mp4"),
        "3": node("LoadImageMask", image="b.png", channel="alpha"),
        "4": node("SomeLoader", file="b.flac"),
        "5": node("SaveImage", image="no file"),
        "6": node("LoadText", file="notes.txt"),
    }
    found = {spot.node: kind for spot, kind in files_in(graph, None, graph)}
    assert found == {"1": "video", "2": "video", "3": "image", "4": "audio"}


def test_a_film_that_is_read_is_a_field_with_the_title_of_its_node() -> None:
    graph = {"1": node("LoadVideo", "Clip to change", file="a.mp4"), "2": node("SaveVideo", video=["1", 0])}
    for info in (None, TABLE):
        form = form_of("a", graph, info).form
        assert places(form, "video") == [("1", "file")]
        assert (field(form, "video").type, field(form, "video").label) == ("video", "Clip to change")
