"""What one stream of Comfy API v2 is told of each event; the rest is in ``routes/test_comfyui_v2_events``."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.requests import Request

from musings.api.broadcast import EventName, Message
from musings.api.comfyui_calls import ComfyUICall
from musings.api.comfyui_v2 import V2Call
from musings.api.comfyui_v2_feed import V2Feed
from musings.security.scopes import ANONYMOUS
from musings.store.queue import cancellation
from tests.musings.api.comfyui_clients import ComfyUIDoor, comfyui_door
from tests.musings.makers.comfyui.graphs import picture


@pytest.fixture
def door(tmp_path: Path, fresh_database: Path) -> Iterator[ComfyUIDoor]:
    with comfyui_door(tmp_path, fresh_database, worker=False) as found:
        yield found


def feed(door: ComfyUIDoor, job_id: str) -> V2Feed:
    scope = {"type": "http", "headers": [], "path": "/", "state": {"comfyui_mount": "/comfyui"}, "server": ("h", 80)}
    return V2Feed(
        V2Call(ComfyUICall(door.services, ANONYMOUS), Request({**scope, "scheme": "http"}), may_read=True), job_id
    )


def event(kind: EventName, **data: object) -> Message:
    return Message(1, kind, json.dumps(data))


def test_nothing_is_said_twice(door: ComfyUIDoor) -> None:
    client = door.client()
    found = feed(door, client.queued(picture()))
    assert found.snapshot() == [("status", {"status": "queued", "queue_position": 1})]
    assert found.told(event(EventName.PROMPT, id=1)) == []
    assert found.told(event(EventName.QUEUE)) == []
    door.api.database.writing(cancellation.cancel, 1)
    assert found.told(event(EventName.PROMPT, id=1)) == [("status", {"status": "canceled", "queue_position": None})]
    assert found.ended


def test_other_prompts_are_nobodys_business(door: ComfyUIDoor) -> None:
    client = door.client()
    found = feed(door, client.queued(picture()))
    found.snapshot()
    door.api.database.writing(cancellation.cancel, 1)
    for kind in (EventName.PROMPT, EventName.PROGRESS, EventName.PREVIEW, EventName.MUSING):
        assert found.told(event(kind, id=2, url="data:image/png;base64,AA==")) == []
    assert not found.ended


@pytest.mark.parametrize("data", ["no json", "[]", "7", "{}", "[" * 100_000])
def test_odd_events_are_left_out(door: ComfyUIDoor, data: str) -> None:
    found = feed(door, door.client().queued(picture()))
    found.snapshot()
    assert found.told(Message(1, EventName.PREVIEW, data)) == []


def test_a_preview_is_told_as_it_came(door: ComfyUIDoor) -> None:
    found = feed(door, door.client().queued(picture()))
    found.snapshot()
    told = found.told(event(EventName.PREVIEW, id=1, url="data:image/jpeg;base64,AAAA"))
    assert told == [("preview", {"node_id": "", "content_type": "image/jpeg", "data_base64": "AAAA"})]
    assert found.told(event(EventName.PREVIEW, id=1, url="http://elsewhere/x.png")) == []


def test_a_job_that_is_gone_ends_the_stream(door: ComfyUIDoor) -> None:
    found = feed(door, "nobody")
    assert found.snapshot() == []
    assert found.ended
