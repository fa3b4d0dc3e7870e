"""The only door to subprocess.

A list of arguments, never a shell string; a process group of its own that is killed whole; output drained while
the program runs; a time limit and a ``check`` that can stop it at any moment.
"""

import contextlib
import os
import queue
import shlex
import signal
import stat
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from musings.errors import CommandError, TimedOut

POLL_SECONDS = 0.1
GRACE_SECONDS = 5.0
KEPT_BYTES = 1_000_000

LIFELINE = "MUSINGS_LIFELINE"
"""The variable of the environment that tells a companion the number of its lifeline."""

Companion = subprocess.Popen[bytes]
"""A program that :func:`spawn` started."""


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
    child = _start(words, cwd, env, subprocess.DEVNULL if stdin is None else subprocess.PIPE)
    out, err = _Drain(child.stdout, on_stdout), _Drain(child.stderr, on_stderr)
    feeder = threading.Thread(target=_feed, args=(child.stdin, stdin), daemon=True)
    feeder.start()
    try:
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
        _end(child)
        feeder.join(1)
        stdout, stderr = out.text(), err.text()
    out.raise_trouble()
    err.raise_trouble()
    if child.returncode != 0:
        message = f"{Path(words[0]).name} ended with {_said(child.returncode)}."
        raise CommandError(message, command=words, code=child.returncode, stdout=stdout, stderr=stderr)
    return Completed(words, child.returncode, stdout, stderr, time.monotonic() - started)


class Conversation:
    """A program that stays and is talked to in lines: one in on its stdin, lines back on its stdout.

    It runs in a process group of its own, which ``kill`` ends whole. ``identity`` names it (see :func:`identity`).
    Raises ``CommandError`` when it cannot be started. One thread may talk to it at a time.
    """

    def __init__(
        self, command: Sequence[str], *, cwd: Path | None = None, env: Mapping[str, str] | None = None
    ) -> None:
        self._words = tuple(command)
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._part = b""
        self._whispered = bytearray()
        self._told = threading.Condition()
        self._tell: Callable[[bytes], None] = lambda chunk: None
        self._trouble: BaseException | None = None
        self._child = _start(self._words, cwd, env, subprocess.PIPE)
        self.identity = identity(self._child.pid)
        self._out = _Drain(self._child.stdout, self._split)
        self._err = _Drain(self._child.stderr, self._whisper)

    @property
    def ended(self) -> bool:
        return self._child.poll() is not None

    @property
    def resident_bytes(self) -> int:
        """The memory it holds now, its children left out; 0 when it has ended."""
        return _resident(self._child.pid)

    def send(self, line: str, on_stderr: Callable[[bytes], None] = lambda chunk: None) -> None:
        """Give it one line; what it whispers is counted from here. Raises ``CommandError`` when it is gone.

        ``on_stderr`` sees what it whispers from now on, raw, on a thread of its own; what it raises comes out of
        ``receive``.
        """
        with self._told:
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
            if self._trouble is not None:
                raise self._trouble
            over = self.ended
            if over:
                self._out.text()  # all that it said is in the queue then
            with contextlib.suppress(queue.Empty):
                return self._lines.get(timeout=0 if over else POLL_SECONDS)
            if over:
                raise self._gone()

    def whispered(self, mark: str = "") -> str:
        """What it wrote on stderr since the last ``send``, up to a mark that it puts there, or its end."""
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
            self._child.stdin.close()
        _end(self._child)

    def _split(self, chunk: bytes) -> None:
        *whole, self._part = (self._part + chunk).split(b"\n")
        for line in whole:
            self._lines.put(line.decode("utf-8", "replace"))

    def _whisper(self, chunk: bytes) -> None:
        with self._told:
            tell = self._tell
        try:
            tell(chunk)
        except BaseException as error:  # noqa: BLE001 (``receive`` raises it on its caller's thread)
            self._trouble, self._tell = error, lambda chunk: None
        with self._told:
            self._whispered += chunk
            del self._whispered[:-KEPT_BYTES]
            self._told.notify_all()

    def _gone(self) -> CommandError:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._child.wait(GRACE_SECONDS)  # a closed pipe comes a moment before the end
        code = self._child.poll()
        said = "stopped listening" if code is None else f"ended with {_said(code)}"
        message = f"{Path(self._words[0]).name} {said}."
        return CommandError(message, command=self._words, code=code, stderr=self.whispered())


class Lifeline:
    """A pipe whose one writing end this process holds, so that its companions learn of our death, however it comes.

    The kernel closes the end with us, also after SIGKILL, on every system. Nothing is ever written.
    """

    def __init__(self) -> None:
        self.reader, self._writer = os.pipe()  # neither is inherited, unless ``spawn`` hands the reader down


def spawn(
    command: Sequence[str], *, env: Mapping[str, str] | None = None, lifeline: Lifeline | None = None
) -> Companion:
    """Start a companion that shares our terminal output; the caller watches and ends it.

    With a ``lifeline`` it ends by itself when we die, if it calls :func:`end_with_parent`.
    """
    if lifeline is None:
        return subprocess.Popen(tuple(command), env=env, start_new_session=True)  # noqa: S603 (a list of words)
    told = {**(os.environ if env is None else env), LIFELINE: str(lifeline.reader)}
    return subprocess.Popen(  # noqa: S603 (a list of words)
        tuple(command), env=told, start_new_session=True, pass_fds=(lifeline.reader,)
    )


