"""Comfy's own Python SDK, with nothing but its address changed: the whole of what its README shows."""

import asyncio
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import comfy_sdk
import httpx
import pytest
from comfy_low.errors import QueueFull
from comfy_sdk import AsyncComfy, Comfy, OutputReady, Progress, StatusChange
from comfy_sdk.outputs import Output
from PIL import Image

from musings.security.scopes import Scope
from tests.musings.api.comfyui_clients import ComfyUIDoor, comfyui_door
from tests.musings.api.comfyui_sdk import pointed_at
from tests.musings.api.comfyui_v2_clients import png
from tests.musings.makers.comfyui.graphs import Graph, node, painting, picture
from tests.waiting import until

PATIENCE = 60.0


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory, fresh_database: Path) -> Iterator[ComfyUIDoor]:
    with comfyui_door(tmp_path_factory.mktemp("sdk"), fresh_database, servers=2) as found, pointed_at(found.url):
        yield found


@pytest.fixture
def client(door: ComfyUIDoor) -> Iterator[Comfy]:
    with Comfy() as found:
        yield found


@contextmanager
def paced(door: ComfyUIDoor, seconds: float) -> Iterator[None]:
    """Servers that take so long for each step, so that a client can come while a job runs."""
    before = [server.pace.step for server in door.servers]
    for server in door.servers:
        server.pace.step = seconds
    try:
        yield
    finally:
        for server, step in zip(door.servers, before, strict=True):
            server.pace.step = step


def negative() -> Graph:
    return {
        "10": node("LoadImage"),
        "8": node("ImageInvert", image=["10", 0]),
        "9": node("SaveImage", images=["8", 0], filename_prefix="x"),
    }


def pixel(content: bytes) -> Any:
    with Image.open(io.BytesIO(content)) as found:
        return found.convert("RGB").getpixel((0, 0))


def test_a_workflow_is_run_and_its_outputs_are_written(client: Comfy, tmp_path: Path) -> None:
    job = client.run(client.workflows.from_json(painting(seed=11)), timeout=PATIENCE)
    assert job.status == "succeeded"
    [output] = job.get_outputs("9")
    file = output.to_file(tmp_path / output.name)
    assert Image.open(io.BytesIO(file.read_bytes())).size == (64, 48)
    assert file.stat().st_size == output.size_bytes
    assert (output.type, output.content_type, output.job_id) == ("image", "image/png", job.id)
    assert output.to_bytes(range=(1, 3)) == b"PNG"
    link = output.get_download_url()
    assert httpx.get(link.url, trust_env=False).content == file.read_bytes()
    again = client.jobs.get(job.id)
    assert [each.id for each in again.outputs] == [output.id]
    found = again.get_workflow()
    assert (found.format, found.graph) == ("api", painting(seed=11))


def test_events_are_heard_to_the_end(client: Comfy, door: ComfyUIDoor) -> None:
    with paced(door, 0.1):
        job = client.submit(client.workflows.from_json(painting(seed=12, steps=40)))
        heard = list(job.events())
    assert heard[-1] == StatusChange("succeeded")
    assert any(isinstance(each, Progress) and each.nodes_total == 7 for each in heard)
    [ready] = [each for each in heard if isinstance(each, OutputReady)]
    assert isinstance(ready.output, Output)
    assert Image.open(io.BytesIO(ready.output.to_bytes())).size == (64, 48)
    # A stream of a job that has ended: its outputs, and its last word.
    assert [type(each) for each in job.refresh().events()] == [OutputReady, StatusChange]


