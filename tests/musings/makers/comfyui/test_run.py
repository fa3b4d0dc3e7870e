"""The life of one job: ids, joining, stopping, progress, outputs."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from fake_comfyui.server import FakeComfy
from musings.errors import Cancelled, Stopping, TimedOut, UserFault
from musings.makers.comfyui.answers import Phase
from musings.makers.comfyui.client import ComfyServer
from musings.makers.comfyui.run import run_graph
from tests.musings.makers.comfyui.graphs import node, painting, picture, song, sounds, spoken
from tests.musings.makers.comfyui.recorder import Recorder, quick
from tests.waiting import until

OURS = "job-1"


def go(server: ComfyServer, target: Path, recorder: Recorder | None = None, **options: object):  # type: ignore[no-untyped-def]
    options = {"graph": picture(), "prompt_id": OURS, "limits": quick()} | options
    return run_graph(server, target=target, hooks=(recorder or Recorder()).hooks, **options)  # type: ignore[arg-type]


def test_the_id_is_written_down_before_the_post(fake: FakeComfy, server: ComfyServer, tmp_path: Path) -> None:
    posts_at_callback = []
    recorder = Recorder()
    recorder.submitting = Spy(lambda: posts_at_callback.append(dict(fake.counts.posts)))
    go(server, tmp_path, recorder)
    assert posts_at_callback == [{}]
    assert recorder.submitted == [OURS]


class Spy(list[str]):
    def __init__(self, on_append: Callable[[], None]) -> None:
        super().__init__()
        self._on_append = on_append

    def append(self, value: str) -> None:
        self._on_append()
        super().append(value)


@pytest.mark.parametrize("phase", ["pending", "running", "done"])
def test_a_job_of_an_earlier_attempt_is_joined(
    fake: FakeComfy, server: ComfyServer, tmp_path: Path, phase: str
) -> None:
    fake.pace.node = 0.0 if phase == "done" else 0.3
    if phase == "pending":
        server.submit(picture(color=9), prompt_id="other", client_id="x")
    server.submit(picture(), prompt_id=OURS, client_id="dead")
    until(lambda: server.state(OURS).phase == phase)
    result = go(server, tmp_path, resume=True)
    assert (result.prompt_id, result.submissions, len(result.files)) == (OURS, 0, 1)
    assert fake.counts.executions[OURS] == 1
    assert fake.counts.posts[OURS] == 1


def test_an_attempt_that_died_before_its_post_is_submitted_under_a_new_id(
    fake: FakeComfy, server: ComfyServer, tmp_path: Path
) -> None:
    recorder = Recorder()
    result = go(server, tmp_path, recorder, resume=True)
    assert result.submissions == 1
    assert recorder.submitting == [result.prompt_id]
    assert fake.counts.executions == {result.prompt_id: 1}


@pytest.mark.parametrize("fault", ["interrupted-by-other", "oom-once"])
def test_how_an_earlier_attempt_ended_does_not_end_the_next(
    fake: FakeComfy, server: ComfyServer, tmp_path: Path, fault: str
) -> None:
    fake.faults.on(fault)
    server.submit(picture(), prompt_id=OURS, client_id="dead")
    until(lambda: server.state(OURS).phase is Phase.DONE)
    result = go(server, tmp_path, resume=True)
    assert (result.submissions, len(result.files)) == (1, 1)
    assert fake.counts.executions == {OURS: 1, result.prompt_id: 1}


def test_an_interrupt_that_an_earlier_attempt_asked_for_does_not_end_the_next(
    fake: FakeComfy, server: ComfyServer, tmp_path: Path
) -> None:
    fake.pace.node = 0.3
    server.submit(picture(), prompt_id=OURS, client_id="dead")
    until(lambda: server.state(OURS).phase is Phase.RUNNING)
    fake.faults.on("interrupted-by-other")
    result = go(server, tmp_path, resume=True)
    assert (result.submissions, len(result.files)) == (1, 1)
    assert fake.counts.executions == {OURS: 1, result.prompt_id: 1}


def stopping_when_it_runs(server: ComfyServer, error: Exception) -> Callable[[], None]:
    def check() -> None:
        if server.queue().running:
            raise error

    return check


@pytest.mark.parametrize("error", [Cancelled("enough"), TimedOut("too long")])
@pytest.mark.parametrize("fault", [None, "interrupt-lost-first"])
def test_a_stopped_job_is_gone_from_the_server(
    fake: FakeComfy, server: ComfyServer, tmp_path: Path, error: Exception, fault: str | None
) -> None:
    if fault:
        fake.faults.on(fault)
    fake.pace.step = 0.05
    recorder = Recorder(check=stopping_when_it_runs(server, error))
    with pytest.raises(type(error)):
        go(server, tmp_path, recorder, graph=painting(steps=500))
    state = server.state(OURS)
    assert state.phase is Phase.DONE
    assert state.entry is not None
    assert state.entry.interrupted
    assert "job-1 stopped" in recorder.lines[-1]


def test_a_stopped_job_that_waits_never_runs(fake: FakeComfy, server: ComfyServer, tmp_path: Path) -> None:
    fake.pace.step = 0.05
    server.submit(painting(steps=500), prompt_id="other", client_id="x")

    def check() -> None:
        if OURS in server.queue().pending:
            raise Cancelled("enough")

    with pytest.raises(Cancelled):
        go(server, tmp_path, Recorder(check=check))
    assert server.state(OURS).phase is Phase.UNKNOWN
    assert server.state("other").phase is Phase.RUNNING
    assert fake.counts.executions == {"other": 1}
    assert fake.counts.interrupts == {}


def test_a_worker_that_shuts_down_leaves_the_job_running(fake: FakeComfy, server: ComfyServer, tmp_path: Path) -> None:
    fake.pace.node = 0.2
    with pytest.raises(Stopping):
        go(server, tmp_path, Recorder(check=stopping_when_it_runs(server, Stopping("bye"))))
    assert server.state(OURS).phase is Phase.RUNNING
    result = go(server, tmp_path, resume=True)
    assert (result.submissions, len(result.files)) == (0, 1)
    assert fake.counts.executions == {OURS: 1}
    assert fake.counts.interrupts == {}


def test_progress_and_previews(fake: FakeComfy, server: ComfyServer, tmp_path: Path) -> None:
    fake.pace.step = 0.02
    recorder = Recorder()
    go(server, tmp_path, recorder, graph=painting(steps=5), limits=quick(socket_seconds=20.0))
    values = [value for value, _, _ in recorder.progress]
    assert values == sorted(values)
    assert recorder.progress[-1][:2] == (7.0, 7.0)
    assert {"KSampler", "VAE Decode", "Save Image"} <= {stage for _, _, stage in recorder.progress}
    assert len(recorder.previews) == 5
    assert all(media_type == "image/jpeg" and data[:2] == b"\xff\xd8" for data, media_type in recorder.previews)


def test_previews_are_throttled(fake: FakeComfy, server: ComfyServer, tmp_path: Path) -> None:
    fake.pace.step = 0.01
    recorder = Recorder()
    go(server, tmp_path, recorder, graph=painting(steps=20), limits=quick(preview_seconds=60.0, socket_seconds=20.0))
    assert len(recorder.previews) == 1


def test_somebody_elses_previews_are_not_ours(fake: FakeComfy, server: ComfyServer, tmp_path: Path) -> None:
    fake.pace.step = 0.01
    server._post("prompt", {"prompt": painting(seed=9), "extra_data": {"preview_method": "auto"}})
    recorder = Recorder()
    go(server, tmp_path, recorder)
    assert recorder.previews == []


def test_all_kinds_of_outputs_come_from_all_nodes(fake: FakeComfy, server: ComfyServer, tmp_path: Path) -> None:
    graph = {f"s{key}": _moved(data, "s") for key, data in sounds("deep/er/sound").items()}
    graph |= {f"p{key}": _moved(data, "p") for key, data in picture(prefix="deep/er/pic", batch=2).items()}
    graph |= {f"t{key}": _moved(data, "t") for key, data in spoken("words").items()}
    result = go(server, tmp_path, graph=graph)
    assert [file.path.suffix for file in result.files] == [".png", ".png", ".flac", ".mp3", ".opus"]
    assert {file.source.subfolder for file in result.files} == {"deep/er"}
    assert [text.text for text in result.texts] == ["words"]
    assert all(file.size == file.path.stat().st_size and len(file.sha256) == 64 for file in result.files)


def _moved(data: dict, prefix: str) -> dict:  # type: ignore[type-arg]
    inputs = {
        name: [f"{prefix}{value[0]}", value[1]] if isinstance(value, list) else value
        for name, value in data["inputs"].items()
    }
    return {**data, "inputs": inputs}


def test_previews_of_saved_pictures_are_not_fetched(fake: FakeComfy, server: ComfyServer, tmp_path: Path) -> None:
    graph = picture() | {"3": node("PreviewImage", images=["1", 0])}
    assert [file.source.folder for file in go(server, tmp_path, graph=graph).files] == ["output"]
    del graph["2"]
    graph["1"]["inputs"]["color"] = 7
    assert [file.source.folder for file in go(server, tmp_path, prompt_id="b", graph=graph).files] == ["temp"]


def test_a_song(fake: FakeComfy, server: ComfyServer, tmp_path: Path) -> None:
    assert [file.path.name for file in go(server, tmp_path, graph=song()).files] == ["0001.mp3"]


def test_the_same_graph_again_says_that_it_is_cached(fake: FakeComfy, server: ComfyServer, tmp_path: Path) -> None:
    first, second = (go(server, tmp_path, prompt_id=name) for name in ("a", "b"))
    assert (first.cached, second.cached) == (False, True)
    assert first.files[0].sha256 == second.files[0].sha256


def test_a_workflow_that_saves_nothing_we_can_fetch(fake: FakeComfy, server: ComfyServer, tmp_path: Path) -> None:
    with pytest.raises(UserFault, match="no output node"):
        go(server, tmp_path, graph={"1": picture()["1"]})


def test_a_file_name_that_can_never_be_fetched(fake: FakeComfy, server: ComfyServer, tmp_path: Path) -> None:
    with pytest.raises(UserFault, match="will not hand out") as caught:
        go(server, tmp_path, graph=picture(prefix="a..b"))
    assert "prefix" in str(caught.value.hint)


def test_a_missing_model_is_named_with_the_nearest(fake: FakeComfy, server: ComfyServer, tmp_path: Path) -> None:
    graph = painting()
    graph["4"]["inputs"]["ckpt_name"] = "fake_image_v2.safetensors"
    with pytest.raises(UserFault, match=r"node 4 .*'fake_image_v2.safetensors'.*'fake_image_v1.safetensors'"):
        go(server, tmp_path, graph=graph)


def test_a_missing_node_class_is_named_with_the_nearest(fake: FakeComfy, server: ComfyServer, tmp_path: Path) -> None:
    graph = picture() | {"5": node("EmptyImages", "My node", width=1)}
    with pytest.raises(UserFault, match=r'EmptyImages, which node 5 "My node".*nearest that it knows is EmptyImage'):
        go(server, tmp_path, graph=graph, object_info=server.object_info())


def test_many_jobs_at_once_do_not_mix(fake: FakeComfy, server: ComfyServer, tmp_path: Path) -> None:
    results: dict[int, bytes] = {}

    def one(number: int) -> None:
        folder = tmp_path / str(number)
        folder.mkdir()
        result = go(server, folder, prompt_id=f"n{number}", graph=picture(color=number, prefix=f"n{number}"))
        results[number] = result.files[0].path.read_bytes()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(results) == 8
    assert len(set(results.values())) == 8
    assert all(count == 1 for count in fake.counts.executions.values())


def test_a_job_of_a_server_that_was_started_again_is_lost_at_once(
    fake: FakeComfy, server: ComfyServer, tmp_path: Path
) -> None:
    """It has no history of what was before, so that nothing can be on its way from the queue to there."""
    fake.pace.slow = 0.8
    fake.faults.on("restart-mid-job")
    fake.faults.on("slow-start")
    limits = quick(lost_gap_seconds=3600.0)
    result = run_graph(server, picture(), prompt_id="ours", target=tmp_path, limits=limits)
    assert result.submissions == 2


def test_what_a_dead_worker_had_sent_and_is_not_there_does_not_hold_its_place_for_long(
    server: ComfyServer, tmp_path: Path
) -> None:
    limits = quick(lost_gap_seconds=3600.0)
    result = run_graph(server, picture(), prompt_id="theirs", target=tmp_path, resume=True, limits=limits)
    assert result.submissions == 1
    assert result.prompt_id != "theirs"
