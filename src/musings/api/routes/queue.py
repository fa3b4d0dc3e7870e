"""``/api/queue`` and ``/api/events``: the state of the queue, and what happens in it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

import anyio
from fastapi import APIRouter, Depends, Header, Query
from fastapi.sse import EventSourceResponse, ServerSentEvent

from musings.api.broadcast import Listener
from musings.api.problems import responses
from musings.api.services import Given
from musings.engine.liveness import is_alive
from musings.store.queue import pause as pause_store
from musings.views import present, schemas

RETRY_MILLISECONDS = 2000


routes = APIRouter(tags=["queue"])


@routes.get("/api/queue/stats", response_model=schemas.QueueStats, responses=responses(503))
def stats(services: Given) -> schemas.QueueStats:
    """Counts, what runs, how long it will take, and whether a worker lives."""
    return present.queue_stats(services.database, services.pipelines, is_alive)


@routes.post("/api/queue/pause", response_model=schemas.QueueStats, responses=responses(503, 507))
def pause(services: Given) -> schemas.QueueStats:
    """Start nothing new; what runs finishes."""
    services.database.writing(pause_store.set_paused, True)
    return present.queue_stats(services.database, services.pipelines, is_alive)


@routes.post("/api/queue/resume", response_model=schemas.QueueStats, responses=responses(503, 507))
def resume(services: Given) -> schemas.QueueStats:
    """Go on after a pause."""
    services.database.writing(pause_store.set_paused, False)
    return present.queue_stats(services.database, services.pipelines, is_alive)


async def _listening(services: Given) -> AsyncIterator[Listener]:
    """A listener of one request, which is forgotten when the request is over.

    Not in the generator of the stream: one that goes away while an event is handed on to it is not closed then, but
    whenever it is collected as garbage.
    """
    listener = Listener(asyncio.get_running_loop())
    try:
        yield listener
    finally:
        services.broadcaster.close(listener)


@routes.get("/api/events", response_class=EventSourceResponse, responses=responses(422, 503))
async def events(
    services: Given,
    listener: Annotated[Listener, Depends(_listening)],
    last_event_id: Annotated[int | None, Header(ge=0, lt=2**63)] = None,
    after: Annotated[
        int | None,
        Query(alias="last_event_id", ge=0, lt=2**63, description="`Last-Event-ID` for who cannot send a header"),
    ] = None,
) -> AsyncIterator[ServerSentEvent]:
    """Changes as they happen: `prompt`, `progress`, `preview`, `queue`.

    With `Last-Event-ID` what was missed comes first; `reset` says that too much was missed: read the lists again.
    """
    seen = last_event_id if last_event_id is not None else after  # a reconnection keeps its query of long ago
    first = await anyio.to_thread.run_sync(services.broadcaster.open, listener, seen)
    newest = 0
    for message in first:
        newest = max(newest, message.id)
        yield ServerSentEvent(id=str(message.id), event=message.event, raw_data=message.data, retry=RETRY_MILLISECONDS)
    while (item := await listener.messages.get()) is not None:
        if item.id > newest or item.event == "queue":
            yield ServerSentEvent(id=str(max(item.id, newest)), event=item.event, raw_data=item.data)
