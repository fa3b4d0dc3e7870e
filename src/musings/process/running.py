"""A program from its start to its end: output, a time limit, and a ``check`` that can stop it at any moment."""

import contextlib
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from musings.errors import CommandError, TimedOut
from musings.process.draining import Drain, feed
from musings.process.groups import POLL_SECONDS, end, start
from musings.process.identity import identity


@dataclass(frozen=True)
class Completed:
    """A program that ended with code 0. ``stdout`` and ``stderr`` hold the last megabyte of each."""

    command: tuple[str, ...]
    code: int
    stdout: str
    stderr: str
    seconds: float


def run(
    command: Sequence[str],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: bytes | None = None,
    timeout: float | None = None,
    check: Callable[[], None] = lambda: None,
    on_start: Callable[[str], None] = lambda identity: None,
    on_stdout: Callable[[bytes], None] | None = None,
    on_stderr: Callable[[bytes], None] | None = None,
) -> Completed:
    """Run a program to its end.

    ``check`` is called about ten times a second; what it raises stops the program and is raised again.
    ``on_start`` receives the identity of the child (see :func:`identity`) before anything is waited for.
    ``on_stdout`` and ``on_stderr`` see raw output as it comes, on a thread of their own; what they raise stops the
    program as well.

    Raises ``CommandError`` when the program is missing, cannot start or ends with a code other than 0, and
    ``TimedOut`` after ``timeout`` seconds. In every case the whole process group is gone on return.
    """
    words = tuple(command)
    started = time.monotonic()
    child = start(words, cwd, env, subprocess.DEVNULL if stdin is None else subprocess.PIPE)
    # Both pipes are read from the start: a program that fills one blocks when nobody reads it.
    out, err = Drain(child.stdout, on_stdout), Drain(child.stderr, on_stderr)
    # On a thread: a large input fills the pipe before the program reads, and our ``check`` would wait with it.
    feeder = threading.Thread(target=feed, args=(child.stdin, stdin), daemon=True)
    feeder.start()
    try:
        # Before anything is waited for: the identity has to be in the database before the worker can die.
        on_start(identity(child.pid))
        while child.poll() is None:
            check()
            out.raise_trouble()
            err.raise_trouble()
            if timeout is not None and time.monotonic() - started > timeout:
                raise TimedOut(f"{Path(words[0]).name} took longer than {timeout:.0f} s and was stopped.")
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(POLL_SECONDS)
    finally:
        # In every case, also after a normal end: children that it left in its group are ended as well.
        end(child)
        # Bounded: what it feeds may never be read to its end.
        feeder.join(1)
        stdout, stderr = out.text(), err.text()
    # Once more: what the last chunk raised came after the last look of the loop.
    out.raise_trouble()
    err.raise_trouble()
    if child.returncode != 0:
        message = f"{Path(words[0]).name} ended with {ending(child.returncode)}."
        raise CommandError(message, command=words, code=child.returncode, stdout=stdout, stderr=stderr)
    return Completed(words, child.returncode, stdout, stderr, time.monotonic() - started)


def ending(code: int) -> str:
    """How a program ended, in words: ``exit code 1``, ``signal SIGKILL``."""
    if code >= 0:
        return f"exit code {code}"
    with contextlib.suppress(ValueError):
        return f"signal {signal.Signals(-code).name}"
    return f"signal {-code}"
