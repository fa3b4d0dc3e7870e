"""The engine that needs nothing but the table: the table is the queue, and one runner looks at it when it changed.

Portable: whatever shows that the table changed, and whatever keeps a second runner out, are handed in.
"""

import threading
from collections.abc import Callable, Collection

from sqlalchemy import Connection

from musings.engine.base import Changes, Process, Slots, WorkerSession
from musings.engine.claiming import claim
from musings.engine.draining import is_drained
from musings.engine.liveness import refuse_beside_another
from musings.engine.patience import Patience
from musings.store import times
from musings.store.database import Database
from musings.store.dialect import AdvisoryLock
from musings.store.queue import claims

# A change in the table ends the wait; this bounds how late anything else is noticed, such as a disk with room again.
IDLE_SECONDS = 2.0
# Shorter while prompts run: one that ends makes room, and its successor should not wait for the idle interval.
BUSY_SECONDS = 0.5


class PollingEngine:
    """``news`` makes a ``Changes`` for the runner, ``changes`` one for every other watcher."""

    def __init__(
        self, database: Database, lock: AdvisoryLock, news: Callable[[], Changes], changes: Callable[[], Changes]
    ) -> None:
        self._database = database
        self._lock = lock
        # Made now and not in ``run``: ``stop`` may be called from another thread before ``run`` has begun.
        self._news = news()
        self._new_changes = changes
        self._stopping = threading.Event()

    def enqueue(self, connection: Connection, prompt_ids: Collection[int]) -> None:
        """The row that was just written is all there is to tell."""

    def run(self, process: Process, slots: Slots, session: WorkerSession, *, drain: bool) -> None:
        self._lock.acquire()
        try:
            # The lock is a file, which somebody may have removed while its runner works on.
            refuse_beside_another(self._database)
            slots.on_room(self._news.wake)
            with session.open():
                Loop(self._database, self._news, process, slots, session, self._stopping).run(drain=drain)
        finally:
            self._lock.release()

    def stop(self) -> None:
        # The flag before the wake: a loop that wakes first would find nothing to do and go to sleep again.
        self._stopping.set()
        self._news.wake()

    def changes(self) -> Changes:
        return self._new_changes()

    def alive(self) -> bool:
        return self._lock.is_held()


class Loop:
    """Claims what is due as long as there is room, and runs each prompt on a thread of its own."""

    def __init__(
        self,
        database: Database,
        news: Changes,
        process: Process,
        slots: Slots,
        session: WorkerSession,
        stopping: threading.Event,
    ) -> None:
        self._database = database
        self._news = news
        self._process = process
        self._slots = slots
        self._session = session
        self._stopping = stopping

    def run(self, *, drain: bool) -> None:
        patience = Patience(self._stopping.wait, is_bounded=drain)
        while not self._stopping.is_set():
            # One start for each turn, so that ``stop`` is looked at between any two starts.
            if patience(self.start_next):
                continue
            # Only when nothing runs: what runs may put itself back or make other prompts due.
            if drain and not self._slots.running and patience(self._is_drained):
                return
            patience(self._rest)

    def start_next(self) -> bool:
        """Start one prompt if one is due and there is room for it; whether one was started."""
        prompt = claim(self._database, self._slots, self._session)
        if prompt is None:
            return False
        # A daemon: one that does not listen must not keep the process alive; the next start recovers its prompt.
        threading.Thread(target=self._process, args=(prompt,), daemon=True, name=f"prompt-{prompt.id}").start()
        return True

    def _is_drained(self) -> bool:
        return is_drained(self._database, self._slots.kinds())

    def _rest(self) -> None:
        """Wait for a change, or for the time of a prompt that was put back."""
        self._news.wait(BUSY_SECONDS if self._slots.running else self._seconds_to_next())

    def _seconds_to_next(self) -> float:
        due = self._database.reading(claims.next_due, self._slots.kinds())
        left = (due - times.now()).total_seconds() if due else IDLE_SECONDS
        # A time in the past means that there was no room for a prompt that is due; asking at once would spin.
        return left if 0 < left < IDLE_SECONDS else IDLE_SECONDS
