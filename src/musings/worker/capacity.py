"""What there is room for now, beside what runs: the ``MakerSlots`` of an engine."""

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

from musings.engine.base import Room
from musings.models import Kind, Prompt
from musings.worker.running import RunningAttempts
from musings.worker.slots import MakerSlots

NO_ROOM = Room(())
LATE_SECONDS = 0.2
"""After a suspect's time, until it has its turn: by the clock of the database it is surely due then."""


class Capacity:
    """``allowed`` says which of these kinds may start at all now. ``on_take`` is told what will make a taken prompt.

    ``suspects`` are prompts beside which the worker has died before: each runs with nothing beside it, so that no
    other can be blamed with it, or for it. One that cannot start at its turn is a prompt like any other. One whose time
    has not come is told to ``expect``: others run until then.
    """

    def __init__(
        self,
        slots: MakerSlots,
        attempts: RunningAttempts,
        kinds: Collection[Kind],
        allowed: Callable[[Collection[Kind]], list[Kind]],
        on_take: Callable[[str | None], None] = lambda maker: None,
    ) -> None:
        self._slots = slots
        self._attempts = attempts
        self._kinds = tuple(kinds)
        self._allowed = allowed
        self._on_take = on_take
        self._suspect: int | None = None  # whose turn it is
        self._alone: int | None = None  # that runs with nothing beside it
        self._expected: dict[int, float] = {}
        self.suspects: list[int] = []

    def expect(self, suspects: Mapping[int, float]) -> None:
        """Suspects that are due in so many seconds."""
        now = time.monotonic()
        self._expected |= {each: now + seconds + LATE_SECONDS for each, seconds in suspects.items()}

    @property
    def running(self) -> int:
        return len(self._attempts)

    def kinds(self) -> list[Kind]:
        return self._allowed(self._kinds)

    def room(self) -> Room:
        running = self._attempts.listed()
        if self._alone not in {each.prompt.id for each in running}:
            # It has ended, so that others may run again. Found by looking, so that no ending can forget to say it.
            self._alone = None
        self._suspect = None
        self._call_expected()
        if self.suspects:
            # Never beside others: if the worker dies now, every prompt that runs would be counted as a suspect.
            return NO_ROOM if running else self._for_suspect()
        # Twice the places, because attempts that store their results hold no place but still cost memory and threads.
        if self._alone is not None or len(running) >= 2 * self._slots.total():
            return NO_ROOM
        # What is made already only stores its result: the server or the card is free for the next prompt.
        making = [(each.prompt.kind or Kind.TEXT, each.maker) for each in running if not each.context.made.is_set()]
        return replace(self._slots.room(making, self.kinds()), but=frozenset(self._expected))

    def makers_of(self, kind: Kind) -> Callable[[Prompt], str | None]:
        return self._slots.makers_of(kind)

    def take(self, prompt: Prompt) -> None:
        # Asked before the attempt is counted: the answer may take its time, and no lock is held yet.
        maker = self._slots.maker_of(prompt)
        self._on_take(maker)
        self._alone = prompt.id if prompt.id == self._suspect else None
        self._attempts.take(prompt, maker)

    def on_room(self, tell: Callable[[], None]) -> None:
        self._attempts.tell_room = tell

    def _call_expected(self) -> None:
        now = time.monotonic()
        for each in [each for each, due in self._expected.items() if due <= now]:
            del self._expected[each]
            self.suspects.append(each)

    def _for_suspect(self) -> Room:
        # Taken off the list whether it starts or not: one that was cancelled must not block the queue.
        self._suspect = self.suspects.pop(0)
        return Room(tuple(self.kinds()), only=self._suspect)
