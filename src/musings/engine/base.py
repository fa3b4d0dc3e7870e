"""The seam between the queue and its workers: what an engine offers, and what it is given to run.

The row of ``prompts`` is the state machine on every engine, so ending a prompt is the store's and not here. An engine
decides who runs which prompt and when: one polls the table, another is told of each row and pushes it to its own
workers. Callers of an engine know these protocols and no implementation; ``musings.engine.registry`` names those.
"""

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from musings.models import Kind, Prompt
from musings.store.queue.claims import Recipe
from musings.store.queue.due import Enqueues
from musings.store.queue.workers import WorkerIdentity

Process = Callable[[Prompt], object]
"""Runs the attempt of a prompt that was claimed and taken to its end, on the caller's thread. Raises nothing."""


@dataclass(frozen=True)
class Room:
    """What may start now: a prompt of ``kinds``, but of none of the recipes in ``without``, whose makers are busy.

    No kinds: nothing may. ``only`` names the single prompt that may, ``but`` those that may not.
    """

    kinds: tuple[Kind, ...]
    without: frozenset[Recipe] = frozenset()
    # One at most: a suspected prompt runs alone, so that a crash can be blamed on it and on no other.
    only: int | None = None
    # Suspects whose time has not come: one that became due between two looks would run beside others.
    but: frozenset[int] = frozenset()


class Slots(Protocol):
    """How many prompts run at a time. An engine asks ``room`` and calls ``take`` on one thread at a time."""

    @property
    def running(self) -> int:
        """How many prompts were taken and have not ended."""

    def kinds(self) -> list[Kind]:
        """The kinds that this worker may start at all now."""

    def room(self) -> Room:
        """What may start beside all that runs. Ask anew for each claim: a room with ``only`` is given once."""

    # In two steps, because finding out may read workflow files, and the second step runs inside a write transaction.
    def makers_of(self, kind: Kind) -> Callable[[Prompt], str | None]:
        """A function that says what will make a prompt of this kind. This call may take time, the function does not."""

    def take(self, prompt: Prompt) -> None:
        """Count a claimed prompt as running, until ``Process`` has run it to its end or it is given up on."""

    def on_room(self, tell: Callable[[], None]) -> None:
        """Have ``tell`` called, from any thread, whenever there may be room that was not there before."""


class WorkerSession(Protocol):
    """The worker around an engine's loop: what is to be done before, beside and after prompts."""

    @property
    def identity(self) -> WorkerIdentity:
        """Who claims."""

    # Ids and not a count: with several workers only the attempts of the dead ones may be taken over.
    def open(self, living: Collection[str] = ()) -> AbstractContextManager[None]:
        """Enter it when this engine may work on the queue, leave it when nothing new is started any more.

        Entering takes up what dead workers left: every running attempt but those of the workers in ``living``, by
        their ids. Leaving gives what runs its time to end, and asks it to stop after that.
        """

    def admit(self) -> int:
        """Take in what other programs left in the table; returns how many rows. Each is told to ``enqueue``."""


class Changes(Protocol):
    """Says that something in the queue may have changed. Each watcher has one of its own, which is told once."""

    # Cheap enough for a loop: it is asked many times a second, also while nothing happens.
    def changed(self) -> bool:
        """Whether anything may have changed since the last answer; True the first time. Costs microseconds."""

    def wait(self, seconds: float) -> bool:
        """Return True when something may have changed, and False after so many seconds or a ``wake``."""

    def wake(self) -> None:
        """End a ``wait`` now, or the next one; safe from any thread."""


class Engine(Enqueues, Protocol):
    """One engine of one database; ``enqueue`` is called, in the same transaction, for each row that becomes due."""

    def run(self, process: Process, slots: Slots, session: WorkerSession, *, drain: bool) -> None:
        """Work on the queue until ``stop``, or with ``drain`` until nothing is due any more.

        Raises ``LockedError`` when another runner works on this queue and the engine allows one.
        """

    def stop(self) -> None:
        """Have ``run`` start nothing new and return; from any thread, also before it began."""

    def changes(self) -> Changes:
        """For a watcher of the queue, in the runner's process or in another one."""

    def alive(self) -> bool:
        """Whether a runner, of whatever process, works on this queue."""
