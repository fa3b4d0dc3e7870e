"""The fake's queue, history and worker: one job at a time, lowest number first, all of it in memory.

Source: the order of messages, the caching and the history entries observed on ComfyUI 0.3.64, 0.8.0 and
0.33.0. The cache keeps
the nodes of the previous prompt only; a node is known by its inputs and those of its ancestors, not by its
id.
"""

import copy
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from fake_comfyui.artist import Artist
from fake_comfyui.dialect import Dialect
from fake_comfyui.faults import Switches
from fake_comfyui.folders import Folders
from fake_comfyui.hub import Hub
from fake_comfyui.nodes import NodeClass
from fake_comfyui.running import Cache, Floor, JobRun, Pace, Stopped

# The real server forgets the oldest beyond this number.
HISTORY_LENGTH = 10001
STOP_SECONDS = 5.0


@dataclass(frozen=True)
class Item:
    """A queued job, with the tuple that ``/queue`` and ``/history`` show of it."""

    number: float
    prompt_id: str
    graph: dict[str, Any]
    extra: dict[str, Any]
    outputs: list[str]

    @property
    def sid(self) -> str | None:
        return self.extra.get("client_id")

    def shown(self) -> list[Any]:
        return [self.number, self.prompt_id, self.graph, self.extra, self.outputs]


@dataclass
class Counts:
    """What happened, by prompt id (views by file name); outlives a restart."""

    posts: Counter[str] = field(default_factory=Counter)
    executions: Counter[str] = field(default_factory=Counter)
    interrupts: Counter[str] = field(default_factory=Counter)
    views: Counter[str] = field(default_factory=Counter)
    frees: int = 0
    restarts: int = 0


class FakeEngine:
    """Everything that a restart forgets."""

    def __init__(
        self,
        folders: Folders,
        artist: Artist,
        faults: Switches,
        pace: Pace,
        counts: Counts,
        known: Callable[[], dict[str, NodeClass]],
        crash: Callable[[], None],
        dialect: Dialect,
    ) -> None:
        self.hub = Hub(faults, lambda: self.remaining, dialect.features)
        self.history: dict[str, dict[str, Any]] = {}
        self.faults, self.counts = faults, counts
        self._known = known
        self._closed = threading.Event()
        self._interrupted = threading.Event()
        self._floor = Floor(folders, artist, faults, pace, self.hub, self._closed, self._interrupted, dialect)
        self._cache: Cache = {}
        self._crash = crash
        self._pending: list[Item] = []
        self._running: Item | None = None
        self._number = 0
        self._dead = False
        self._forget_cache = False
        self._change = threading.Condition()
        # One worker: the real server runs one job at a time, and tests rely on the order.
        self._thread = threading.Thread(target=self._work, name="fake-comfy-worker", daemon=True)
        self._thread.start()

    @property
    def remaining(self) -> int:
        return len(self._pending) + (self._running is not None)

    def queue(self) -> dict[str, Any]:
        with self._change:
            running = [self._running.shown()] if self._running else []
            return {"queue_running": running, "queue_pending": [item.shown() for item in self._pending]}

    def number(self, wanted: float | None, *, front: bool) -> float:
        """The priority of the next job."""
        with self._change:
            # Counted also when a number was given, as on the real server.
            number = self._number
            self._number += 1
        if wanted is not None:
            return wanted
        # To the front by a negative number: the real server knows no other way.
        return -number if front else number

    def put(self, item: Item) -> None:
        """Queue a job; two with one number and one id kill the worker, as on the real server."""
        with self._change:
            for known in self._pending:
                self._dead = self._dead or (known.number, known.prompt_id) == (item.number, item.prompt_id)
            self._pending.append(item)
            # The real server compares the id where numbers are equal, which decides the order of copies.
            self._pending.sort(key=lambda known: (known.number, known.prompt_id))
            self._change.notify_all()
        self.hub.send_status()

    def delete(self, prompt_id: str) -> None:
        """Take one waiting job of that id away, if there is one."""
        with self._change:
            # One copy only, which is why a client has to repeat the request.
            found = next((item for item in self._pending if item.prompt_id == prompt_id), None)
            if found is None:
                return
            self._pending.remove(found)
        self.hub.send_status()

    def clear(self) -> None:
        with self._change:
            self._pending.clear()
        self.hub.send_status()

    def interrupt(self, prompt_id: str | None) -> None:
        """Interrupt what runs; with an id, only when that job runs."""
        # Read once: it may end between the two looks.
        running = self._running
        if prompt_id is not None and (running is None or running.prompt_id != prompt_id):
            return
        if running is not None:
            self.counts.interrupts[running.prompt_id] += 1
        # The real server loses an interrupt that comes before the job has begun.
        if not self.faults.take("interrupt-lost-first"):
            self._interrupted.set()

    def free(self) -> None:
        self.counts.frees += 1
        self._forget_cache = True

    def close(self) -> None:
        """Stop at the next step, silently, as a killed process does; returns when it has."""
        self._closed.set()
        self.hub.close()
        with self._change:
            self._change.notify_all()
        # A job that crashes the server closes it from the worker's own thread.
        if threading.current_thread() is not self._thread:
            self._thread.join(STOP_SECONDS)

    def _work(self) -> None:
        while not self._closed.is_set():
            item = self._next()
            if item is None:
                continue
            self.hub.send_status()
            try:
                self._run(item)
            except Stopped:
                return

    def _next(self) -> Item | None:
        with self._change:
            if not self._pending or self._dead or self.faults.active("wedged-worker"):
                # Looked at again soon: a switch may be turned while it waits.
                self._change.wait(0.05)
                return None
            self._running = self._pending.pop(0)
            return self._running

    def _run(self, item: Item) -> None:
        if self._forget_cache:
            self._forget_cache = False
            self._cache.clear()
        # An interrupt of the previous job must not end this one.
        self._interrupted.clear()
        self.counts.executions[item.prompt_id] += 1
        run = JobRun(
            self._floor,
            self._known(),
            self._cache,
            prompt_id=item.prompt_id,
            # A copy: running changes links into values, while the history shows what was posted.
            graph=copy.deepcopy(item.graph),
            extra=item.extra,
            outputs=item.outputs,
        )
        try:
            entry = run.execute()
        except Stopped:
            if run.crashed:
                self.close()
                self._crash()
            raise
        self._cache = run.cache
        with self._change:
            self._running = None
            # Removed first, so that a repeated id goes to the end of the history.
            self.history.pop(item.prompt_id, None)
            self.history[item.prompt_id] = {"prompt": item.shown(), **entry}
            while len(self.history) > HISTORY_LENGTH:
                del self.history[next(iter(self.history))]
        self.hub.send_status()
        # Last: the one message that promises that the history is written.
        if item.sid is not None:
            self.hub.send("executing", {"node": None, "prompt_id": item.prompt_id}, item.sid)
