"""A job that had run, and that the server does not know any more: emptied by somebody, or gone with the server."""

from pathlib import Path
from typing import Any

import pytest

from fake_comfyui.server import FakeComfy
from musings.errors import PassingFault, ServerCrash, UserFault
from musings.makers.comfyui.client import ComfyServer
from musings.makers.comfyui.run import JobResult, run_graph
from tests.musings.makers.comfyui.graphs import picture
from tests.musings.makers.comfyui.recorder import Recorder, quick


class Emptied(dict[str, Any]):
    """A history that somebody empties as soon as anything is in it."""

    def __setitem__(self, key: str, value: object) -> None:
        pass


@pytest.fixture
def emptied(fake: FakeComfy) -> FakeComfy:
    assert fake._site is not None
    fake._site.engine.history = Emptied()
    fake.pace.node = 0.3
    return fake


def go(server: ComfyServer, target: Path, recorder: Recorder | None = None, **more: Any) -> JobResult:
    hooks = (recorder or Recorder()).hooks
    return run_graph(server, picture(), prompt_id="ours", target=target, hooks=hooks, limits=quick(), **more)


def test_what_the_socket_told_is_enough(emptied: FakeComfy, server: ComfyServer, tmp_path: Path) -> None:
    recorder = Recorder()
    result = go(server, tmp_path, recorder)
    assert [each.path.name for each in result.files] == ["0001.png"]
    assert sum(emptied.counts.executions.values()) == 1
    assert any("told on the socket" in line for line in recorder.lines)


def test_without_it_the_job_is_sent_again_once(emptied: FakeComfy, server: ComfyServer, tmp_path: Path) -> None:
    emptied.faults.on("deaf-socket")
    with pytest.raises(PassingFault, match="forgotten this job twice after it had run"):
        go(server, tmp_path)
    assert sum(emptied.counts.executions.values()) == 2


def test_one_that_costs_money_is_not_sent_again(emptied: FakeComfy, server: ComfyServer, tmp_path: Path) -> None:
    emptied.faults.on("deaf-socket")
    with pytest.raises(UserFault, match=r"partner node \(Painter\) may have been charged"):
        go(server, tmp_path, paid=["Painter"])
    assert sum(emptied.counts.executions.values()) == 1


def test_a_server_that_went_down_with_it_is_told_each_time(
    fake: FakeComfy, server: ComfyServer, tmp_path: Path
) -> None:
    fake.faults.on("restart-mid-job", 2)
    crashes: list[int] = []

    def crashed() -> None:
        crashes.append(1)
        if len(crashes) == 2:
            raise ServerCrash("enough")

    hooks = Recorder(crashed=crashed).hooks
    with pytest.raises(ServerCrash):
        run_graph(server, picture(), prompt_id="ours", target=tmp_path, hooks=hooks, limits=quick())
    assert sum(fake.counts.executions.values()) == 2


def test_a_queue_that_loses_a_job_before_it_runs_is_no_crash(
    fake: FakeComfy, server: ComfyServer, tmp_path: Path
) -> None:
    fake.faults.on("lost-queue")
    crashes: list[int] = []
    result = go(server, tmp_path, Recorder(crashed=lambda: crashes.append(1)))
    assert (result.submissions, crashes) == (2, [])
