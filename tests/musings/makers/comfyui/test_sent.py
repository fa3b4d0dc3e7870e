"""Pictures that come over the socket alone."""

import io
import queue
import threading
from pathlib import Path

import pytest
from PIL import Image

from fake_comfyui.server import FakeComfy
from musings.errors import Cancelled, PassingFault, UnreachableError, UserFault
from musings.makers.comfyui.client import ComfyServer
from musings.makers.comfyui.listening import Inbox
from musings.makers.comfyui.protocol import NodeRunning, NodeState, NodeStates, Preview, QueueLength
from musings.makers.comfyui.run import JobResult, run_graph
from musings.makers.comfyui.sent import Catcher, senders
from musings.makers.comfyui.watching import JobHooks, JobWatch
from tests.musings.makers.comfyui.graphs import Graph, node, painting, picture
from tests.musings.makers.comfyui.recorder import Recorder, decodable, quick

OURS = "7b0e8a8e-0d6f-4a0e-9a1c-1f0d1a2b3c4d"


def sending(batch: int = 3) -> Graph:
    return {"1": picture(batch=batch)["1"], "2": node("SaveImageWebsocket", images=["1", 0])}


def go(
    server: ComfyServer, target: Path, graph: Graph, recorder: Recorder | None = None, *, resume: bool = False
) -> JobResult:
    return run_graph(
        server,
        graph,
        prompt_id=OURS,
        target=target,
        resume=resume,
        hooks=(recorder or Recorder()).hooks,
        limits=quick(),
        verify=decodable,
    )


def names(result: JobResult, target: Path) -> list[str]:
    assert sorted(path.name for path in target.iterdir()) == sorted(file.path.name for file in result.files)
    return [file.path.name for file in result.files]


def test_they_are_kept_as_files(fake: FakeComfy, server: ComfyServer, tmp_path: Path) -> None:
    result = go(server, tmp_path, sending())
    assert names(result, tmp_path) == ["0001.png", "0002.png", "0003.png"]
    assert {(file.media_type, file.source.node, file.source.key) for file in result.files} == {
        ("image/png", "2", "websocket")
    }
    with Image.open(result.files[2].path) as opened:
        assert opened.size == (32, 24)
    assert (result.submissions, sum(fake.counts.executions.values())) == (1, 1)


def test_previews_of_a_sampler_are_not_taken_for_results(server: ComfyServer, tmp_path: Path) -> None:
    graph = painting(steps=4)
    graph["9"] = node("SaveImageWebsocket", images=["8", 0])
    recorder = Recorder()
    result = go(server, tmp_path, graph, recorder)
    assert names(result, tmp_path) == ["0001.png"]
    assert len(recorder.previews) >= 4


def test_they_come_after_what_is_saved(server: ComfyServer, tmp_path: Path) -> None:
    graph = sending(2) | {"3": node("SaveImage", images=["1", 0], filename_prefix="s")}
    result = go(server, tmp_path, graph)
    assert [file.source.node for file in result.files] == ["3", "3", "2", "2"]
    assert names(result, tmp_path) == ["0001.png", "0002.png", "0003.png", "0004.png"]


class Turns(list[str]):
    """What was submitted; the first time switches the fault off."""

    def __init__(self, fake: FakeComfy) -> None:
        super().__init__()
        self._fake = fake

    def append(self, value: str) -> None:
        super().append(value)
        self._fake.faults.off("deaf-socket")


def test_a_lost_socket_is_told_and_the_job_run_once_more(fake: FakeComfy, server: ComfyServer, tmp_path: Path) -> None:
    fake.faults.on("deaf-socket")
    recorder = Recorder()
    recorder.submitted = Turns(fake)
    result = go(server, tmp_path, sending(), recorder)
    assert names(result, tmp_path) == ["0001.png", "0002.png", "0003.png"]
    assert result.submissions == 2
    assert any("connection was lost: 0 of 1 came" in line for line in recorder.lines)


def test_a_socket_that_stays_deaf_is_a_passing_fault(fake: FakeComfy, server: ComfyServer, tmp_path: Path) -> None:
    fake.faults.on("deaf-socket")
    with pytest.raises(PassingFault, match="WebSocket alone, and the connection was lost"):
        go(server, tmp_path, sending())
    assert sum(fake.counts.executions.values()) == 2


def test_without_a_socket_nothing_is_run(fake: FakeComfy, server: ComfyServer, tmp_path: Path) -> None:
    fake.faults.on("no-socket")
    with pytest.raises(PassingFault, match="opens no WebSocket"):
        go(server, tmp_path, sending())
    assert sum(fake.counts.posts.values()) == 0
    go(server, tmp_path, picture())  # what is saved needs none


