"""The one door to the decoding of what others made: in a process of its own, bounded in memory and time (ADR 16).

A file that needs more than that, or that brings its decoder down, is at fault, and the error says so in words. A child
that somebody else ends is no fault of the file: it is asked again, by a new child.
"""

import atexit
import contextlib
import json
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from musings.errors import CommandError, PassingFault, TimedOut
from musings.media.decoder_deaths import Deaths
from musings.media.decoder_process import COMMAND, Check, DecoderProcess, Found, meant

MEMORY_BYTES = 2_000_000_000
"""For one file, the program itself included: a picture of ``pictures.MOST_PIXELS`` takes up to 1.2 GB."""
CPU_SECONDS = 600.0
WALL_SECONDS = 1800.0
"""For one file; long, because the machine may be busy and the disk slow."""
MOST_CHILDREN = 2
PATIENCE_SECONDS = 1.0
"""How long a file waits for the first child before it gets the second: a long film must not keep a picture waiting."""
SURVIVAL_SECONDS = 600.0
"""For so long a file counts that was read although a child had been ended over it."""
MOST_FILES = 500
"""For one child: what decoders leak ends with it."""


class Decoder:
    """At most ``children`` processes, started when they are needed. Safe from any thread.

    The bounds are for one file each: ``memory_bytes``, ``cpu_seconds``, and ``wall_seconds`` by the clock.
    """

    def __init__(
        self,
        *,
        memory_bytes: int = MEMORY_BYTES,
        cpu_seconds: float = CPU_SECONDS,
        wall_seconds: float = WALL_SECONDS,
        children: int = MOST_CHILDREN,
        files: int = MOST_FILES,
        command: Sequence[str] = COMMAND,
    ) -> None:
        self._memory_bytes, self._cpu_seconds, self._wall_seconds = memory_bytes, cpu_seconds, wall_seconds
        self._command = (*command, str(memory_bytes))
        self._children, self._files = children, files
        # Guards the two below; told when a child is idle, or gone.
        self._changed = threading.Condition()
        self._idle: list[DecoderProcess] = []
        self._count = 0
        self._survived_at = float("-inf")

    def ask(self, task: str, path: Path, check: Check = lambda: None, **arguments: object) -> Found:
        """What a task of ``decoding_tasks`` finds in a file.

        ``check`` is called about ten times a second, and what it raises ends the child and is raised again. Raises what
        the task raises; ``UserFault`` for a file that cannot be decoded within the bounds or that brings the decoder
        down; ``PassingFault`` when the child is ended from outside again and again or does not start, and ``TimedOut``
        after ``wall_seconds``.
        """
        request = {"task": task, "path": str(path.absolute()), "arguments": arguments, "cpu_seconds": self._cpu_seconds}
        ends, check = Deaths(path.name, self._others_survived), self._limited(path, check)
        while (answer := self._answer(json.dumps(request), check, ends)) is None:
            pass
        if ends.kills:
            self._survived_at = time.monotonic()
        return meant(answer)

    def prepare(self) -> None:
        """Have a child ready for a file that is about to come; whether it can be is found out with the file."""
        with self._changed:
            if self._count:
                return
            self._count += 1
        with contextlib.suppress(PassingFault):
            self._give_back(self._new())

    def close(self) -> None:
        """End what waits for work; whoever asks again starts anew."""
        with self._changed:
            idle, self._idle = self._idle, []
        for child in idle:
            self._drop(child)

    def _others_survived(self) -> bool:
        """Whether somebody ends children whatever they read. A file that ends them itself never gets so far."""
        return time.monotonic() - self._survived_at < SURVIVAL_SECONDS

    def _answer(self, request: str, check: Check, ends: Deaths) -> Found | None:
        """What a child answers; None where the file has to be asked about once more."""
        child = self._taken(check, fresh=ends.blames)
        try:
            answer = child.asked(request, check)
        except CommandError as error:
            self._drop(child)
            ends.died(error)
            return None
        except BaseException:
            self._drop(child)
            raise
        if "memory" in answer:
            self._drop(child)
            # What an earlier file has left behind is no fault of this one.
            ends.wanted_memory(self._memory_bytes, fresh=child.files == 1)
            return None
        if child.files >= self._files:
            self._drop(child)
        else:
            self._give_back(child)
        return answer

    def _taken(self, check: Check, *, fresh: bool) -> DecoderProcess:
        impatient_at = time.monotonic() + PATIENCE_SECONDS
        while True:
            with self._changed:
                idle = self._idle.pop() if self._idle else None
                is_room = self._count == 0 or (self._count < self._children and time.monotonic() >= impatient_at)
                if idle is None and is_room:
                    self._count += 1
                    break
                if idle is None:
                    self._changed.wait(0.1)
            if idle is not None and not fresh and idle.is_usable:
                return idle
            if idle is not None:
                self._drop(idle)
            check()
        return self._new()

    def _new(self) -> DecoderProcess:
        """A child that was counted already."""
        try:
            return DecoderProcess(self._command)
        except CommandError as error:
            self._uncount()
            raise PassingFault(f"The decoder could not be started: {error}", log=error.stderr) from error

    def _give_back(self, child: DecoderProcess) -> None:
        with self._changed:
            self._idle.append(child)
            self._changed.notify()

    def _drop(self, child: DecoderProcess) -> None:
        child.kill()
        self._uncount()

    def _uncount(self) -> None:
        with self._changed:
            self._count -= 1
            self._changed.notify()

    def _limited(self, path: Path, check: Check) -> Check:
        ends = time.monotonic() + self._wall_seconds

        def limited() -> None:
            check()
            if time.monotonic() > ends:
                raise TimedOut(f"{path.name} could not be decoded within {self._wall_seconds:g} s.")

        return limited


_SHARED = Decoder()
atexit.register(_SHARED.close)


def ask(task: str, path: Path, check: Check = lambda: None, **arguments: object) -> Found:
    """As :meth:`Decoder.ask`, of the children that this whole process shares."""
    return _SHARED.ask(task, path, check, **arguments)


def prepare() -> None:
    """As :meth:`Decoder.prepare`."""
    _SHARED.prepare()


def close() -> None:
    """End the children that this process shares, where they wait for work."""
    _SHARED.close()
