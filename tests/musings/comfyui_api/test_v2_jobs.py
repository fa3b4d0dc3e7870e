"""Jobs as Comfy API v2 tells of them."""

from datetime import timedelta
from typing import Any

import pytest

from musings.comfyui_api import v2_jobs
from musings.comfyui_api.v2_jobs import Addresses, ToldJob
from musings.comfyui_api.v2_references import OutputId
from musings.models import PromptStatus
from tests.musings.comfyui_api.telling import THEN, job, made, prompt
from tests.musings.makers.comfyui.graphs import picture

HERE = Addresses(
    "/comfyui/api/v2", "http://h/comfyui/api/v2", lambda _: THEN + timedelta(days=1), lambda _: "image/png"
)
RUNNING = {"value": 1.5, "max": 2.0, "stage": "Save Image"}


def told(status: str = PromptStatus.COMPLETED, *, position: int | None = None, **more: Any) -> ToldJob:
    return ToldJob(job(prompt(status, **more)), picture(), [], position, {"who": "ada"})


def shown(found: ToldJob, *, whole: bool = True) -> dict[str, Any]:
    return v2_jobs.job(found, HERE, lambda _: "", whole=whole)


def test_a_waiting_job_says_where_it_stands() -> None:
    found = shown(told(PromptStatus.PENDING, position=3, processed_at=None, completed_at=None))
    assert (found["status"], found["queue_position"], found["progress"]) == ("queued", 3, None)
    assert (found["started_at"], found["completed_at"], found["error"]) == (None, None, None)
    assert found["metrics"] == {"queue_ms": None, "execution_ms": None}
    assert found["metadata"] == {"who": "ada"}
    assert found["created_at"].endswith("Z")
    assert found["urls"] == {
        "self": "/comfyui/api/v2/jobs/j",
        "events": "/comfyui/api/v2/jobs/j/events",
        "cancel": "/comfyui/api/v2/jobs/j/cancel",
    }


def test_an_id_of_another_door_is_quoted_in_its_links() -> None:
    assert HERE.job("a/b c")["self"] == "/comfyui/api/v2/jobs/a%2Fb%20c"


def test_a_running_job_says_how_far_it_is() -> None:
    found = shown(told(PromptStatus.PROCESSING, progress=RUNNING))
    assert found["status"] == "running"
    assert found["progress"] == {
        "value": 0.75, "nodes_done": 1, "nodes_total": 2, "current_node": "2", "current_node_class": "SaveImage",
        "step": None, "steps": None, "message": "Save Image",
    }  # fmt: skip


@pytest.mark.parametrize(
    "said",
    [{}, {"value": "x", "max": 1}, {"value": 1, "max": 0}, {"value": 1e308, "max": 1e-308}, {"value": None, "max": 2}],
)
def test_odd_progress_is_none(said: dict[str, Any]) -> None:
    found = v2_jobs.progress(told(PromptStatus.PROCESSING, progress=said))
    assert found is not None
    assert (found["value"], found["nodes_done"], found["current_node"]) == (0.0, 0, None)


def test_a_job_that_is_to_stop_is_canceling() -> None:
    assert told(PromptStatus.PROCESSING, cancel_requested=True).status == "canceling"
    assert told(PromptStatus.CANCELLED, cancel_requested=True).status == "canceled"
    assert told("a word of another program").status == "queued"


def test_a_failed_job_names_the_node() -> None:
    found = shown(told(PromptStatus.FAILED, error_message="The node 2 (Save Image) failed: no room."))
    assert found["error"] == {
        "code": "node_execution_error", "message": "The node 2 (Save Image) failed: no room.", "node_id": "2",
        "class_type": "SaveImage", "traceback": None,
    }  # fmt: skip
    found = shown(told(PromptStatus.FAILED, error_message="Nobody answers."))
    assert (found["error"]["code"], found["error"]["node_id"]) == ("execution_error", None)
    assert shown(told(PromptStatus.CANCELLED, error_message="Cancelled."))["error"] is None


def test_every_file_is_an_output_with_an_id_that_names_it() -> None:
    files = [
        made("image", "image/7_x/0001.png", node="9", comfyui_output="images", bytes=12),
        made("image", "image/7_x/0002.png", node="9", comfyui_output="websocket"),
        made("other", "image/7_x/0003.latent"),
        made("other", "image/7_x/0004.glb"),
    ]
    found = list(v2_jobs.outputs(ToldJob(job(), picture(), files), HERE, lambda _: ""))
    assert [(each["node_id"], each["name"], each["type"], each["size_bytes"]) for each in found] == [
        ("9", "0001.png", "image", 12), ("9", "0002.png", "image", 0), ("2", "0003.latent", "latent", 0),
        ("2", "0004.glb", "file", 0),
    ]  # fmt: skip
    assert {each["id"] for each in found} == {str(OutputId(1))}
    assert found[0]["url"] == f"http://h/comfyui/api/v2/assets/{OutputId(1)}/content"
    assert {each["job_id"] for each in found} == {"j"}


def test_texts_of_one_file_are_outputs_of_their_nodes() -> None:
    file = made("text", "text/7_x/a.md", comfyui_texts=[["2", "text", 3], ["5", "text", 2], "odd"])
    found = list(v2_jobs.outputs(ToldJob(job(), {}, [file]), HERE, lambda _: "one\n\nzw"))
    assert [(each["node_id"], each["name"], each["size_bytes"]) for each in found] == [
        ("2", "a_1.md", 3),
        ("5", "a_2.md", 2),
    ]
    assert [each["id"] for each in found] == [str(OutputId(1, 1)), str(OutputId(1, 2))]


def test_what_came_from_a_cache_says_so() -> None:
    for cached, said in ((True, True), (False, False), (None, False)):
        files = [made("image", "image/7_x/0001.png", cached=cached)]
        assert v2_jobs.job(ToldJob(job(), {}, files), HERE, lambda _: "")["outputs_reused"] is said


def test_who_may_not_read_is_told_of_no_content() -> None:
    files = [made("image", "image/7_x/0001.png", cached=True)]
    failed = prompt(PromptStatus.FAILED, error_message="a secret")
    found = v2_jobs.job(ToldJob(job(failed), picture(), files), HERE, lambda _: "", whole=False)
    assert (found["outputs"], found["error"], found["progress"], found["outputs_reused"]) == ([], None, None, False)
    assert found["status"] == "failed"


@pytest.mark.parametrize(("given", "ours"), [(0, 5), (1, 4), (4, 1), (10, 1), (10**6, 1), (-3, 8), (-99, 10)])
def test_more_is_sooner(given: int, ours: int) -> None:
    assert v2_jobs.ours(given) == ours
    found = v2_jobs.record(ToldJob(job(number=float(-given)), {}), HERE)
    assert found["priority"] == given
