"""A second engine, to hold the seam to its word: it is told of each due prompt, and pushes it to a thread.

All in memory, so within one process. It keeps the ids that ``enqueue`` was told of once their transaction has
committed, and never looks for due rows in the table; only when it starts it loads what waits, as an engine with a table
of its own would find it there.
"""

import threading
from collections import deque
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, event, select
from sqlalchemy.pool import ConnectionPoolEntry

from musings.engine.base import Process, Slots, WorkerSession
from musings.engine.claiming import claim
from musings.engine.draining import is_drained
from musings.store import times
from musings.store.database import Database
from musings.store.queue import due
from musings.store.tables import prompts

TOLD, WROTE = "toy_told", "toy_wrote"
ADMIT_SECONDS = 0.05


class ToyChanges:
    """One watcher; told of every committed write of this process."""

    def __init__(self) -> None:
        self._news = threading.Condition()
        self._changed = True
        self._woken = False

    def changed(self) -> bool:
        with self._news:
            changed, self._changed = self._changed, False
        return changed

    def wait(self, seconds: float) -> bool:
        with self._news:
            self._news.wait_for(lambda: self._changed or self._woken, seconds)
            changed, self._changed, self._woken = self._changed, False, False
        return changed

    def wake(self) -> None:
        with self._news:
            self._woken = True
            self._news.notify_all()

    def tell(self) -> None:
        with self._news:
            self._changed = True
            self._news.notify_all()


class ToyEngine:
    """Attaches itself to the database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._bell = threading.Condition()
        self._waiting: dict[int, datetime | None] = {}  # by id: when it may start; None is now
        self._offers: deque[int] = deque()  # those that may start now, as far as was told
        self._stopping = self._alive = False
        self._watchers: list[ToyChanges] = []
        due.attach(database, self)
        event.listen(database.engine, "before_cursor_execute", _note_write)
        event.listen(database.engine, "rollback", _forget)
        event.listen(database.engine, "checkin", self._committed)

    def enqueue(self, connection: Connection, prompt_ids: Collection[int]) -> None:
        when = select(prompts.c.id, prompts.c.next_attempt_at).where(prompts.c.id.in_(prompt_ids))
        told = {row.id: row.next_attempt_at for row in connection.execute(when)}
        connection.info.setdefault(TOLD, {}).update(told)

    def run(self, process: Process, slots: Slots, session: WorkerSession, *, drain: bool) -> None:
        self._alive = True
        slots.on_room(self._offer_all)
        self._load()
        try:
            with session.open():
                while not self._stopping:
                    session.admit()
                    while (offered := self._next_offer()) is not None:
                        self._push(offered, process, slots, session)
                    if drain and not slots.running and is_drained(self._database, slots.kinds()):
                        return
                    self._rest()
        finally:
            self._alive = self._stopping = False

    def stop(self) -> None:
        with self._bell:
            self._stopping = True
            self._bell.notify_all()

    def changes(self) -> ToyChanges:
        made = ToyChanges()
        self._watchers.append(made)
        return made

    def alive(self) -> bool:
        return self._alive

    def _push(self, offered: int, process: Process, slots: Slots, session: WorkerSession) -> None:
        prompt = claim(self._database, slots, session, only=offered)
        if prompt is not None:
            with self._bell:
                self._waiting.pop(prompt.id, None)
            threading.Thread(target=process, args=(prompt,), daemon=True, name=f"prompt-{prompt.id}").start()

    def _next_offer(self) -> int | None:
        with self._bell:
            return self._offers.popleft() if self._offers else None

    def _rest(self) -> None:
        """Until something is offered, or it is time to look for rows of other programs, or for a prompt."""
        with self._bell:
            self._bell.wait_for(lambda: self._offers or self._stopping, ADMIT_SECONDS)
            now = times.now()
            come = [each for each, at in self._waiting.items() if at is not None and at <= now]
            self._waiting.update(dict.fromkeys(come))
            self._offers.extend(come)

    def _offer_all(self) -> None:
        """There may be room: whatever waits may have it."""
        now = times.now()
        with self._bell:
            self._offers.extend(each for each, at in self._waiting.items() if at is None or at <= now)
            self._bell.notify_all()

    def _load(self) -> None:
        found = select(prompts.c.id).where(prompts.c.status == "pending")
        with self._database.read() as connection:
            self._told(dict.fromkeys(connection.execute(found.order_by(prompts.c.priority, prompts.c.id)).scalars()))

    def _told(self, told: dict[int, datetime | None]) -> None:
        with self._bell:
            self._waiting |= told
            self._offers.extend(told)
            self._bell.notify_all()

    def _committed(self, _connection: object, record: ConnectionPoolEntry) -> None:
        """A connection is given back, so its transaction is over and everybody sees what it did."""
        if record.info.pop(WROTE, False):
            for watcher in self._watchers:
                watcher.tell()
        if told := record.info.pop(TOLD, None):
            self._told(told)


def _note_write(connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
    if statement.lstrip().startswith(("INSERT", "UPDATE", "DELETE")):
        connection.info[WROTE] = True


def _forget(connection: Connection) -> None:
    connection.info.pop(TOLD, None)
