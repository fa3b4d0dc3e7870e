"""A worker that is killed at any step of a job: the next attempt finds the job, and nothing runs twice."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fake_comfyui.server import FakeComfy
from musings.makers.comfyui.client import ComfyServer
from musings.makers.comfyui.run import run_graph
from tests.musings.makers.comfyui.graphs import painting
from tests.musings.makers.comfyui.recorder import quick
from tests.paths import ROOT

WORKER = """
import os, signal, sys
from pathlib import Path
from musings.makers.comfyui.client import ComfyServer
from musings.makers.comfyui.run import run_graph
from musings.makers.comfyui.watching import JobHooks
from tests.musings.makers.comfyui.graphs import painting
from tests.musings.makers.comfyui.recorder import quick

url, folder, step = sys.argv[1], Path(sys.argv[2]), sys.argv[3]

def die(where):
    if where == step:
        os.kill(os.getpid(), signal.SIGKILL)

def submitting(prompt_id):
    (folder / "id").write_text(prompt_id)
    die("before the post")

hooks = JobHooks(
    on_submitting=submitting,
    on_submitted=lambda _: die("after the post"),
    on_progress=lambda value, maximum, stage: die("while it runs") if value > 1 else None,
)
with ComfyServer(url) as server:
    run_graph(server, painting(), prompt_id="first", target=folder, hooks=hooks, limits=quick(),
              verify=lambda path: die("while it is fetched"))
die("after the end")
"""


@pytest.mark.parametrize(
    "step", ["before the post", "after the post", "while it runs", "while it is fetched", "after the end"]
)
def test_a_killed_worker_loses_nothing_and_repeats_nothing(
    fake: FakeComfy, server: ComfyServer, tmp_path: Path, step: str
) -> None:
    fake.pace.step = 0.1
    command = [sys.executable, "-c", WORKER, fake.url, str(tmp_path), step]
    died = subprocess.run(command, cwd=ROOT, check=False)
    assert died.returncode == -signal.SIGKILL
    again = tmp_path / "again"
    again.mkdir()
    written_down = (tmp_path / "id").read_text()
    result = run_graph(server, painting(), prompt_id=written_down, target=again, resume=True, limits=quick())
    assert [file.path.name for file in result.files] == ["0001.png"]
    assert sum(fake.counts.executions.values()) == 1
    assert sum(fake.counts.posts.values()) == 1
