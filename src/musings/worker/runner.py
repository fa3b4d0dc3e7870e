"""The runner: claims prompts and runs each on a thread of its own, N at a time.

One runner for each database (the engine sees to that). It stays, or drains the queue and ends.
"""

import contextlib
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from musings import logs
from musings.engine.base import Engine
from musings.errors import CorruptError, SchemaError, ServerAway, StoreError, TimedOut, Unavailable
from musings.models import Kind, Prompt
from musings.process import identity
from musings.store import times
from musings.store.queue import accounts, in_flight, pause, recovery, workers
from musings.worker.attempt import Workshop, process
from musings.worker.attempt import give_up as give_up_attempt
from musings.worker.context import AttemptContext
from musings.worker.housekeeper import House
from musings.worker.leftovers import Leftovers
from musings.worker.slots import SERVERS, Slots

IDLE_SECONDS = 2.0
CANCEL_LOOK_SECONDS = 0.5
DRAIN_WAIT_SECONDS = 120.0
OVERDUE_SECONDS = 60.0
STOP_SECONDS = 10.0
NEWS = ("comfyui", "place")
NEWS_AT_START = (*NEWS, "server", "configuration")
DRAIN_PATIENCE = {"configuration": 0.0, "comfyui": 15.0, "server": 15.0}
"""Seconds that a drain waits for what prompts wait for; for another try of one it waits ``DRAIN_WAIT_SECONDS``."""
UNSERVED = (Unavailable.__name__, ServerAway.__name__)


@dataclass
class Running:
    prompt: Prompt
    maker: str | None
    context: AttemptContext
    thread: threading.Thread


@dataclass
class Summary:
    """What a run did."""

    recovered: int = 0
    started: int = 0
    ended: Counter[str] = field(default_factory=Counter)


