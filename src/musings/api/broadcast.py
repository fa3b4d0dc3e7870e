"""From the journal of events to every open event stream.

One thread watches the database (``PRAGMA data_version``) while anybody listens, renders each new event once and hands
it to every listener. What a listener missed is rendered for it alone, from the journal.
"""

import asyncio
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from musings import logs
from musings.api import present, schemas
from musings.errors import MusingsError
from musings.pipelines import Pipelines
from musings.store import events, prompts
from musings.store.database import Database

POLL_SECONDS = 0.15
QUEUE_SECONDS = 0.5
BACKLOG = 1000


@dataclass(frozen=True)
class Message:
    """One server-sent event; ``data`` is JSON text."""

    id: int
    event: str
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


class Broadcaster:
    def __init__(self, database: Database, pipelines: Pipelines, default_attempts: int) -> None:
        self._database = database
        self._pipelines = pipelines
        self._default_attempts = default_attempts
        self._listeners: set[Listener] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = threading.Event()

    def open(self, listener: Listener, last_id: int | None) -> list[Message]:
        """Start listening; returns what the listener should see first: what it missed, then the queue as it is."""
        with self._lock:
            self._listeners.add(listener)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._watch, daemon=True, name="events")
                self._thread.start()
        newest = events.last_id(self._database)
        missed: list[Message] = []
        if last_id is not None and last_id < newest:
            oldest = events.first_id(self._database)
            if last_id + 1 < oldest or newest - last_id > BACKLOG:
                missed.append(Message(newest, "reset", "{}"))
            else:
                missed += self._rendered(events.after(self._database, last_id, BACKLOG))
        return [*missed, self._queue_message(newest)]

    def close(self, listener: Listener) -> None:
        with self._lock:
            self._listeners.discard(listener)

    def shut_down(self) -> None:
        """End every stream, so that the server can stop."""
        self._closed.set()
        with self._lock:
            for listener in self._listeners:
                listener.put(None)

    def _watch(self) -> None:
        """Runs while there are listeners."""
        last, seen, queue_told, queue_stale = events.last_id(self._database), -1, 0.0, False
        while not self._closed.wait(POLL_SECONDS):
            with self._lock:
                if not self._listeners:
                    self._thread = None
                    return
            try:
                version = self._database.version_of_data()
                if version != seen:
                    seen = version
                    fresh = events.after(self._database, last)
                    if fresh:
                        last, queue_stale = fresh[-1].id, True
                        self._tell(self._rendered(fresh))
                if queue_stale and time.monotonic() - queue_told > QUEUE_SECONDS:
                    queue_told, queue_stale = time.monotonic(), False
                    self._tell([self._queue_message(last)])
            except MusingsError as error:
                logs.get("api").warning("the event stream waits for the database", error=error.explained)

    def _tell(self, messages: list[Message]) -> None:
        with self._lock:
            for listener in self._listeners:
                for message in messages:
                    listener.put(message)

    def _rendered(self, fresh: list[events.Event]) -> list[Message]:
        """Events as messages; of several about the same thing only the last, which says it all."""
        newest = {(event.event, event.prompt_id): event for event in fresh}
        return [
            Message(event.id, event.event, data)
            for event in sorted(newest.values(), key=lambda event: event.id)
            if (data := _RENDER[event.event](self, event)) is not None
        ]

    def _prompt_data(self, event: events.Event) -> str | None:
        if event.prompt_id is None:
            return None
        shown = "null"
        try:
            prompt = prompts.get(self._database, event.prompt_id)
            shown = present.prompt_responses(self._database, [prompt], self._default_attempts)[0].model_dump_json()
        except MusingsError:
            pass  # gone, or in the trash: null says so
        return f'{{"id": {event.prompt_id}, "prompt": {shown}}}'

    def _progress_data(self, event: events.Event) -> str | None:
        progress = schemas.Progress.model_validate(json.loads(event.data or "{}"))
        return f'{{"id": {event.prompt_id}, "progress": {progress.model_dump_json()}}}'

    def _preview_data(self, event: events.Event) -> str | None:
        return event.data

    def _no_data(self, _event: events.Event) -> str | None:
        return None  # a queue event: the state of the queue follows every change anyway

    def _queue_message(self, event_id: int) -> Message:
        return Message(event_id, "queue", present.queue_stats(self._database, self._pipelines).model_dump_json())


_RENDER: dict[str, Callable[[Broadcaster, events.Event], str | None]] = {
    "prompt": Broadcaster._prompt_data,
    "progress": Broadcaster._progress_data,
    "preview": Broadcaster._preview_data,
    "queue": Broadcaster._no_data,
}
