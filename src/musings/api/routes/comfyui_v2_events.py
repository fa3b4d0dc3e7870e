"""``/comfyui/api/v2/jobs/{id}/events``: what happens to a job of Comfy API v2, as it happens."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

import anyio
from fastapi import APIRouter, Depends
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.exceptions import HTTPException

from musings.api.broadcast import Listener
from musings.api.comfyui_v2 import V2Calling
from musings.api.comfyui_v2_feed import V2Feed
from musings.api.comfyui_v2_lookup import named
from musings.api.places import COME_AGAIN_SECONDS
from musings.comfyui_api.v2_refusals import V2Refusal

routes = APIRouter(prefix="/comfyui/api/v2", include_in_schema=False)


@dataclass(frozen=True)
class _Following:
    """A listener of one request, and what makes events of what it hears."""

    listener: Listener
    feed: V2Feed


async def _following(call: V2Calling, job_id: str) -> AsyncIterator[_Following]:
    """Listens from before the answer begins until the request is over (see ``routes.queue``)."""
    await anyio.to_thread.run_sync(named, call, job_id)
    services = call.services
    try:
        services.places.take()
    except HTTPException as error:
        headers = {"Retry-After": str(COME_AGAIN_SECONDS)}
        raise V2Refusal(429, "too_many_streams", str(error.detail), headers=headers) from error
    listener = Listener(asyncio.get_running_loop())
    try:
        # Before the first look at the job: what happens in between must not be missed.
        await anyio.to_thread.run_sync(services.broadcaster.open, listener, None)
        yield _Following(listener, V2Feed(call, job_id))
    finally:
        services.broadcaster.close(listener)
        services.places.give_back()


@routes.get("/jobs/{job_id}/events", response_class=EventSourceResponse)
async def events(following: Annotated[_Following, Depends(_following)]) -> AsyncIterator[ServerSentEvent]:
    """How the job is, then what changes: `status`, `progress`, `preview`, `output`. Ends with the job."""
    feed = following.feed
    for event, data in await anyio.to_thread.run_sync(feed.snapshot):
        yield ServerSentEvent(event=event, raw_data=json.dumps(data))
    while not feed.ended and (message := await following.listener.messages.get()) is not None:
        for event, data in await anyio.to_thread.run_sync(feed.told, message):
            yield ServerSentEvent(event=event, raw_data=json.dumps(data))
