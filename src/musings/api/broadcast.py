"""From the journal of events to every open event stream.

One thread watches the queue (the engine says when anything changed) while anybody listens, renders each new event once
and hands it to every listener. What a listener missed is rendered for it alone, from the journal.
"""

import asyncio
import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from musings import logs
from musings.engine.base import Changes
from musings.engine.liveness import is_alive
from musings.errors import MusingsError
from musings.hours import Hours
from musings.makers.choice import Makers
from musings.models import Kind, Prompt, PromptStatus
from musings.store.database import Database
from musings.store.gallery import prompts
from musings.store.queue import events
from musings.views import musings, present, schemas
from musings.views.present import NO_HOURS

POLL_SECONDS = 0.15
PAUSE_SECONDS = 0.03
QUEUE_SECONDS = 0.5
WORKER_SECONDS = 1.0
STOP_SECONDS = 2.0
BACKLOG = 1000
BATCH = 500


class EventName(StrEnum):
    """What a listener is told of."""

    PROMPT = "prompt"
    PROGRESS = "progress"
    PREVIEW = "preview"
    QUEUE = "queue"
    MUSING = "musing"
    RESET = "reset"


@dataclass(frozen=True)
class Message:
    """One server-sent event; ``data`` is JSON text."""

    id: int
    event: EventName
    data: str


