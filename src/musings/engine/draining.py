"""When a drain is over."""

from collections.abc import Collection

from musings.errors import DiskError, StoreError
from musings.models import Kind
from musings.store import times
from musings.store.chains import runs
from musings.store.database import Database
from musings.store.queue import accounts, claims, pause

WAIT_SECONDS = 120.0
# A configuration does not change while a drain waits; a server that restarts is often back within seconds.
WAIT_SECONDS_FOR = {"configuration": 0.0, "disk": 0.0, "comfyui": 15.0, "server": 15.0}
"""How long a drain waits for what prompts wait for; for another try of one it waits ``WAIT_SECONDS``."""
DISK_SECONDS = 15.0
"""How long it waits for the disk of the database itself."""


def longest_wait(error: StoreError) -> float:
    """How long a drain waits for a database that fails so, in seconds. A disk seldom mends itself, a lock goes."""
    return DISK_SECONDS if isinstance(error, DiskError) else WAIT_SECONDS


def is_drained(database: Database, kinds: Collection[Kind]) -> bool:
    """Whether nothing waits but prompts whose time is far, or for what no patience brings. Ask when nothing runs."""
    # Nothing is started while the queue is paused, so that waiting for it to end would never end.
    if database.reading(pause.is_paused):
        return True
    # The last prompt may have ended after the last look: what it made due is not in the queue yet.
    if database.reading(runs.are_due):
        return False
    now = times.now()
    due = database.reading(claims.next_due, kinds)
    if due is None or due <= now:
        # Something is due but there is no room for it now: the drain goes on.
        return due is None
    return all(
        (at - now).total_seconds() > WAIT_SECONDS_FOR.get(what or "", WAIT_SECONDS)
        for what, at in database.reading(accounts.put_off, kinds).items()
    )
