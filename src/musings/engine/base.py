"""What an engine offers the runner.

The row of ``prompts`` is the state machine on every engine (DESIGN D1), so finishing is the store's and not here: an
engine only says who may run, what runs next and when to look again.
"""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Protocol

from musings.files.media_root import MediaRoot
from musings.models import Kind, Prompt
from musings.store.database import Database
from musings.store.queue.claims import Recipe


class Engine(Protocol):
    def __init__(self, database: Database, media_root: MediaRoot, default_attempts: int) -> None: ...

    def start(self) -> int:
        """Become the runner and recover what a dead one left; returns how many prompts that were.

        Raises ``LockedError`` when another runner works on this queue.
        """

    def stop(self) -> None:
        """Stop being the runner."""

    def claim(
        self,
        kinds: Collection[Kind],
        *,
        without: Collection[Recipe] = (),
        only: int | None = None,
        makers: Callable[[Kind], Callable[[Prompt], str | None]] = lambda _kind: lambda _prompt: None,
    ) -> Prompt | None:
        """Take the next due prompt as ``store.queue.claim`` does, or None (also while the queue is paused).

        ``makers`` is asked for the kind that is next, before anything is locked: it may take its time, and returns what
        says of a prompt what will make it.
        """

    def next_due(self, kinds: Collection[Kind]) -> datetime | None:
        """When the earliest waiting prompt may start; None when none waits."""

    def wait(self, seconds: float) -> None:
        """Return when something may have changed, at the latest after so many seconds."""

    def wake(self) -> None:
        """End a ``wait`` now; safe from any thread and from a signal handler."""
