"""``run_graph`` against every fault of the fake, over real HTTP: the outcome, the executions, the time."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fake_comfyui.faults import FAULTS, TOKEN
from fake_comfyui.server import FakeComfy
from musings.errors import PassingFault, UserFault
from musings.makers.comfyui.answers import Accepted
from musings.makers.comfyui.client import ComfyServer, NoAnswer
from musings.makers.comfyui.run import JobResult, run_graph
from tests.musings.makers.comfyui.graphs import Graph, painting, picture
from tests.musings.makers.comfyui.recorder import Recorder, decodable, quick

HANG_SECONDS = 60.0
"""Far more than any of these needs, far less than what a job that nobody ends would take."""
OURS = "11111111-2222-3333-4444-555555555555"


@contextmanager
def bounded() -> Iterator[None]:
    started = time.monotonic()
    yield
    assert time.monotonic() - started < HANG_SECONDS


def go(
    server: ComfyServer,
    target: Path,
    graph: Graph | None = None,
    recorder: Recorder | None = None,
    **limits: float,
) -> JobResult:
    return run_graph(
        server,
        graph or picture(),
        prompt_id=OURS,
        target=target,
        hooks=(recorder or Recorder()).hooks,
        limits=quick(**limits),
        verify=decodable,
    )


def made(result: JobResult) -> list[str]:
    for file in result.files:
        decodable(file.path)
    return [file.path.name for file in result.files]


def runs(fake: FakeComfy) -> int:
    return sum(fake.counts.executions.values())


def test_without_a_fault(fake: FakeComfy, server: ComfyServer, tmp_path: Path) -> None:
    with bounded():
        assert made(go(server, tmp_path)) == ["0001.png"]
    assert fake.counts.executions == {OURS: 1}
    assert fake.counts.posts == {OURS: 1}
    assert sum(fake.counts.views.values()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["0001.png"]


@pytest.mark.parametrize("fault", ["deaf-socket", "silent-socket", "no-socket", "nan", "huge-frames", "slow-view"])
def test_faults_that_only_annoy(fake: FakeComfy, server: ComfyServer, tmp_path: Path, fault: str) -> None:
    fake.pace.slow = 0.5
    fake.faults.on(fault)
    with bounded():
        assert made(go(server, tmp_path, painting())) == ["0001.png"]
    assert fake.counts.executions == {OURS: 1}


@pytest.mark.parametrize("fault", ["restart-mid-job", "lost-queue"])
def test_a_lost_job_is_submitted_again_under_a_new_id(
    fake: FakeComfy, server: ComfyServer, tmp_path: Path, fault: str
) -> None:
    fake.faults.on(fault)
    recorder = Recorder()
    with bounded():
        result = go(server, tmp_path, recorder=recorder)
    assert made(result) == ["0001.png"]
    assert result.submissions == 2
    assert recorder.submitting == [OURS, result.prompt_id]
    assert result.prompt_id != OURS
    assert fake.counts.posts == {OURS: 1, result.prompt_id: 1}
    assert fake.counts.executions[result.prompt_id] == 1


def test_a_job_that_is_lost_every_time(fake: FakeComfy, server: ComfyServer, tmp_path: Path) -> None:
    fake.faults.on("lost-queue", 99)
    with bounded(), pytest.raises(PassingFault, match="lost the job 3 times"):
        go(server, tmp_path)
    assert runs(fake) == 0


def test_a_lost_reply_does_not_submit_twice(fake: FakeComfy, server: ComfyServer, tmp_path: Path) -> None:
    fake.faults.on("lost-reply")
    with bounded():
        assert made(go(server, tmp_path)) == ["0001.png"]
    assert (fake.counts.posts, fake.counts.executions) == ({OURS: 1}, {OURS: 1})


def test_a_wedged_worker_is_named(fake: FakeComfy, server: ComfyServer, tmp_path: Path) -> None:
    fake.faults.on("wedged-worker")
    with bounded(), pytest.raises(PassingFault, match=r"no sign of life .* waits and nothing runs, 1 left"):
        go(server, tmp_path, idle_seconds=0.5)
    assert runs(fake) == 0


def test_a_job_that_hangs_is_named(fake: FakeComfy, server: ComfyServer, tmp_path: Path) -> None:
    fake.pace.node = 60.0
    with bounded(), pytest.raises(PassingFault, match=r"no sign of life .* our job is running"):
        go(server, tmp_path, stall_seconds=0.6)


def test_partial_acceptance_is_a_failure_that_names_the_node(
    fake: FakeComfy, server: ComfyServer, tmp_path: Path
) -> None:
    fake.faults.on("partial-acceptance")
    fake.pace.node = 0.3
    graph = picture() | {"3": {**picture()["2"], "_meta": {"title": "Second"}}}
    with bounded(), pytest.raises(UserFault, match=r'only a part .* node 3 "Second" \(SaveImage\)'):
        go(server, tmp_path, graph)
    assert server.queue().remaining == 0
    assert fake.counts.posts == {OURS: 1}


def test_an_empty_cached_run_is_made_afresh_once(fake: FakeComfy, server: ComfyServer, tmp_path: Path) -> None:
    fake.faults.on("cached-empty", 1)
    recorder = Recorder()
    with bounded():
        result = go(server, tmp_path, recorder=recorder)
    assert made(result) == ["0001.png"]
    assert result.submissions == 2
    assert not result.cached
    assert len(set(recorder.submitting)) == 2


@pytest.mark.parametrize(("fault", "words"), [("cached-empty", "all is cached"), ("missing-output", "no longer has")])
def test_a_cache_that_stays_empty_is_an_error(
    fake: FakeComfy, server: ComfyServer, tmp_path: Path, fault: str, words: str
) -> None:
    fake.faults.on(fault)
    with bounded(), pytest.raises(PassingFault, match=words):
        go(server, tmp_path)
    assert sum(fake.counts.posts.values()) == 2
    assert list(tmp_path.iterdir()) == []


def test_cached_files_that_are_gone_are_made_afresh(fake: FakeComfy, server: ComfyServer, tmp_path: Path) -> None:
    fake.faults.on("missing-output", 1)
    with bounded():
        assert made(go(server, tmp_path)) == ["0001.png"]


def test_out_of_memory_once(fake: FakeComfy, server: ComfyServer, tmp_path: Path) -> None:
    fake.faults.on("oom-once")
    with bounded():
        result = go(server, tmp_path, painting())
    assert made(result) == ["0001.png"]
    assert (result.submissions, fake.counts.frees, runs(fake)) == (2, 1, 2)


def test_out_of_memory_always(fake: FakeComfy, server: ComfyServer, tmp_path: Path) -> None:
    fake.faults.on("oom-always")
    with bounded(), pytest.raises(PassingFault, match="ran out of memory in node 6") as caught:
        go(server, tmp_path, painting())
    assert caught.value.hint is not None
    assert (fake.counts.frees, runs(fake)) == (1, 2)


@pytest.mark.parametrize("fault", ["truncated-view", "wrong-length-view"])
def test_a_broken_download_is_fetched_again(fake: FakeComfy, server: ComfyServer, tmp_path: Path, fault: str) -> None:
    fake.faults.on(fault, 2)
    with bounded():
        assert made(go(server, tmp_path)) == ["0001.png"]
    assert runs(fake) == 1
    assert sum(fake.counts.views.values()) == 3


@pytest.mark.parametrize("fault", ["truncated-view", "wrong-length-view"])
def test_a_download_that_stays_broken(fake: FakeComfy, server: ComfyServer, tmp_path: Path, fault: str) -> None:
    fake.faults.on(fault)
    with bounded(), pytest.raises(PassingFault, match="did not arrive whole"):
        go(server, tmp_path)
    assert runs(fake) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("fault", [name for name in FAULTS if name.startswith("400-")])
def test_every_refusal_is_the_users_to_mend(fake: FakeComfy, server: ComfyServer, tmp_path: Path, fault: str) -> None:
    fake.faults.on(fault, 1)
    with bounded(), pytest.raises(UserFault) as caught:
        go(server, tmp_path)
    assert runs(fake) == 0
    names_something = ("node 1", "EmptyImage", "no output node", "No prompt")
    assert any(words in str(caught.value) for words in names_something)


def test_a_500_is_not_tried_again(fake: FakeComfy, server: ComfyServer, tmp_path: Path) -> None:
    fake.faults.on("bad-json-500")
    with bounded(), pytest.raises(UserFault, match="could not read the workflow"):
        go(server, tmp_path)
    assert runs(fake) == 0


def test_duplicated_ids_do_not_disturb(fake: FakeComfy, server: ComfyServer, tmp_path: Path) -> None:
    fake.faults.on("duplicated-ids")
    fake.pace.node = 0.2
    with bounded():
        assert made(go(server, tmp_path)) == ["0001.png"]
    assert fake.counts.posts == {OURS: 1}
    assert OURS not in server.queue().pending


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    with FakeComfy() as gone:
        url = gone.url
    with bounded(), ComfyServer(url) as server, pytest.raises(PassingFault, match="does not answer"):
        go(server, tmp_path)


def test_a_job_that_does_not_get_through_to_a_server_that_answers_is_no_absence(
    fake: FakeComfy, server: ComfyServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy that cuts large requests: waiting for the server would never end."""

    def cut(*_: object, **__: object) -> Accepted:
        raise NoAnswer("The line broke.")

    monkeypatch.setattr(server, "submit", cut)
    with bounded(), pytest.raises(PassingFault, match="line broke") as caught:
        go(server, tmp_path)
    assert type(caught.value) is PassingFault


