"""A program that stays, and is talked to in lines."""

import contextlib
import queue
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from musings.errors import CommandError
from musings.process.draining import KEPT_BYTES, Drain
from musings.process.groups import GRACE_SECONDS, POLL_SECONDS, end, start
from musings.process.identity import identity, resident_bytes
from musings.process.running import ending


class Conversation:
    """A program that stays and is talked to in lines: one in on its stdin, lines back on its stdout.

    It runs in a process group of its own, which ``kill`` ends whole. ``identity`` names it (see :func:`identity`).
    Raises ``CommandError`` when it cannot be started. One thread may talk to it at a time. A line beyond
    ``most_line_bytes`` is not kept; ``receive`` raises ``CommandError`` for it.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        most_line_bytes: int | None = None,
    ) -> None:
        self._words = tuple(command)
        self._most_line_bytes = most_line_bytes
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        # The beginning of a line whose end has not come yet.
        self._part = b""
        self._whispered = bytearray()
        # Guards what is written on stderr: a thread of its own reads it.
        self._told = threading.Condition()
        self._tell: Callable[[bytes], None] = lambda chunk: None
        self._trouble: BaseException | None = None
        # Set once, and for good: nobody knows where in the stream the next answer begins.
        self._endless: CommandError | None = None
        self._child = start(self._words, cwd, env, subprocess.PIPE)
        self.identity = identity(self._child.pid)
        self._out = Drain(self._child.stdout, self._split)
        self._err = Drain(self._child.stderr, self._whisper)

    @property
    def ended(self) -> bool:
        return self._child.poll() is not None

    @property
    def resident_bytes(self) -> int:
        """The memory it holds now, its children left out; 0 when it has ended."""
        return resident_bytes(self._child.pid)

    def send(self, line: str, on_stderr: Callable[[bytes], None] = lambda chunk: None) -> None:
        """Give it one line; what it writes on stderr is collected from here. Raises ``CommandError`` when it is gone.

        ``on_stderr`` sees what it writes there from now on, raw, on a thread of its own; what it raises comes out of
        ``receive``.
        """
        with self._told:
            # Counted from each request on, so that an error shows the words of this request and not of an earlier one.
            self._whispered.clear()
            self._tell, self._trouble = on_stderr, None
        try:
            assert self._child.stdin is not None  # noqa: S101 (it was started with a pipe)
            self._child.stdin.write(line.encode() + b"\n")
            self._child.stdin.flush()
        except OSError as error:
            raise self._gone() from error

    def receive(self, check: Callable[[], None] = lambda: None) -> str:
        """The next line that it says. ``check`` is called about ten times a second; what it raises is raised again.

        Raises ``CommandError`` when it ends before it says anything.
        """
        while True:
            check()
            # Raised here because the reading thread has no caller.
            if self._trouble is not None:
                raise self._trouble
            # Asked before the queue: what it wrote just before its end is then read below and not lost.
            over = self.ended
            if over:
                self._out.text()  # all that it said is in the queue then
            # A short wait, so that ``check`` can end a program that says nothing.
            with contextlib.suppress(queue.Empty):
                return self._lines.get(timeout=0 if over else POLL_SECONDS)
            if self._endless is not None:
                raise self._endless
            if over:
                raise self._gone()

    def whispered(self, mark: str = "") -> str:
        """What it wrote on stderr since the last ``send``, up to a mark that it puts there, or its end."""
        # The mark is written to stderr by the program and may come after its answer on stdout: the two pipes race.
        wanted, deadline = mark.encode(), time.monotonic() + GRACE_SECONDS
        with self._told:
            while wanted not in self._whispered and not self.ended and time.monotonic() < deadline:
                self._told.wait(POLL_SECONDS)
        if self.ended:
            self._err.text()
        with self._told:
            text, _, _ = bytes(self._whispered).partition(wanted) if wanted else (bytes(self._whispered), b"", b"")
        return text.decode("utf-8", "replace")

    def kill(self) -> None:
        """End it and its whole group now; nothing happens when it has ended."""
        with contextlib.suppress(OSError):
            assert self._child.stdin is not None  # noqa: S101 (it was started with a pipe)
            # Closed first: a program that waits for its next line ends by itself, without a signal.
            self._child.stdin.close()
        end(self._child)

    def _split(self, chunk: bytes) -> None:
        if self._endless is not None:
            return
        *whole, self._part = (self._part + chunk).split(b"\n")
        # ``replace``: a program may print any bytes, and a wrong one must not end the attempt.
        for line in whole:
            self._lines.put(line.decode("utf-8", "replace"))
        if self._most_line_bytes is not None and len(self._part) > self._most_line_bytes:
            message = f"{Path(self._words[0]).name} said more than {self._most_line_bytes:,} bytes in one line."
            self._endless = CommandError(message, command=self._words, code=None)
            self._part = b""

    def _whisper(self, chunk: bytes) -> None:
        with self._told:
            # Called outside the lock: the callback may log or store and take its time.
            tell = self._tell
        try:
            tell(chunk)
        # Not told again after it raised: each chunk would raise anew.
        except BaseException as error:  # noqa: BLE001 (``receive`` raises it on its caller's thread)
            self._trouble, self._tell = error, lambda chunk: None
        with self._told:
            self._whispered += chunk
            # Bounded, because a program may print for hours between two requests.
            del self._whispered[:-KEPT_BYTES]
            self._told.notify_all()

    def _gone(self) -> CommandError:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._child.wait(GRACE_SECONDS)  # a closed pipe comes a moment before the end
        code = self._child.poll()
        said = "stopped listening" if code is None else f"ended with {ending(code)}"
        message = f"{Path(self._words[0]).name} {said}."
        return CommandError(message, command=self._words, code=code, stderr=self.whispered())
