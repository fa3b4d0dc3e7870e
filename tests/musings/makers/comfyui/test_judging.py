"""Outputs, verdicts, complaints and progress: the pure decisions."""

import pytest

from comfyui_workflows.graph import name_of
from comfyui_workflows.object_info import nearest
from musings.errors import PassingFault, UserFault
from musings.makers.comfyui import protocol
from musings.makers.comfyui.answers import HistoryEntry, NodeProblem, Rejected
from musings.makers.comfyui.explain import failure_fault, is_out_of_memory, refusal
from musings.makers.comfyui.outputs import OutputFile, OutputText, files_of, node_order, texts_of
from musings.makers.comfyui.progress import JobProgress, Tracker
from musings.makers.comfyui.protocol import Failure
from musings.makers.comfyui.verdict import NONCE_INPUT, JobOutcome, busted, judge
from tests.musings.makers.comfyui.graphs import node, painting, picture

URL = "http://comfy:8188"


def file(name: str, **more: object) -> dict[str, object]:
    return {"filename": name, "subfolder": "", "type": "output", **more}


def test_files_come_from_every_key_and_every_depth_in_node_order() -> None:
    outputs = {
        "10": {"images": [file("ten.png")], "animated": [True]},
        "9": {"gifs": [file("nine.mp4", format="video/h264-mp4", frame_rate=8)]},
        "57:6": {"strange": [[file("deep.glb")], None, 3]},
        "2": {"audio": [file("two.flac", subfolder="a/b")]},
    }
    assert [found.filename for found in files_of(outputs)] == ["two.flac", "nine.mp4", "ten.png", "deep.glb"]
    assert files_of(outputs)[0] == OutputFile("2", "audio", "two.flac", "a/b", "output")
    assert texts_of(outputs) == (OutputText("57:6", "strange", "3"),)


def test_a_file_named_twice_counts_once() -> None:
    assert len(files_of({"1": {"images": [file("a.png"), file("a.png")]}})) == 1


def test_strings_and_nulls_in_lists_are_no_files() -> None:
    outputs = {"1": {"result": ["3d/x.glb", None, None]}, "2": None, "3": {"x": {"filename": 7}}}
    assert files_of(outputs) == ()
    assert [text.text for text in texts_of(outputs)] == ["3d/x.glb"]


def test_temporary_files_count_only_when_nothing_is_saved() -> None:
    temp = file("t.png", type="temp")
    assert [found.filename for found in files_of({"1": {"images": [temp]}})] == ["t.png"]
    assert [found.filename for found in files_of({"1": {"images": [temp]}, "2": {"a": [file("o.png")]}})] == ["o.png"]
    assert files_of({"1": {"images": [file("i.png", type="input")]}}) == ()


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        ("a.PNG", ".png"),
        ("a", ".bin"),
        ("a.tar.gz", ".gz"),
        ("a.p/g", ".bin"),
        ("a.longlonglong", ".bin"),
        ("é.ö", ".bin"),
    ],
)
def test_suffixes(name: str, suffix: str) -> None:
    assert OutputFile("1", "images", name).suffix == suffix


def test_node_ids_sort_as_numbers() -> None:
    assert sorted(["10", "9", "57:6", "57:10", "a b"], key=node_order) == ["9", "10", "57:6", "57:10", "a b"]


def entry(**more: object) -> HistoryEntry:
    return HistoryEntry(**({"prompt_id": "p", "success": True, "outputs": {}, "wanted": ("2",)} | more))  # type: ignore[arg-type]


def test_verdicts() -> None:
    made = judge(entry(outputs={"2": {"images": [file("a.png")]}}), {}, URL)
    assert (made.outcome, len(made.files), made.cached) == (JobOutcome.MADE, 1, False)
    reused = judge(entry(outputs={"2": {"images": [file("a.png")]}}, cached=("1", "2")), {}, URL)
    assert (reused.outcome, reused.cached) == (JobOutcome.MADE, True)
    assert judge(entry(outputs={"2": {"text": ["a"]}}), {}, URL).outcome is JobOutcome.MADE
    assert judge(entry(cached=("1", "2")), {}, URL).outcome is JobOutcome.EMPTY
    nothing = judge(entry(cached=("1",)), {}, URL)
    assert nothing.outcome is JobOutcome.FAULT
    assert isinstance(nothing.fault, UserFault)


def test_a_blocked_branch_is_told_by_the_socket_only() -> None:
    told = Failure("2", "Guard", "ExecutionBlocked", "no face found")
    assert "no face found" in str(judge(entry(), {}, URL, told).fault)


def test_an_interrupt_by_somebody_else_is_passing() -> None:
    verdict = judge(entry(success=False, interrupted=True), {}, URL)
    assert verdict.outcome is JobOutcome.FAULT
    assert isinstance(verdict.fault, PassingFault)


