"""The embedded engine: the table is the queue, one runner holds an OS lock, new rows are seen by polling.

Polling asks SQLite whether anybody committed (``PRAGMA data_version``, microseconds); the queue itself is looked at
only then, and every few seconds for prompts whose time has come.
"""

import threading
import time
from collections.abc import Callable, Collection
from datetime import datetime

from musings import logs
from musings.errors import StoreError
from musings.files.media_root import MediaRoot
from musings.models import Kind, Prompt
from musings.process import kill_group
from musings.sqlite.lock import RunnerLock
from musings.store.database import Database
from musings.store.queue import admission, claims, pause, recovery, stages, states

POLL_SECONDS = 0.05


class SqliteEngine:
    def __init__(self, database: Database, media_root: MediaRoot, default_attempts: int) -> None:
        if database.path is None:
            raise StoreError("A database in memory has no queue that a runner could lock.")
        self._database = database
        self._media_root = media_root
        self._default_attempts = default_attempts
        self._lock = RunnerLock(database.path)
        self._wake = threading.Event()
        self._seen = -1

    def start(self) -> int:
        self._lock.acquire()
        try:
            self._media_root.prepare()
            return self._recover()
        except BaseException:
            self._lock.release()
            raise

    def stop(self) -> None:
        self._lock.release()

    def claim(
        self,
        kinds: Collection[Kind],
        *,
        without: Collection[claims.Recipe] = (),
        only: int | None = None,
        makers: Callable[[Kind], Callable[[Prompt], str | None]] = lambda _kind: lambda _prompt: None,
    ) -> Prompt | None:
        self._admit()
        if not kinds or self._database.reading(pause.is_paused):
            return None
        kind = self._database.reading(claims.kind_due, kinds, without=without, only=only)
        if kind is None:
            return None  # so that an idle runner only reads
        return self._database.writing_relaxed(claims.claim, kinds, without=without, only=only, maker_of=makers(kind))

    def next_due(self, kinds: Collection[Kind]) -> datetime | None:
        self._admit()
        return self._database.reading(claims.next_due, kinds)

    def wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if self._wake.wait(min(POLL_SECONDS, left)):
                self._wake.clear()
                return
            version = self._database.version_of_data()
            if version != self._seen:
                self._seen = version
                return

    def wake(self) -> None:
        self._wake.set()

    def _admit(self) -> None:
        """Take in what other programs left: new rows, and rows that wait between two stages."""
        with self._database.read() as connection:
            left = admission.are_outside(connection) or stages.are_between(connection)
        if left:
            with self._database.write() as connection:
                admission.admit(connection, self._default_attempts)
                stages.take_up(connection, self._default_attempts)

    def _recover(self) -> int:
        """Clean up after attempts whose runner died: their processes, their half-made files, their rows."""
        log = logs.get("worker")
        for orphan in self._database.reading(recovery.orphans):
            running = orphan.status == states.AttemptStatus.RUNNING
            if running and orphan.external_id and orphan.external_id.startswith("process:"):
                kill_group(orphan.external_id.removeprefix("process:"))
            if orphan.directory:
                self._media_root.discard_place(orphan.directory)
            if running:
                log.warning("attempt lost, its worker died", prompt=orphan.prompt_id, attempt=orphan.attempt)
        self._media_root.clear_attempts()
        return self._database.writing(recovery.recover, self._default_attempts)
