"""What one socket is told of each event; the rest is in ``routes/test_comfyui_socket``."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from musings.api.app import services_for
from musings.api.broadcast import EventName, Message
from musings.api.comfyui_feed import MOST_STORIES, ComfyUIFeed
from tests.musings.api.comfyui_clients import ComfyUIDoor, comfyui_door
from tests.musings.makers.comfyui.graphs import picture


@pytest.fixture
def door(tmp_path: Path, fresh_database: Path) -> Iterator[ComfyUIDoor]:
    with comfyui_door(tmp_path, fresh_database, worker=False) as found:
        yield found


def event(kind: EventName, **data: object) -> Message:
    return Message(1, kind, json.dumps(data))


def test_prompts_that_came_another_way_are_nobodys_business(door: ComfyUIDoor) -> None:
    feed = ComfyUIFeed(services_for(door.api.settings, door.api.database), "c")
    other = door.api.submit()["id"]
    progress = {"value": 1, "max": 2, "stage": "x"}
    assert feed.told(event(EventName.PROMPT, id=other)) == []
    assert feed.told(event(EventName.PROGRESS, id=other, progress=progress)) == []
    assert feed.told(event(EventName.QUEUE)) == []


@pytest.mark.parametrize("data", ["{}", "no json", '{"id": 1}', '{"id": 1, "progress": 7}', '{"id": "x"}'])
def test_odd_events_are_left_out(door: ComfyUIDoor, data: str) -> None:
    client = door.client()
    client.queued(picture())
    feed = ComfyUIFeed(services_for(door.api.settings, door.api.database), client.client_id)
    for kind in (EventName.PROGRESS, EventName.PREVIEW):
        assert feed.told(Message(1, kind, data)) == []
    assert feed.told(event(EventName.PREVIEW, id=1, url="data:image/jpeg;base64,?")) == []


def test_it_remembers_no_more_than_it_must(door: ComfyUIDoor) -> None:
    feed = ComfyUIFeed(services_for(door.api.settings, door.api.database), "c")
    for number in range(MOST_STORIES + 10):
        feed.told(event(EventName.PROMPT, id=number + 1_000))
    assert len(feed._stories) == MOST_STORIES
