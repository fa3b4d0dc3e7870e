"""``/api/queue`` and ``/api/events``: the state of the queue, and what happens in it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

import anyio
from fastapi import APIRouter, Depends, Header, Query
from fastapi.sse import EventSourceResponse, ServerSentEvent

from musings.api import receipts
from musings.api.broadcast import Listener, Message
from musings.api.problems import responses
from musings.api.receipts import MayRead
from musings.api.services import Given, Services
from musings.engine.liveness import is_alive
from musings.store.queue import pause as pause_store
from musings.views import present, schemas

RETRY_MILLISECONDS = 2000

Answer = schemas.QueueStats | schemas.QueueReceipt

routes = APIRouter(tags=["queue"])


@routes.get("/api/queue/stats", response_model=schemas.QueueStats, responses=responses(503))
def stats(services: Given) -> schemas.QueueStats:
    """Counts, what runs, how long it will take, and whether a worker lives."""
    return present.queue_stats(services.database, services.pipelines, is_alive, services.settings.hours_of_kinds())


@routes.post("/api/queue/pause", response_model=Answer, responses=responses(503, 507))
def pause(services: Given, reader: MayRead) -> Answer:
    """Start nothing new; what runs finishes."""
    services.database.writing(pause_store.set_paused, True)
    return _answer(services, reader)


@routes.post("/api/queue/resume", response_model=Answer, responses=responses(503, 507))
def resume(services: Given, reader: MayRead) -> Answer:
    """Go on after a pause."""
    services.database.writing(pause_store.set_paused, False)
    return _answer(services, reader)


@dataclass(frozen=True)
class _Listening:
    """A listener of one request, and what it is to be shown first."""

    listener: Listener
    first: list[Message]


async def _listening(
    services: Given,
    last_event_id: Annotated[int | None, Header(ge=0, lt=2**63)] = None,
    after: Annotated[
        int | None,
        Query(alias="last_event_id", ge=0, lt=2**63, description="`Last-Event-ID` for who cannot send a header"),
    ] = None,
) -> AsyncIterator[_Listening]:
    """Listens from before the answer begins until the request is over.

    Before: a page reads its lists when its stream is open, and what happens from then on must reach it. Nor is it
    closed in the generator of the stream: one that goes away while an event is handed on to it is not closed then, but
    whenever it is collected as garbage.
    """
    with services.places.held():
        listener = Listener(asyncio.get_running_loop())
        seen = last_event_id if last_event_id is not None else after  # a reconnection keeps its query of long ago
        try:
            yield _Listening(listener, await anyio.to_thread.run_sync(services.broadcaster.open, listener, seen))
        finally:
            services.broadcaster.close(listener)


@routes.get("/api/events", response_class=EventSourceResponse, responses=responses(422, 503))
async def events(listening: Annotated[_Listening, Depends(_listening)]) -> AsyncIterator[ServerSentEvent]:
    """Changes as they happen: `prompt`, `progress`, `preview`, `queue`.

    With `Last-Event-ID` what was missed comes first; `reset` says that too much was missed: read the lists again.
    """
    newest = 0
    for message in listening.first:
        newest = max(newest, message.id)
        yield ServerSentEvent(id=str(message.id), event=message.event, raw_data=message.data, retry=RETRY_MILLISECONDS)
    while (item := await listening.listener.messages.get()) is not None:
        if item.id > newest or item.event == "queue":
            yield ServerSentEvent(id=str(max(item.id, newest)), event=item.event, raw_data=item.data)


def _answer(services: Services, reader: bool) -> Answer:
    found = present.queue_stats(services.database, services.pipelines, is_alive, services.settings.hours_of_kinds())
    return found if reader else receipts.of_queue(found)