def test_a_busy_proxy_says_how_long_to_wait(fake: FakeComfy, server: ComfyServer, tmp_path: Path) -> None:
    fake.faults.on("http-503")
    with bounded(), pytest.raises(PassingFault, match="HTTP 503") as caught:
        go(server, tmp_path)
    assert caught.value.retry_after == 7.0


def test_a_busy_proxy_in_the_middle_is_waited_for(fake: FakeComfy, server: ComfyServer, tmp_path: Path) -> None:
    fake.pace.node = 0.2
    recorder = Recorder()

    def disturb() -> None:
        if recorder.submitted and not disturbed:
            disturbed.append(True)
            fake.faults.on("http-503", 2)

    disturbed: list[bool] = []
    recorder.check = disturb
    with bounded():
        assert made(go(server, tmp_path, recorder=recorder)) == ["0001.png"]
    assert runs(fake) == 1


def test_a_missing_token(fake: FakeComfy, server: ComfyServer, tmp_path: Path) -> None:
    fake.faults.on("auth-required")
    with bounded(), pytest.raises(UserFault, match="refuses us") as caught:
        go(server, tmp_path)
    assert "headers" in str(caught.value.hint)


def test_the_token_goes_with_everything(fake: FakeComfy, tmp_path: Path) -> None:
    fake.faults.on("auth-required")
    fake.pace.step = 0.5  # so that the job still runs when the socket is open, also on a slow machine
    recorder = Recorder()
    with bounded(), ComfyServer(fake.url, headers={"Authorization": f"Bearer {TOKEN}"}) as server:
        assert made(go(server, tmp_path, painting(), recorder)) == ["0001.png"]
    assert len(recorder.progress) > 3