class Listener:
    """One open stream. A listener that falls behind by more than the backlog is closed, and reconnects."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.messages: asyncio.Queue[Message | None] = asyncio.Queue(BACKLOG)

    def put(self, message: Message | None) -> None:
        try:
            self._loop.call_soon_threadsafe(self._put, message)
        except RuntimeError:  # its loop is closed: nobody reads any more
            return

    def _put(self, message: Message | None) -> None:
        if self.messages.full():
            while not self.messages.empty():
                self.messages.get_nowait()
            message = None
        self.messages.put_nowait(message)


class Waiter:
    """Somebody who waits for the end of one prompt; woken once, and then sees for itself."""

    def __init__(self, loop: asyncio.AbstractEventLoop, prompt_id: int) -> None:
        self._loop = loop
        self._woken = asyncio.Event()
        self.prompt_id = prompt_id

    def wake(self) -> None:
        try:
            self._loop.call_soon_threadsafe(self._woken.set)
        except RuntimeError:  # its loop is closed: nobody waits any more
            return

    async def woken(self) -> None:
        await self._woken.wait()


@dataclass
class _Seen:
    """How far the watcher is: the last event that was told, and what was true of the queue then."""

    last: int
    unread: bool = False
    more: bool = False
    looked_at: float = 0.0
    worker: tuple[int | None, str] | None = None
    worker_at: float = 0.0
    queue_at: float = 0.0
    queue_changed: bool = False


class Broadcaster:
    """Who listens, and the thread that watches the journal for them."""

    def __init__(
        self,
        database: Database,
        changes: Changes,
        pipelines: Makers,
        default_attempts: int,
        hours: Mapping[Kind, Hours] = NO_HOURS,
    ) -> None:
        self._database = database
        self._changes = changes
        self._pipelines = pipelines
        self._default_attempts = default_attempts
        self._hours = hours
        self._listeners: set[Listener] = set()
        self._waiters: set[Waiter] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = threading.Event()

    def open(self, listener: Listener, last_id: int | None) -> list[Message]:
        """Start listening; returns what the listener should see first: what it missed, then the queue as it is.

        The journal is read before the watcher starts and again after the listener was added, so that what happens in
        between is seen twice and never missed; the stream leaves out what it has shown.
        """
        start = self._database.reading(events.last_id)
        with self._lock:
            self._listeners.add(listener)
            if self._closed.is_set():
                listener.put(None)
            else:
                self._have_watcher(start)
        newest = self._database.reading(events.last_id)
        return [*self._missed(last_id, newest), self._queue_message(newest)]

    def close(self, listener: Listener) -> None:
        with self._lock:
            self._listeners.discard(listener)

    def expect(self, waiter: Waiter) -> None:
        """Wake somebody when its prompt has ended, or when the server stops. What ended before is not told."""
        start = self._database.reading(events.last_id)
        with self._lock:
            self._waiters.add(waiter)
            if self._closed.is_set():
                waiter.wake()
            else:
                self._have_watcher(start)

    def forget(self, waiter: Waiter) -> None:
        with self._lock:
            self._waiters.discard(waiter)

    def _have_watcher(self, start: int) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._watch, args=(start,), daemon=True, name="events")
            self._thread.start()

    @property
    def waiters(self) -> int:
        """How many requests wait for the end of a prompt."""
        with self._lock:
            return len(self._waiters)

    @property
    def listeners(self) -> int:
        """How many streams are open."""
        with self._lock:
            return len(self._listeners)

    def shut_down(self) -> None:
        """End every stream and take no new one, so that the server can stop."""
        self._closed.set()
        self._changes.wake()
        with self._lock:
            watcher = self._thread
            for listener in self._listeners:
                listener.put(None)
            for waiter in self._waiters:
                waiter.wake()
        if watcher is not None:
            watcher.join(STOP_SECONDS)

    def _missed(self, last_id: int | None, newest: int) -> list[Message]:
        """What came after ``last_id``, or ``reset`` when the journal cannot tell."""
        if last_id is None or last_id == newest:
            return []
        oldest = self._database.reading(events.first_id)
        if last_id > newest or last_id + 1 < oldest or newest - last_id > BACKLOG:
            return [Message(newest, EventName.RESET, "{}")]
        return self._rendered(self._database.reading(events.after, last_id, BACKLOG))

    def _watch(self, last: int) -> None:
        """Runs while there are listeners, and tells them what comes after the event ``last``."""
        seen = _Seen(last)
        while not self._closed.is_set():
            if not seen.more:
                # A first event is told at once; those that come close behind it are told together.
                self._closed.wait(max(0.0, seen.looked_at + PAUSE_SECONDS - time.monotonic()))
                seen.unread |= self._changes.wait(POLL_SECONDS)
            if self._closed.is_set():
                return
            seen.looked_at = time.monotonic()
            with self._lock:
                if not self._listeners and not self._waiters:
                    self._thread = None
                    return
            try:
                self._look(seen)
            except MusingsError as error:
                logs.get("api").warning("the event stream waits for the database", error=error.explained)

    def _look(self, seen: _Seen) -> None:
        now = time.monotonic()
        seen.unread |= self._changes.changed()
        if seen.unread or seen.more:
            fresh = self._database.reading(events.after, seen.last, BATCH)
            seen.unread, seen.more = False, len(fresh) == BATCH
            if fresh:
                self._wake(fresh)
                seen.last, seen.queue_changed = fresh[-1].id, True
                if self.listeners:
                    self._tell(self._rendered(fresh))
        if not self.listeners:
            return
        if now - seen.worker_at > WORKER_SECONDS:
            state = present.worker_state(self._database, is_alive)
            worker = None if state is None else (state.pid, state.mode)
            seen.queue_changed |= worker != seen.worker
            seen.worker, seen.worker_at = worker, now
        if seen.queue_changed and now - seen.queue_at > QUEUE_SECONDS:
            seen.queue_at, seen.queue_changed = now, False
            self._tell([self._queue_message(seen.last)])

    def _wake(self, fresh: list[events.Event]) -> None:
        """Wake those whose prompt has ended, or is gone; one query for all, and only when something happened to one."""
        with self._lock:
            waited_for = {waiter.prompt_id for waiter in self._waiters}
        changed = {event.prompt_id for event in fresh if event.event == EventName.PROMPT and event.prompt_id}
        changed &= waited_for
        if not changed:
            return
        going_on = {
            prompt.id for prompt in self._database.reading(prompts.by_ids, list(changed)) if not has_ended(prompt)
        }
        with self._lock:
            for waiter in self._waiters:
                if waiter.prompt_id in changed - going_on:
                    waiter.wake()

    def _tell(self, messages: list[Message]) -> None:
        with self._lock:
            for listener in self._listeners:
                for message in messages:
                    listener.put(message)

    def _rendered(self, fresh: list[events.Event]) -> list[Message]:
        """Events as messages; of several about the same thing only the last, which says it all."""
        newest = {(event.event, event.prompt_id, _musing_id(event)): event for event in fresh}.values()
        shown = self._shown(
            [event.prompt_id for event in newest if event.event == EventName.PROMPT and event.prompt_id]
        )
        told = musings.as_json(self._database, [each for event in newest if (each := _musing_id(event)) is not None])
        found = []
        for event in sorted(newest, key=lambda event: event.id):
            try:
                number = _musing_id(event)
                data = _data(event, shown) if number is None else told.get(number)
            except ValueError as error:  # what another program wrote need not be what we can read
                logs.get("api").warning("an event cannot be shown", prompt=event.prompt_id, error=str(error))
                continue
            if data is not None:
                found.append(Message(event.id, EventName(event.event), data))
        return found

    def _shown(self, ids: list[int]) -> dict[int, str]:
        """PromptResponses as JSON by id; a prompt that is gone, or in the trash, has none."""
        found = self._database.reading(prompts.by_ids, ids)
        responses = present.prompt_responses(self._database, found, self._default_attempts, self._pipelines.hashes)
        return {response.id: response.model_dump_json() for response in responses}

    def _queue_message(self, event_id: int) -> Message:
        found = present.queue_stats(self._database, self._pipelines, is_alive, self._hours)
        return Message(event_id, EventName.QUEUE, found.model_dump_json())


def has_ended(prompt: Prompt) -> bool:
    """Whether nothing more comes of a prompt by itself."""
    return prompt.status not in (PromptStatus.PENDING, PromptStatus.PROCESSING)


def _musing_id(event: events.Event) -> int | None:
    data = event.data or ""
    return int(data) if event.event == EventName.MUSING and data.isdecimal() and len(data) < 19 else None


def _data(event: events.Event, shown: Mapping[int, str]) -> str | None:
    """What a listener is told of an event; None for one that other messages tell better."""
    if event.prompt_id is None:
        return None
    if event.event == EventName.PROMPT:
        return f'{{"id": {event.prompt_id}, "prompt": {shown.get(event.prompt_id, "null")}}}'
    if event.event == EventName.PROGRESS:
        progress = schemas.Progress.model_validate(json.loads(event.data or "{}"))
        return f'{{"id": {event.prompt_id}, "progress": {progress.model_dump_json()}}}'
    return event.data if event.event == EventName.PREVIEW else None