def test_memory_is_its_own_verdict() -> None:
    failure = Failure("3", "KSampler", "torch.OutOfMemoryError", "Allocation on device")
    assert judge(entry(success=False, failure=failure), {}, URL).outcome is JobOutcome.MEMORY


def test_a_failure_without_a_reason() -> None:
    verdict = judge(entry(success=False), {}, URL)
    assert "does not say why" in str(verdict.fault)


def test_busting_changes_the_output_nodes_only_and_not_the_original() -> None:
    graph = picture()
    changed = busted(graph, ("2",), "n")
    assert changed["2"]["inputs"][NONCE_INPUT] == "n"
    assert changed["1"] == graph["1"]
    assert graph == picture()
    assert busted(graph, (), "n") == changed
    chain = graph | {"3": node("ImageInvert", image=["2", 0]), "4": node("PreviewImage", images=["3", 0])}
    again = busted(chain, (), "n")  # newer nodes give on what they saved
    assert [name for name, data in again.items() if NONCE_INPUT in data["inputs"]] == ["2", "4"]


@pytest.mark.parametrize(
    ("kind", "message", "passing"),
    [
        ("torch.OutOfMemoryError", "Allocation on device", True),
        ("torch.cuda.OutOfMemoryError", "", True),
        ("RuntimeError", "CUDA error: out of memory", True),
        ("MemoryError", "", True),
        ("requests.exceptions.ConnectionError", "refused", True),
        ("TimeoutError", "", True),
        ("ValueError", "bad", False),
        ("KeyError", "", False),
    ],
)
def test_classes_of_failures(kind: str, message: str, passing: bool) -> None:
    fault = failure_fault(Failure("3", "KSampler", kind, message), painting())
    assert isinstance(fault, PassingFault if passing else UserFault)
    assert "node 3 (KSampler)" in str(fault)


def test_a_failure_keeps_its_traceback_for_the_log() -> None:
    failure = Failure("3", "K", "ValueError", "first line\nsecond line", "File x")
    fault = failure_fault(failure, {})
    assert "first line" in str(fault)
    assert "second line" not in str(fault)
    assert "second line" in fault.log
    assert not is_out_of_memory(failure)


def test_names_of_nodes() -> None:
    graph = {"9": node("SaveImage", "My save"), "8": node("SaveImage"), "7": node("SaveImage", "SaveImage")}
    assert name_of(graph, "9") == 'node 9 "My save" (SaveImage)'
    assert name_of(graph, "8") == name_of(graph, "7").replace("7", "8") == "node 8 (SaveImage)"
    assert name_of(graph, "1", "Gone") == "node 1 (Gone)"


def test_nearest() -> None:
    models = ["sd_xl_base_1.0.safetensors", "v1-5-pruned.safetensors"]
    assert nearest("SD_XL_BASE.safetensors", models) == models[0]
    assert nearest("qqq", models) is None
    assert nearest("x", []) is None


def test_a_long_list_is_looked_up_in_the_class_table() -> None:
    problem = NodeProblem("4", "Loader", "value_not_in_list", "", "", "ckpt_name", "foxy_v2.ckpt")
    info = {"Loader": {"input": {"required": {"ckpt_name": [["foxy_v1.ckpt"], {}]}}}}
    fault = refusal(Rejected("prompt_outputs_failed_validation", "", "", (problem,)), {}, info)
    assert "'foxy_v1.ckpt'" in str(fault)
    assert "Install" in str(fault.hint)


def test_a_refusal_without_details() -> None:
    fault = refusal(Rejected("prompt_outputs_failed_validation", "Prompt outputs failed validation", ""), {})
    assert "circle" in str(fault.hint)


def test_progress_adds_up_and_never_goes_back() -> None:
    tracker = Tracker(painting())
    tracker.feed(protocol.Cached("p", ("4", "5")))
    assert tracker.feed(protocol.NodeRunning("p", "3")) == JobProgress(2.0, 7.0, "KSampler")
    assert tracker.feed(protocol.NodeStep("p", "3", 5, 10)) == JobProgress(2.5, 7.0, "KSampler")
    assert tracker.feed(protocol.NodeStep("p", "3", 0, 10)) == JobProgress(2.5, 7.0, "KSampler")
    state = protocol.NodeState("3", 10, 10, "finished")
    assert tracker.feed(protocol.NodeStates("p", (state,))) == JobProgress(3.0, 7.0, "KSampler")
    assert tracker.feed(protocol.Succeeded("p")) is None


def test_progress_of_nodes_made_while_running_does_not_count() -> None:
    tracker = Tracker(painting())
    told = tracker.feed(protocol.NodeStates("p", (protocol.NodeState("3.0.1", 1, 1, "finished"),)))
    assert told == JobProgress(0.0, 7.0, "rendering")
