"""Programs that run beside us, and what becomes of them, and of us, when the other dies."""

import os
import shlex
import signal
import stat
import subprocess
import threading
from collections.abc import Mapping, Sequence

LIFELINE = "MUSINGS_LIFELINE"
"""The variable of the environment that tells a companion the number of its lifeline."""

Companion = subprocess.Popen[bytes]
"""A program that :func:`spawn` started."""


class Lifeline:
    """A pipe whose one writing end this process holds, so that its companions learn of our death, however it comes.

    The kernel closes the end with us, also after SIGKILL, on every system. Nothing is ever written.
    """

    def __init__(self) -> None:
        # A pipe and not a signal of the kernel's (``prctl``): that exists on Linux only, and is tied to one thread.
        self.reader, self._writer = os.pipe()  # neither is inherited, unless ``spawn`` hands the reader down


def spawn(
    command: Sequence[str], *, env: Mapping[str, str] | None = None, lifeline: Lifeline | None = None
) -> Companion:
    """Start a companion that shares our terminal output; the caller watches and ends it.

    With a ``lifeline`` it ends by itself when we die, if it calls :func:`end_with_parent`.
    """
    if lifeline is None:
        # A session of its own: Ctrl+C at the terminal must reach us alone, so that we end our companions in order.
        return subprocess.Popen(tuple(command), env=env, start_new_session=True)  # noqa: S603 (a list of words)
    told = {**(os.environ if env is None else env), LIFELINE: str(lifeline.reader)}
    return subprocess.Popen(  # noqa: S603 (a list of words)
        tuple(command), env=told, start_new_session=True, pass_fds=(lifeline.reader,)
    )


def end_with_parent() -> None:
    """Send ourselves SIGTERM when the parent that gave us a lifeline is gone; without one nothing happens.

    What we start ourselves does not inherit the line.
    """
    # Popped, so that what this process starts does not take the line for its own.
    told = os.environ.pop(LIFELINE, "")
    if not told.isdecimal():
        return
    reader = int(told)
    try:
        # The variable may be left over from an older environment, and the number then be any file, even a terminal.
        is_pipe = stat.S_ISFIFO(os.fstat(reader).st_mode)
        os.set_inheritable(reader, False)
    except OSError:
        return
    if is_pipe:
        threading.Thread(target=_wait_for_the_end, args=(reader,), daemon=True, name="lifeline").start()


def _wait_for_the_end(reader: int) -> None:
    # Nothing is ever written: the read returns only when the last writing end is closed, which is our parent's death.
    while os.read(reader, 1):
        pass
    # SIGTERM and not an exit: the companion ends as it does when it is asked to.
    os.kill(os.getpid(), signal.SIGTERM)


def become(command: Sequence[str], env: Mapping[str, str] | None = None) -> None:
    """Replace this process by another program; signals and the exit code pass through."""
    # The same process: a service manager goes on watching the pid that it started.
    os.execvpe(command[0], list(command), dict(env or os.environ))  # noqa: S606 (a list of words)


def shown(command: Sequence[str]) -> str:
    """A command as a person would type it, for logs only."""
    return shlex.join(command)
