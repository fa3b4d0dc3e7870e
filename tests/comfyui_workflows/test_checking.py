"""A workflow held against what a server has."""

from comfyui_workflows.checking import ProblemKind, check, partner_nodes
from musings.makers.comfyui.client import ComfyServer
from tests.musings.makers.comfyui.graphs import node, painting, picture, song, sounds


def test_the_fakes_workflows_pass_the_check(server: ComfyServer) -> None:
    info = server.object_info()
    for graph in (picture(), painting(), song(), sounds()):
        assert check(graph, info) == []


def test_the_check_names_what_is_missing_with_the_nearest(server: ComfyServer) -> None:
    graph = painting() | {"20": node("EmptyImages", "Blank"), "21": node("LoadImage", image="gone.png")}
    graph["4"]["inputs"]["ckpt_name"] = "fake_image_v3.safetensors"
    graph["3"]["inputs"]["sampler_name"] = "eulr"
    del graph["5"]["inputs"]["width"]
    found = {problem.kind: problem for problem in check(graph, server.object_info())}
    assert found[ProblemKind.CLASS].nearest == "EmptyImage"
    assert 'node 20 "Blank" (EmptyImages)' in found[ProblemKind.CLASS].message
    assert found[ProblemKind.MODEL].nearest == "fake_image_v1.safetensors"
    assert found[ProblemKind.CHOICE].nearest == "euler"
    assert "gone.png" in found[ProblemKind.FILE].message
    assert "width" in found[ProblemKind.INPUT].message
    assert {kind for kind, problem in found.items() if problem.missing} == {
        ProblemKind.CLASS,
        ProblemKind.MODEL,
        ProblemKind.CHOICE,
    }


def test_lists_that_a_server_fetches_elsewhere_and_dynamic_inputs_are_not_judged() -> None:
    info = {"A": {"input": {"required": {"v": ["COMBO", {"remote": {}}], "g": ["COMFY_AUTOGROW_V3", {}]}}}}
    assert check({"1": node("A", v="anything")}, info) == []


def test_a_number_out_of_bounds_is_told_before_the_run(server: ComfyServer) -> None:
    graph = painting()
    graph["5"]["inputs"] |= {"width": 99999, "batch_size": 0}
    said = [problem.message for problem in check(graph, server.object_info())]
    assert len(said) == 2
    assert "99999 is above its maximum of 16384" in said[0]
    assert "0 is below its minimum of 1" in said[1]
    assert not any(problem.missing for problem in check(graph, server.object_info()))
    assert check(graph, server.object_info(), {("5", "width"), ("5", "batch_size")}) == []


def test_a_circle_is_told_before_the_run(server: ComfyServer) -> None:
    graph = {
        "1": node("ImageInvert", image=["2", 0]),
        "2": node("ImageInvert", image=["1", 0]),
        "3": node("SaveImage", images=["1", 0], filename_prefix="t"),
    }
    [problem] = check(graph, server.object_info())
    assert problem.kind is ProblemKind.CIRCLE
    assert problem.message.count("(ImageInvert)") == 3
    assert check(painting(), server.object_info()) == []


def test_partner_nodes_are_known_by_the_servers_word() -> None:
    info = {"EmptyImage": {"api_node": True}, "SaveImage": {"api_node": False}}
    assert partner_nodes(picture(), info) == ("EmptyImage",)
    assert partner_nodes(painting(), info) == ()
