"""How a job ended: made, empty, out of memory, or a fault."""

from musings.errors import PassingFault, UserFault
from musings.makers.comfyui.answers import HistoryEntry
from musings.makers.comfyui.protocol import Failure
from musings.makers.comfyui.verdict import NONCE_INPUT, JobOutcome, busted, judge
from tests.musings.makers.comfyui.graphs import node, picture

URL = "http://comfy:8188"


def file(name: str, **more: object) -> dict[str, object]:
    return {"filename": name, "subfolder": "", "type": "output", **more}


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
