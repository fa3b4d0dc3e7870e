"""How far a job is."""

from musings.makers.comfyui import protocol
from musings.makers.comfyui.progress import JobProgress, Tracker
from tests.musings.makers.comfyui.graphs import painting


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