def test_files_are_sent_once_and_used_in_graphs(client: Comfy, door: ComfyUIDoor, tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_bytes(png("red"))
    workflow = client.workflows.from_json(negative())
    first = client.assets.from_file(tmp_path / "photo.png")
    workflow.set_input("10", "image", first)
    job = client.run(workflow, timeout=PATIENCE)
    assert pixel(job.get_outputs("9")[0].to_bytes()) == (0, 255, 255)
    assert first.created_new is True
    second = client.assets.from_bytes(png("red"), filename="photo.png")
    second.commit()
    assert second.created_new is False
    assert second.hash == first.hash
    uploads = door.rows("SELECT * FROM musings_uploads WHERE blake3 IS NOT NULL")
    assert [f"blake3:{row['blake3']}" for row in uploads].count(first.hash) == 1
    assert client.assets.get(str(second.id)).file_path == "photo.png"
    second_id = str(second.id)
    second.delete()
    with pytest.raises(comfy_sdk.NotFound):
        client.assets.delete(second_id)


def test_an_output_is_the_input_of_the_next_job(client: Comfy) -> None:
    made = client.run(client.workflows.from_json(picture(color=0xFF0000)), timeout=PATIENCE).outputs[0]
    workflow = client.workflows.from_json(negative())
    workflow.set_input("10", "image", {"__type": "core/ASSET", "info": {"id": made.id}})
    job = client.run(workflow, timeout=PATIENCE)
    assert pixel(job.outputs[0].to_bytes()) == (0, 255, 255)


def test_a_key_is_replayed_and_another_body_is_not(client: Comfy) -> None:
    workflow = client.workflows.from_json(picture(prefix="key"))
    first, again = (client.submit(workflow, idempotency_key="mine") for _ in range(2))
    assert first.id == again.id
    with pytest.raises(comfy_sdk.IdempotencyKeyReuse):
        client.submit(client.workflows.from_json(picture(prefix="other")), idempotency_key="mine")


def test_jobs_are_found_by_their_labels(client: Comfy) -> None:
    ids = [
        client.submit(client.workflows.from_json(picture()), metadata={"batch": "b1", "n": str(number)}).id
        for number in range(3)
    ]
    found = list(client.list_jobs(metadata={"batch": "b1"}, limit=2))
    assert [each.id for each in found] == ids[::-1]
    assert found[0].metadata == {"batch": "b1", "n": "2"}
    assert found[0].create_time is not None
    assert found[0].update_time is not None
    assert client.jobs.get(ids[0]).metadata == {"batch": "b1", "n": "0"}
    assert {each.id for each in client.list_jobs(limit=2)} >= set(ids)
    with pytest.raises(comfy_sdk.ComfyError) as caught:
        client.submit(client.workflows.from_json(picture()), metadata={"not a name": "x"})
    assert caught.value.code == "metadata_invalid"


def test_a_running_job_is_stopped(client: Comfy, door: ComfyUIDoor) -> None:
    with paced(door, 0.2):
        job = client.submit(client.workflows.from_json(painting(seed=13, steps=200)))
        until(lambda: job.refresh().status == "running" and job._model.progress, PATIENCE)
        assert job.cancel().status in ("canceling", "canceled")
        assert job.wait(timeout=PATIENCE).status == "canceled"
        assert job.cancel().status == "canceled"
        with pytest.raises(comfy_sdk.JobFailed):
            job.result()


def test_refusals_are_the_errors_of_the_sdk(client: Comfy) -> None:
    with pytest.raises(comfy_sdk.InvalidWorkflow) as caught:
        client.submit(client.workflows.from_json({"1": node("No such class")}))
    assert caught.value.details is not None
    assert list(caught.value.details["node_errors"]) == ["1"]
    with pytest.raises(comfy_sdk.WorkflowFormatUi):
        client.submit(client.workflows.from_json({"nodes": [], "links": []}))
    workflow = client.workflows.from_json(negative())
    workflow.set_input("10", "image", {"__type": "core/ASSET", "info": {"id": "nobody"}})
    with pytest.raises(comfy_sdk.MissingAsset):
        client.submit(workflow)
    with pytest.raises(comfy_sdk.NotFound):
        client.jobs.get("nobody")
    failing = {"1": node("SaveImage", images="no picture", filename_prefix="x")}
    with pytest.raises(comfy_sdk.JobFailed) as failed:
        client.run(client.workflows.from_json(failing), timeout=PATIENCE)
    assert failed.value.error is not None
    assert failed.value.error.node_id == "1"


def test_many_jobs_are_shared_by_the_servers(client: Comfy, door: ComfyUIDoor) -> None:
    before = [sum(server.counts.executions.values()) for server in door.servers]
    with paced(door, 0.3):
        jobs = [client.submit(client.workflows.from_json(painting(seed=100 + number))) for number in range(4)]
        assert {job.wait(timeout=PATIENCE).status for job in jobs} == {"succeeded"}
    assert all(sum(server.counts.executions.values()) > had for server, had in zip(door.servers, before, strict=True))


def test_the_same_with_an_event_loop(door: ComfyUIDoor, tmp_path: Path) -> None:
    async def run() -> None:
        async with AsyncComfy() as client:
            workflow = client.workflows.from_json(negative())
            workflow.set_input("10", "image", client.assets.from_bytes(png("blue"), filename="blue.png"))
            job = await client.submit(workflow, idempotency_key="async", metadata={"a": "b"})
            heard = [each async for each in job.events()]
            assert heard[-1] == StatusChange("succeeded")
            await job.result()
            assert (await client.submit(workflow, idempotency_key="async", metadata={"a": "b"})).id == job.id
            file = await job.outputs[0].to_file(tmp_path / "out.png")
            assert pixel(file.read_bytes()) == (255, 255, 0)
            assert [each.id async for each in client.list_jobs(metadata={"a": "b"})] == [job.id]
            assert (await job.cancel()).status == "succeeded"
            assert (await job.get_workflow()).format == "api"

    assert door.servers
    asyncio.run(run())


def test_a_token_is_its_key(tmp_path: Path, fresh_database: Path) -> None:
    with (
        comfyui_door(tmp_path, fresh_database, security={"require_auth": True}) as locked,
        pointed_at(f"{locked.api.address}/comfy"),
    ):
        token = locked.token(Scope.READ, Scope.WRITE)["Authorization"].removeprefix("Bearer ")
        with Comfy(api_key=token) as client:
            job = client.run(client.workflows.from_json(picture()), timeout=PATIENCE)
            assert job.outputs[0].to_bytes().startswith(b"\x89PNG")
            assert [type(each) for each in job.events()] == [OutputReady, StatusChange]
        with Comfy(api_key="wrong") as client, pytest.raises(comfy_sdk.Unauthorized):
            client.submit(client.workflows.from_json(picture()))
        reader = locked.token(Scope.READ)["Authorization"].removeprefix("Bearer ")
        with Comfy(api_key=reader) as client, pytest.raises(comfy_sdk.Forbidden):
            client.submit(client.workflows.from_json(picture()))


def test_a_full_queue_is_waited_for(tmp_path: Path, fresh_database: Path) -> None:
    """As long as the SDK wants to; here it is told what it reads."""
    with comfyui_door(tmp_path, fresh_database, worker=False, processing={"max_pending": 1}) as full:
        with pointed_at(full.url), Comfy() as client:
            client.submit(client.workflows.from_json(picture()))
            with pytest.raises(QueueFull) as caught:
                client._low.post_jobs(picture(color=1))
        assert caught.value.code == "queue_full"
        assert caught.value.retry_after == 30
