"""A program in a process group of its own: how it is started, and how it ends with everything that it started."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from musings.errors import CommandError
from musings.process.identity import alive, descendants

# How soon a cancel reaches a program that says nothing.
POLL_SECONDS = 0.1
# Programs on a graphics card take a moment to let go of it; longer would delay the worker's own stop.
GRACE_SECONDS = 5.0


def start(
    words: tuple[str, ...], cwd: Path | None, env: Mapping[str, str] | None, stdin: int
) -> subprocess.Popen[bytes]:
    """Start a program with pipes for its output. Raises ``CommandError`` when it cannot be."""
    try:
        return subprocess.Popen(  # noqa: S603 (a list of words, no shell)
            words,
            cwd=cwd,
            env=None if env is None else dict(env),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # A session and so a group of its own: it can be killed whole, and Ctrl+C at our terminal does not reach it.
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        message = f"{words[0]} could not be started: {reason}."
        # The system's message names the program and not the folder, which would send the reader the wrong way.
        if cwd is not None and not cwd.is_dir():
            message = f"{words[0]} could not be started in {cwd}: there is no such folder."
        raise CommandError(message, command=words, code=None) from error


def end(child: subprocess.Popen[bytes]) -> None:
    """Stop a child if it still runs, and all that came from it: ask, wait, insist."""
    # Noted while it lives: afterwards its children belong to process 1 and can no longer be found.
    strays = descendants(child.pid) if child.poll() is None else []
    for stop in (signal.SIGTERM, signal.SIGKILL):
        if child.poll() is not None:
            break
        with contextlib.suppress(ProcessLookupError, PermissionError):
            # The group and not the process: shells and Python launchers do not pass signals on.
            os.killpg(child.pid, stop)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(GRACE_SECONDS)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)  # grandchildren that outlived their parent
    _kill(strays)


def kill_group(who: str) -> bool:
    """Kill the group of an orphan named by ``identity``; False when it was gone already."""
    # The identity and not the pid alone: a pid that is used again would be an innocent program.
    if not alive(who):
        return False
    pid = int(who.partition(":")[0])
    strays = descendants(pid)
    for stop in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, stop)
        deadline = time.monotonic() + GRACE_SECONDS
        # Watched by looking: it is not our child, so that nothing tells us of its end.
        while alive(who) and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
    _kill(strays)
    return not alive(who)


def _kill(strays: list[str]) -> None:
    """End processes that left the group of their ancestor for one of their own."""
    for who in strays:
        if alive(who):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                # At once: they had their chance with SIGTERM to their ancestor.
                os.kill(int(who.partition(":")[0]), signal.SIGKILL)
