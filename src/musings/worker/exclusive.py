"""Something that this host has once: how an attempt waits until nobody else holds it."""

from collections.abc import Iterator
from contextlib import contextmanager

from musings.errors import LockedError
from musings.makers.base import Context
from musings.store.dialect import AdvisoryLock


@contextmanager
def exclusively(lock: AdvisoryLock, context: Context, stage: str) -> Iterator[None]:
    """Hold ``lock`` within the block; while somebody else does, ``stage`` is shown and the log names the holder.

    Raises what ``context.check`` raises while it waits, and ``StoreError`` where the lock cannot be made.
    """
    _wait_for(lock, context, stage)
    try:
        yield
    finally:
        lock.release()


def _wait_for(lock: AdvisoryLock, context: Context, stage: str) -> None:
    is_said = False
    while True:
        try:
            # It looks for a fifth of a second before it gives up: this loop neither spins nor misses a cancel.
            lock.acquire()
        except LockedError as error:
            context.check()
            if not is_said:
                context.log(str(error))
                is_said = True
            context.progress(0, 1, stage)
        else:
            return