def end_with_parent() -> None:
    """Send ourselves SIGTERM when the parent that gave us a lifeline is gone; without one nothing happens.

    What we start ourselves does not inherit the line.
    """
    told = os.environ.pop(LIFELINE, "")
    if not told.isdecimal():
        return
    reader = int(told)
    try:
        is_pipe = stat.S_ISFIFO(os.fstat(reader).st_mode)
        os.set_inheritable(reader, False)
    except OSError:
        return
    if is_pipe:
        threading.Thread(target=_wait_for_the_end, args=(reader,), daemon=True, name="lifeline").start()


def _wait_for_the_end(reader: int) -> None:
    while os.read(reader, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def become(command: Sequence[str], env: Mapping[str, str] | None = None) -> None:
    """Replace this process by another program; signals and the exit code pass through."""
    os.execvpe(command[0], list(command), dict(env or os.environ))  # noqa: S606 (a list of words)


def identity(pid: int) -> str:
    """``pid:start time``: names one process for ever, because a pid alone is used again."""
    return f"{pid}:{_start_time(pid)}"


def alive(who: str) -> bool:
    """Whether the process that ``identity`` named still runs."""
    pid, _, since = who.partition(":")
    return pid.isdigit() and bool(since) and _start_time(int(pid)) == since


def kill_group(who: str) -> bool:
    """Kill the group of an orphan named by ``identity``; False when it was gone already."""
    if not alive(who):
        return False
    pid = int(who.partition(":")[0])
    for stop in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, stop)
        deadline = time.monotonic() + GRACE_SECONDS
        while alive(who) and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
    return not alive(who)


def shown(command: Sequence[str]) -> str:
    """A command as a person would type it, for logs only."""
    return shlex.join(command)


class _Drain:
    """Reads one pipe to its end, so that a talkative program never blocks; keeps the last megabyte."""

    def __init__(self, pipe: IO[bytes] | None, tell: Callable[[bytes], None] | None) -> None:
        self._pipe = pipe
        self._tell = tell
        self._kept = bytearray()
        self._trouble: BaseException | None = None
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def text(self) -> str:
        self._thread.join(GRACE_SECONDS)
        return bytes(self._kept).decode("utf-8", "replace")

    def raise_trouble(self) -> None:
        if self._trouble is not None:
            raise self._trouble

    def _read(self) -> None:
        if self._pipe is None:
            return
        with self._pipe:
            while chunk := os.read(self._pipe.fileno(), 65536):
                self._kept += chunk
                del self._kept[:-KEPT_BYTES]
                if self._tell is not None and self._trouble is None:
                    self._pass_on(chunk, self._tell)

    def _pass_on(self, chunk: bytes, tell: Callable[[bytes], None]) -> None:
        try:
            tell(chunk)
        except BaseException as error:  # noqa: BLE001 (``run`` raises it on its caller's thread; the pipe must still drain)
            self._trouble = error


def _start(
    words: tuple[str, ...], cwd: Path | None, env: Mapping[str, str] | None, stdin: int
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603 (a list of words, no shell)
            words,
            cwd=cwd,
            env=None if env is None else dict(env),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        message = f"{words[0]} could not be started: {reason}."
        if cwd is not None and not cwd.is_dir():
            message = f"{words[0]} could not be started in {cwd}: there is no such folder."
        raise CommandError(message, command=words, code=None) from error


def _feed(pipe: IO[bytes] | None, data: bytes | None) -> None:
    if pipe is None or data is None:
        return
    with contextlib.suppress(OSError), pipe:
        pipe.write(data)


def _end(child: subprocess.Popen[bytes]) -> None:
    """Stop the group if it still runs: ask, wait, insist."""
    for stop in (signal.SIGTERM, signal.SIGKILL):
        if child.poll() is not None:
            break
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, stop)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(GRACE_SECONDS)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)  # grandchildren that outlived their parent


def _resident(pid: int) -> int:
    """Bytes of memory that a process holds, as the system tells it; 0 when there is none."""
    statm = Path(f"/proc/{pid}/statm")
    if statm.parent.parent.joinpath("self").exists():
        with contextlib.suppress(OSError):
            return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        return 0
    words = ["/bin/ps", "-o", "rss=", "-p", str(pid)]  # macOS has no /proc; in units of 1024
    answer = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603
    return int(answer.stdout.strip() or 0) * 1024


def _said(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    with contextlib.suppress(ValueError):
        return f"signal {signal.Signals(-code).name}"
    return f"signal {-code}"


def _start_time(pid: int) -> str:
    """When a process started, as the system tells it; empty when there is none (or only a zombie is left)."""
    stat = Path(f"/proc/{pid}/stat")
    if stat.parent.parent.joinpath("self").exists():
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            return ""
        return "" if fields[0] == "Z" else fields[19]
    answer = subprocess.run(  # noqa: S603 (macOS has no /proc)
        ["/bin/ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return answer.stdout.strip().replace(" ", "_")
