"""Every answer has the shape of the contract: that of the models which its SDK generates from ``openapi-v2.yaml``.

No field is told that they do not know, but for those of the self-hosted proxy and of the serverless platform.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from comfy_low.models import Asset, ErrorEnvelope, Job, JobWorkflowResponse, Output, PreviewEvent, StatusEvent
from comfy_low.models import Progress as ProgressEvent
from pydantic import BaseModel

from tests.musings.api.comfyui_clients import ComfyUIDoor, comfyui_door
from tests.musings.api.comfyui_v2_clients import V2Client, hash_of, png, told_in
from tests.musings.makers.comfyui.graphs import node, painting, picture, spoken

MORE: dict[type[BaseModel], set[str]] = {Job: {"metadata", "priority", "outputs_reused"}}
"""What the proxy, or the serverless platform, adds to the contract's own fields."""
EVENTS: dict[str, type[BaseModel]] = {
    "status": StatusEvent,
    "progress": ProgressEvent,
    "preview": PreviewEvent,
    "output": Output,
}


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory, fresh_database: Path) -> Iterator[ComfyUIDoor]:
    with comfyui_door(tmp_path_factory.mktemp("contract"), fresh_database) as found:
        yield found


def held(model: type[BaseModel], given: Any) -> None:
    """An answer that the model takes, and that says nothing which the model does not know."""
    model.model_validate(given)
    assert set(given) - set(model.model_fields) <= MORE.get(model, set()), given


def test_jobs_in_every_state(door: ComfyUIDoor) -> None:
    client = V2Client(door)
    failing = {"1": node("SaveImage", images="no picture", filename_prefix="x")}
    for graph in (picture(), spoken("words"), failing):
        job = client.queued(graph)
        held(Job, job)
        held(Job, client.ended(job["id"]))
        held(JobWorkflowResponse, client.http.get(f"/jobs/{job['id']}/workflow").json())
        held(Job, client.http.post(f"/jobs/{job['id']}/cancel").json())
    for output in client.ended(client.queued(picture(batch=2))["id"])["outputs"]:
        held(Output, output)
        held(Asset, client.http.get(f"/assets/{output['id']}").json())


def test_events(door: ComfyUIDoor) -> None:
    door.servers[0].pace.step = 0.2
    client = V2Client(door)
    try:
        job = client.queued(painting(steps=40))
        with client.http.stream("GET", f"/jobs/{job['id']}/events") as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            heard = list(told_in(answer.iter_lines()))
    finally:
        door.servers[0].pace.step = 0.0
    for name, data in heard:
        held(EVENTS[name], data)
    assert {name for name, _ in heard} == set(EVENTS)


def test_assets(door: ComfyUIDoor) -> None:
    client, content = V2Client(door), png("gray")
    held(Asset, client.sent(content).json())
    held(Asset, client.sent(content).json())
    held(Asset, client.http.post("/assets/from-hash", json={"hash": hash_of(content)}).json())


def test_errors(door: ComfyUIDoor) -> None:
    client = V2Client(door)
    for answer in (
        client.http.get("/jobs/nobody"),
        client.http.get("/nothing"),
        client.http.put("/jobs"),
        client.http.get("/jobs", params={"limit": "many"}),
        client.http.post("/jobs", content=b"{"),
        client.http.post("/jobs", content=b"x" * 2_100_000),
        client.post({"1": node("No such class")}),
        client.post({"1": node("LoadImage", image={"__type": "core/ASSET", "info": {"id": "x"}})}),
        client.sent(b"no picture"),
        client.http.get("/assets/nobody/content"),
    ):
        assert answer.status_code >= 400
        held(ErrorEnvelope, answer.json())
        assert answer.json()["error"]["message"]