def test_a_server_that_is_away_is_told_as_such(tmp_path: Path) -> None:
    with FakeComfy() as gone:
        url = gone.url
    with ComfyServer(url) as server, pytest.raises(UnreachableError):
        Catcher(sending(), tmp_path).require(server, listening=False)


def test_a_job_of_an_earlier_attempt_is_run_once_more(fake: FakeComfy, server: ComfyServer, tmp_path: Path) -> None:
    server.submit(sending(), prompt_id=OURS, client_id="dead")
    result = go(server, tmp_path, sending(), resume=True)
    assert len(names(result, tmp_path)) == 3
    assert sum(fake.counts.executions.values()) == 2


def test_a_run_that_is_stopped_leaves_no_picture_behind(fake: FakeComfy, server: ComfyServer, tmp_path: Path) -> None:
    fake.pace.node = 0.2
    graph = sending() | {"3": node("ImageInvert", image=["1", 0]), "4": node("PreviewImage", images=["3", 0])}
    recorder = Recorder()

    def check() -> None:
        if list(tmp_path.glob(".socket-*")):
            raise Cancelled("stop")

    recorder.check = check
    with pytest.raises(Cancelled):
        go(server, tmp_path, graph, recorder)
    assert list(tmp_path.iterdir()) == []


def test_the_words_of_other_jobs_do_not_hold_up_the_end(fake: FakeComfy, server: ComfyServer, tmp_path: Path) -> None:
    """A socket that lost our job hears of the queue all the same, for ever on a busy server."""
    inbox: Inbox = queue.SimpleQueue()
    busy = threading.Event()

    def talk() -> None:
        while not busy.wait(0.01):
            inbox.put(QueueLength(3))

    server.submit(sending(), prompt_id=OURS, client_id="gone")
    talking = threading.Thread(target=talk)
    talking.start()
    try:
        hooks = JobHooks(to_the_end=True)
        entry = JobWatch(server, OURS, sending(), inbox, hooks, quick(socket_seconds=0.1)).until_done()
    finally:
        busy.set()
        talking.join()
    assert entry is not None
    assert entry.success


def png() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (2, 2)).save(buffer, "PNG")
    return buffer.getvalue()


def test_frames_without_names_belong_to_the_node_that_runs(tmp_path: Path) -> None:
    catcher = Catcher(sending(), tmp_path)
    catcher.feed(Preview(png(), "image/png"), OURS)  # before our node runs: somebody else's
    catcher.feed(NodeRunning("other", "2"), OURS)
    catcher.feed(Preview(png(), "image/png"), OURS)
    catcher.feed(NodeRunning(OURS, "2"), OURS)
    catcher.feed(Preview(png(), "image/jpeg"), OURS)  # a preview, by its type
    catcher.feed(Preview(png(), "image/png"), OURS)
    catcher.feed(Preview(png(), "image/png", "other", "2"), OURS)
    catcher.feed(NodeStates(OURS, (NodeState("2", 1, 1, "finished"),)), OURS)
    assert len(catcher.kept(tmp_path, 1, lambda _: None)) == 1


def test_what_is_forgotten_leaves_no_file(tmp_path: Path) -> None:
    catcher = Catcher(sending(), tmp_path)
    catcher.feed(Preview(png(), "image/png", OURS, "2"), OURS)
    assert len(list(tmp_path.iterdir())) == 1
    catcher.forget()
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_one_is_not_kept(tmp_path: Path) -> None:
    catcher = Catcher(sending(), tmp_path)
    catcher.feed(Preview(png()[:40], "image/png", OURS, "2"), OURS)
    with pytest.raises(PassingFault, match="damaged"):
        catcher.kept(tmp_path, 1, decodable)


def test_senders_are_known_by_their_class() -> None:
    graph = {"1": node("SaveImageWebsocket"), "2": node("ETN_SendImageWebSocket"), "3": node("SaveImage")}
    assert senders(graph) == ("1", "2")


def test_they_are_bounded_in_all(server: ComfyServer, tmp_path: Path) -> None:
    with pytest.raises(UserFault, match=r"sent more than 1e-07 GB over its WebSocket"):
        run_graph(
            server,
            sending(),
            prompt_id=OURS,
            target=tmp_path,
            hooks=Recorder().hooks,
            limits=quick(most_job_bytes=100),
            verify=decodable,
        )
    assert list(tmp_path.iterdir()) == []
