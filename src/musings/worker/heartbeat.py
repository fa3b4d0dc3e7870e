"""The worker's sign of life while it lasts."""

import contextlib
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from musings.errors import StoreError
from musings.models import Kind
from musings.process import identity
from musings.store.database import Database
from musings.store.queue import workers


@contextmanager
def heartbeat(database: Database, worker_id: str, pid: int, kinds: Collection[Kind]) -> Iterator[None]:
    """Sign in, beat on a thread, and sign out at the end."""
    database.writing(workers.sign_in, worker_id, identity(pid), ",".join(kinds))
    done = threading.Event()
    # A thread of its own: the engine's loop may wait for long, and a worker that waits is not dead.
    heart = threading.Thread(target=_beat, args=(database, worker_id, done), daemon=True, name="heartbeat")
    heart.start()
    try:
        yield
    finally:
        # In this order: a beat after the sign-out would find no row, and one in flight must not outlive the database.
        done.set()
        heart.join()
        # The row is only a courtesy: after a few silent seconds it counts as dead by itself.
        with contextlib.suppress(StoreError):
            database.writing(workers.sign_out, worker_id)


def _beat(database: Database, worker_id: str, done: threading.Event) -> None:
    while not done.wait(workers.HEARTBEAT_SECONDS):
        with contextlib.suppress(StoreError):  # the loop says it aloud
            database.writing_relaxed(workers.beat, worker_id)