class Runner:
    """``run_queue_processor`` is the whole of it; ``stop`` may be called from any thread.

    ``overdue_seconds`` is how long after its time limit an attempt that does not listen is given up on.
    """

    def __init__(
        self,
        engine: Engine,
        workshop: Workshop,
        house: House,
        *,
        kinds: Collection[Kind],
        slots: Slots,
        timeout_seconds: float,
        shutdown_seconds: float,
        pid: int,
        overdue_seconds: float = OVERDUE_SECONDS,
    ) -> None:
        self._engine = engine
        self._workshop = workshop
        self._house = house
        self._kinds = tuple(kinds)
        self._slots = slots
        self._timeout = timeout_seconds
        self._shutdown = shutdown_seconds
        self._overdue = overdue_seconds
        self._process = identity(pid)
        self._id = uuid.uuid4().hex
        self._running: dict[int, Running] = {}
        self._ended: dict[tuple[int, int], str] = {}
        self._failing_since: float | None = None
        self._drain = False
        self._suspects: list[int] = []
        self._alone: int | None = None  # a suspect that runs with nothing beside it
        self._news = {name: threading.Event() for name in NEWS}  # what may have come that prompts wait for
        self._leftovers = Leftovers(workshop.database, workshop.pipelines, self._servers_changed)
        self._log = logs.get("worker")
        self.summary = Summary()

    def run_queue_processor(self, *, drain: bool) -> Summary:
        """Work until ``stop``, or with ``drain`` until nothing is due any more.

        Raises ``LockedError`` when another runner works on this queue. One failed prompt never stops the next.
        """
        database = self._workshop.database
        self._drain = drain
        self.summary.recovered = self._engine.start()
        try:
            # Whatever prompts wait for may have come since the last worker.
            self._hasten_waiting(NEWS_AT_START)
            self._suspects = database.reading(recovery.suspects, self._workshop.max_attempts)
            workers.sign_in(database, self._id, self._process, ",".join(self._kinds))
            done = threading.Event()
            heart = threading.Thread(target=self._beat, args=(done,), daemon=True, name="heartbeat")
            heart.start()
            self._house.open(lambda: not self._running)
            self._log.info("worker started", kinds=",".join(self._kinds), recovered=self.summary.recovered)
            try:
                self._loop()
                self._end_running()
            finally:
                self._house.close()
                done.set()
                heart.join()
                with contextlib.suppress(StoreError):
                    workers.sign_out(database, self._id)
        finally:
            self._workshop.pipelines.close()
            self._engine.stop()
        self._log.info("worker stopped", started=self.summary.started)
        return self.summary

    def stop(self) -> None:
        """Start nothing new; let what runs finish for a while, then put it back."""
        self._workshop.stopping.set()
        self._engine.wake()

    def _loop(self) -> None:
        while not self._workshop.stopping.is_set():
            self._patiently(self._look_for_cancelled)
            self._reap()
            self._patiently(self._hasten)
            self._patiently(self._leftovers.look)
            idle = not self._patiently(self._start_what_is_due)
            if self._drain and not self._running and idle and self._patiently(self._nothing_left):
                self._house.look(ending=True)
                self._patiently(lambda: self._leftovers.finish(self._workshop.stopping.wait))
                return
            if idle:
                self._patiently(self._rest)

    def _rest(self) -> None:
        """Wait for a change, or for the time of a prompt that was put back."""
        if self._running:
            return self._engine.wait(CANCEL_LOOK_SECONDS)
        due = self._engine.next_due(self._house.allowed(self._kinds))
        left = (due - times.now()).total_seconds() if due else IDLE_SECONDS
        return self._engine.wait(left if 0 < left < IDLE_SECONDS else IDLE_SECONDS)

    def _start_what_is_due(self) -> bool:
        """Start one prompt if there is room for it; whether one was started."""
        prompt = self._claim_suspect() if self._suspects else self._claim()
        if prompt is None:
            return False
        maker = self._slots.maker_of(prompt)
        if maker == SERVERS:
            self._workshop.pipelines.watch(self._servers_changed)
        context = AttemptContext(self._workshop.database, prompt, self._timeout, on_made=self._engine.wake)
        thread = threading.Thread(target=self._run, args=(prompt, context), daemon=True, name=f"prompt-{prompt.id}")
        thread.start()
        self._running[prompt.id] = Running(prompt, maker, context, thread)
        self.summary.started += 1
        return True

    def _run(self, prompt: Prompt, context: AttemptContext) -> None:
        try:
            self._ended[prompt.id, prompt.attempt] = process(self._workshop, prompt, context)
        finally:
            self._engine.wake()

    def _claim(self) -> Prompt | None:
        """The next prompt that there is room for."""
        self._alone = self._alone if self._alone in self._running else None
        if self._alone is not None or len(self._running) >= 2 * self._slots.total():
            return None
        making = [
            (running.prompt.kind or Kind.TEXT, running.maker)
            for running in self._running.values()
            if not running.context.made.is_set()
        ]
        room = self._slots.room(making, self._house.allowed(self._kinds))
        if not room.kinds:
            return None
        return self._engine.claim(room.kinds, without=room.without, makers=self._slots.makers_of)

    def _claim_suspect(self) -> Prompt | None:
        """A prompt beside which the worker has died before: alone, so that no other can be blamed with it, or for it.

        One that cannot start now loses its turn, and is a prompt like any other.
        """
        if self._running:
            return None
        allowed = self._house.allowed(self._kinds)
        found = self._engine.claim(allowed, only=self._suspects.pop(0), makers=self._slots.makers_of)
        self._alone = found.id if found is not None else None
        return found

    def _servers_changed(self) -> None:
        """A ComfyUI went away or came back; told on another thread."""
        for event in self._news.values():
            event.set()
        self._engine.wake()

    def _hasten(self) -> None:
        """What prompts wait for may be there: they need not wait for their time."""
        news = [name for name, event in self._news.items() if event.is_set()]
        for name in news:
            self._news[name].clear()
        if news:
            self._hasten_waiting(news)

    def _hasten_waiting(self, news: Collection[str]) -> None:
        database = self._workshop.database
        if database.reading(accounts.are_waited_for, news):
            database.writing(accounts.hasten, news)

    def _look_for_cancelled(self) -> None:
        if not self._running:
            return
        running = {prompt_id: running.prompt.attempt for prompt_id, running in self._running.items()}
        for prompt_id in self._workshop.database.reading(in_flight.to_stop, running):
            self._running[prompt_id].context.cancel()

    def _reap(self) -> None:
        for prompt_id, running in list(self._running.items()):
            how = self._ended.pop((prompt_id, running.prompt.attempt), None)
            if how is not None or not running.thread.is_alive():  # its thread says so, and wakes us, before it ends
                self.summary.ended[how or "died"] += 1
                if running.maker == SERVERS and how not in UNSERVED:
                    self._news["place"].set()
                del self._running[prompt_id]
            elif self._is_overdue(running):
                self._abandon(running)
                self.summary.ended["abandoned"] += 1
                del self._running[prompt_id]

    def _is_overdue(self, running: Running) -> bool:
        """Whether it is past all patience. What only waits for the database to take its result is not."""
        return running.context.elapsed > self._timeout + self._overdue and not running.context.settling.is_set()

    def _abandon(self, running: Running) -> None:
        """A pipeline that does not listen: end its row without it. The fence keeps out whatever it makes later."""
        fault = TimedOut("It took longer than its limit and did not stop when asked.", hint="Look at the log.")
        self._log.error("attempt abandoned", prompt=running.prompt.id)
        self._patiently(lambda: give_up_attempt(self._workshop, running.prompt, running.context, fault))

    def _nothing_left(self) -> bool:
        """Whether a drain is over: nothing waits but prompts whose time is far, or for what no patience brings."""
        if self._workshop.database.reading(pause.is_paused):
            return True
        kinds, now = self._house.allowed(self._kinds), times.now()
        due = self._engine.next_due(kinds)
        if due is None or due <= now:
            return due is None
        return all(
            (at - now).total_seconds() > DRAIN_PATIENCE.get(what or "", DRAIN_WAIT_SECONDS)
            for what, at in self._workshop.database.reading(accounts.put_off, kinds).items()
        )

    def _end_running(self) -> None:
        """Give what runs some time to finish, then ask it to stop, then leave it to the recovery."""
        if self._running:
            self._log.info("worker is stopping", waiting_for=sorted(self._running))
        self._join(self._shutdown)
        for running in self._running.values():
            running.context.stop()
        self._join(STOP_SECONDS)
        for running in self._running.values():
            self._log.warning("prompt did not stop in time; the next start recovers it", prompt=running.prompt.id)

    def _join(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while self._running and time.monotonic() < deadline:
            self._patiently(self._look_for_cancelled)
            next(iter(self._running.values())).thread.join(min(0.2, max(0.0, deadline - time.monotonic())))
            self._reap()

    def _beat(self, done: threading.Event) -> None:
        while not done.wait(workers.HEARTBEAT_SECONDS):
            with contextlib.suppress(StoreError):  # the loop says it aloud
                workers.beat(self._workshop.database, self._id)

    def _patiently(self, act: Callable[[], object]) -> object:
        """A database that is busy or full for a while must not end the runner: say so, wait a little, go on.

        Waiting does not mend a damaged or changed file, and somebody waits for a drain to end: those raise.
        """
        try:
            done = act()
        except StoreError as error:
            now = time.monotonic()
            self._failing_since = self._failing_since or now
            too_long = self._drain and now - self._failing_since > DRAIN_WAIT_SECONDS
            if too_long or isinstance(error, CorruptError | SchemaError):
                raise
            self._log.error("the database does not serve", error=error.explained)
            self._workshop.stopping.wait(1)
            return None
        self._failing_since = None
        return done