def test_an_execution_error(fake: FakeComfy, server: ComfyServer, tmp_path: Path) -> None:
    fake.faults.on("execution-error", 1)
    with (
        bounded(),
        pytest.raises(UserFault, match=r"failed in node 1 \(EmptyImage\): RuntimeError") as caught,
    ):
        go(server, tmp_path)
    assert "File" in caught.value.log
    assert runs(fake) == 1


def test_somebody_else_interrupts(fake: FakeComfy, server: ComfyServer, tmp_path: Path) -> None:
    fake.faults.on("interrupted-by-other")
    with bounded(), pytest.raises(PassingFault, match="Somebody interrupted"):
        go(server, tmp_path)
    assert runs(fake) == 1


def test_a_slow_start_is_waited_for_by_a_running_job(fake: FakeComfy, server: ComfyServer, tmp_path: Path) -> None:
    fake.pace.slow = 0.8
    fake.faults.on("restart-mid-job")
    fake.faults.on("slow-start")
    with bounded():
        assert made(go(server, tmp_path)) == ["0001.png"]
    assert fake.counts.restarts == 1


@pytest.mark.parametrize("fault", ["endless-json", "dripping-json", "deep-json"])
def test_answers_without_bounds_are_given_up_and_the_job_goes_on(fake: FakeComfy, tmp_path: Path, fault: str) -> None:
    fake.faults.on(fault, 3)
    with bounded(), ComfyServer(fake.url, most_answer_bytes=1_000_000, most_answer_seconds=0.2) as server:
        assert made(go(server, tmp_path)) == ["0001.png"]
    assert fake.counts.executions == {OURS: 1}


def test_a_file_without_an_end_is_the_fault_of_the_job(fake: FakeComfy, server: ComfyServer, tmp_path: Path) -> None:
    fake.faults.on("endless-view")
    with bounded(), pytest.raises(UserFault, match="has more than"):
        go(server, tmp_path, most_file_bytes=5_000_000)
    assert list(tmp_path.iterdir()) == []


def test_every_fault_of_the_fake_is_in_this_matrix() -> None:
    tests = Path(__file__).read_text() + Path(__file__).with_name("test_run.py").read_text()
    missing = [name for name in FAULTS if not name.startswith("400-") and f'"{name}"' not in tests]
    assert missing == []
