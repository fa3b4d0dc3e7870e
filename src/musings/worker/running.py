"""The attempts that run now: each is counted from its claim to its end, and asked to stop when it should.

``process`` may be called on any number of threads; the looks are those of the watchdog.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from musings import logs
from musings.engine.base import Changes
from musings.errors import TimedOut
from musings.models import MEDIA_KINDS, Prompt
from musings.process.arenas import give_back
from musings.store.queue import in_flight
from musings.worker.attempt import process
from musings.worker.context import AttemptContext
from musings.worker.giving_up import give_up
from musings.worker.workshop import Workshop

# Another program's cancel is seen by the data version at once; this only guards against a change that was missed.
CANCEL_LOOK_SECONDS = 0.5
# Enough for a server to answer and for a process group to be killed; service managers wait 90 s and more.
STOP_SECONDS = 10.0
# Pipelines look at their limit themselves; this is for those that hang in a call.
OVERDUE_SECONDS = 60.0


@dataclass(frozen=True)
class AttemptLimits:
    """Of an attempt, in seconds: how long it may run, and how long after the worker was asked to stop.

    ``overdue``: how long after its limit one that does not listen is given up on.
    """

    timeout: float
    shutdown: float
    overdue: float = OVERDUE_SECONDS


@dataclass
class Summary:
    """What a run did."""

    recovered: int = 0
    started: int = 0
    ended: Counter[str] = field(default_factory=Counter)


@dataclass
class Running:
    prompt: Prompt
    maker: str | None
    context: AttemptContext


class RunningAttempts:
    """``on_end`` is called with what ended and how, just before its place is free."""

    def __init__(
        self,
        workshop: Workshop,
        limits: AttemptLimits,
        changes: Changes,
        *,
        on_end: Callable[[Running, str], None] = lambda running, how: None,
    ) -> None:
        self._workshop = workshop
        self._limits = limits
        self._changes = changes
        self._on_end = on_end
        # By attempt too: one that was given up on may still run beside the next attempt of the same prompt.
        self._running: dict[tuple[int, int], Running] = {}
        self._changed = threading.Condition()
        self._looked_at = float("-inf")
        self._stop_asked_at: float | None = None
        self._log = logs.get("worker")
        self.tell_room: Callable[[], None] = lambda: None  # set by the engine that waits for a place
        self.summary = Summary()

    def drain(self) -> None:
        """Whoever waits for the end of this run is not to wait for ever: results are not stored at any price."""
        self._workshop = replace(self._workshop, is_bounded=True)

    def __len__(self) -> int:
        return len(self._running)

    def listed(self) -> list[Running]:
        with self._changed:
            return list(self._running.values())

    def take(self, prompt: Prompt, maker: str | None) -> None:
        """Count a claimed prompt as running."""
        context = AttemptContext(
            self._workshop.database,
            prompt,
            self._limits.timeout,
            # A lambda, because ``tell_room`` is set later, when the engine begins.
            on_made=lambda: self.tell_room(),
        )
        with self._changed:
            self._running[prompt.id, prompt.attempt] = Running(prompt, maker, context)
        self.summary.started += 1

    def process(self, prompt: Prompt) -> str:
        """Run a prompt that was taken to its end; returns how it ended, as ``worker.attempt.process`` does."""
        # ``died`` stands when something raised that should not have: the place must become free in any case.
        running, how = self._running[prompt.id, prompt.attempt], "died"
        try:
            how = process(self._workshop, prompt, running.context)
        finally:
            try:
                # One that was given up on has been counted and its place has been handed on.
                if (prompt.id, prompt.attempt) in self._running:
                    self._on_end(running, how)
            finally:
                self._remove(running, how)
        if prompt.kind in MEDIA_KINDS:
            give_back()  # a picture is painted in hundreds of megabytes, and the next one may be hours away
        return how

    def look_for_cancelled(self) -> None:
        """Stop those whose rows say so: at once when something changed, and twice a second in any case."""
        now = time.monotonic()
        attempts = {each.prompt.id: each for each in self.listed()}
        if not attempts or not (self._changes.changed() or now - self._looked_at >= CANCEL_LOOK_SECONDS):
            return
        self._looked_at = now
        running = {prompt_id: each.prompt.attempt for prompt_id, each in attempts.items()}
        for prompt_id in self._workshop.database.reading(in_flight.to_stop, running):
            # Through the context and not by ending the thread: Python cannot end one, and files may be half written.
            attempts[prompt_id].context.cancel()

    def abandon_overdue(self) -> None:
        """End the rows of attempts that do not listen. The fence keeps out whatever they make later."""
        for running in self.listed():
            if not self._is_overdue(running):
                continue
            fault = TimedOut("It took longer than its limit and did not stop when asked.", hint="Look at the log.")
            self._log.error("attempt abandoned", prompt=running.prompt.id)
            # The row is ended under the fence. The thread may go on for ever; what it makes is dropped.
            give_up(self._workshop, running.prompt, running.context, fault)
            self._remove(running, "abandoned")

    def ask_to_stop(self) -> None:
        """The worker is to stop: what runs has its time to end from now on."""
        if self._stop_asked_at is None:
            self._stop_asked_at = time.monotonic()

    def insist(self) -> None:
        """Stop what has had its time."""
        if self._stop_asked_at is not None and time.monotonic() - self._stop_asked_at >= self._limits.shutdown:
            # Asked again with each look: a pipeline may have missed it between two stages.
            for running in self.listed():
                running.context.stop()

    def finish(self) -> None:
        """Give what runs some time to finish, then ask it to stop, then leave it to the recovery."""
        self.ask_to_stop()
        if self._running:
            ids = sorted(running.prompt.id for running in self.listed())
            self._log.info("worker is stopping", waiting_for=ids)
        self._wait(self._limits.shutdown)
        for running in self.listed():
            running.context.stop()
        self._wait(STOP_SECONDS)
        for running in self.listed():
            self._log.warning("prompt did not stop in time; the next start recovers it", prompt=running.prompt.id)

    def _is_overdue(self, running: Running) -> bool:
        """Whether it is past all patience. What only waits for the database to take its result is not."""
        limit = self._limits.timeout + self._limits.overdue
        # A busy database is no reason to throw away what was made.
        return running.context.elapsed > limit and not running.context.settling.is_set()

    def _remove(self, running: Running, how: str) -> None:
        with self._changed:
            # It may have been removed before, by whoever gave it up: counted once.
            if self._running.pop((running.prompt.id, running.prompt.attempt), None) is not None:
                self.summary.ended[how] += 1
            self._changed.notify_all()
        # Outside the condition: whoever is told may ask for ``listed``, which takes it.
        self.tell_room()

    def _wait(self, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: not self._running, seconds)
