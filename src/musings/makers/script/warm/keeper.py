"""Keeps a warm process: starts it, speaks to it, and ends it on a crash, too much memory, or another export.

There is one at a time, as there is one graphics card: another export takes its place, and so never meets a card that
is full of somebody else's models. It ends itself when it has had nothing to do for long, and with us.
"""

import json
import shutil
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from musings.errors import CommandError
from musings.makers.script.warm.host import MARK
from musings.process import Conversation

HOST = Path(__file__).with_name("host.py")
COLD = Path(__file__).with_name("cold.py")
GIGABYTE = 1e9


class Unserved(Exception):
    """A warm process cannot run this export; a cold run can. The message says why."""


@dataclass(frozen=True)
class Export:
    """What a process is kept for; when any of it changes, a new one takes over. ``hash`` is that of the file."""

    path: Path
    hash: str
    python: Path
    flags: tuple[str, ...] = ()
    cwd: Path | None = None
    environment: tuple[tuple[str, str], ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Hooks:
    """As for ``process.run``; ``log`` is told when a process is started or ended, and why."""

    check: Callable[[], None] = lambda: None
    on_start: Callable[[str], None] = lambda identity: None
    on_stderr: Callable[[bytes], None] = lambda chunk: None
    log: Callable[[str], None] = lambda text: None


class Keeper:
    """``idle_seconds`` without a request, or ``most_bytes`` of memory after one, end the process."""

    def __init__(self, *, idle_seconds: float, most_bytes: float) -> None:
        # A larger number is an error in Python's own waiting.
        self._idle_seconds = min(idle_seconds, threading.TIMEOUT_MAX)
        self._most_bytes = most_bytes
        self._host: _Host | None = None
        # Remembered, so that such an export is tried once and then runs cold at once.
        self._unserved: dict[Export, str] = {}
        self._home: Path | None = None
        self._lock = threading.Lock()

    def home(self, folder: Path) -> Path:
        """A folder that lives as long as the processes do, made in ``folder``."""
        self._home = folder / "warm"
        self._home.mkdir(exist_ok=True)
        return self._home

    def run(self, export: Export, words: Sequence[str], hooks: Hooks) -> str:
        """Run an export once with these words; returns what it printed.

        Raises ``Unserved``; ``CommandError`` when the run failed, with code 1, or twice ended the process, with the
        process's own code; and what ``hooks.check`` raises, with the process gone.
        """
        # One run at a time: there is one process, and one graphics card.
        with self._lock:
            if export in self._unserved:
                raise Unserved(self._unserved[export])
            host = self._host_for(export, hooks)
            try:
                return self._asked(host, words, hooks)
            except Unserved as error:
                self._unserved[export] = str(error)
                raise

    def stop(self) -> None:
        """End the process and free what it holds."""
        with self._lock:
            self._end()
            if self._home is not None:
                shutil.rmtree(self._home, ignore_errors=True)
                self._home = None

    def _host_for(self, export: Export, hooks: Hooks) -> "_Host":
        host = self._host
        # Also after a change of flags or environment: the process was started with the old ones.
        if host is not None and host.export != export:
            hooks.log("the warm process of another export, or of this one before it changed, makes room")
            self._end()
        elif host is not None and host.process.ended:
            hooks.log("the warm process had ended")
            self._end()
        if self._host is None:
            self._host = _Host(export, self._idle_seconds)
            hooks.log(f"started a warm process, {self._host.process.identity.partition(':')[0]}")
        return self._host

    def _asked(self, host: "_Host", words: Sequence[str], hooks: Hooks) -> str:
        try:
            said = host.ask(words, hooks)
        except CommandError as error:
            self._end()
            # It never made anything: a new process would most likely end the same way.
            if not host.served:
                raise
            hooks.log(f"the warm process {error} Once more, in a new one\n--- stderr\n{error.stderr}")
            return self._asked(self._host_for(host.export, hooks), words, hooks)
        except BaseException:
            # A cancelled run cannot be stopped inside the process, so that the process goes.
            self._end()
            raise
        return self._judged(host, said, hooks)

    def _judged(self, host: "_Host", said: Mapping[str, object], hooks: Hooks) -> str:
        printed = host.process.whispered(MARK)
        if "unserved" in said:
            self._end()
            raise Unserved(str(said["unserved"]))
        if "done" in said:
            host.served = True
        held = host.process.resident_bytes
        # Looked at after each run: models of several prompts add up, and caches grow.
        if not host.served or held > self._most_bytes:
            why = f"it holds {held / GIGABYTE:.1f} GB" if host.served else "it has not made anything yet"
            hooks.log(f"the warm process is ended: {why}")
            self._end()
        # Last: the process is judged by its memory also after a failed run.
        if "done" not in said:
            command = (str(host.export.python), str(host.export.path))
            raise CommandError("The export failed in its warm process.", command=command, code=1, stderr=printed)
        return printed

    def _end(self) -> None:
        if self._host is not None:
            self._host.process.kill()
            self._host = None


class _Host:
    """One process. ``served``: it has made something, so a later crash is worth a new process."""

    def __init__(self, export: Export, idle_seconds: float) -> None:
        words = (str(export.python), str(HOST), str(export.path), str(idle_seconds), *export.flags)
        self.export = export
        self.process = Conversation(words, cwd=export.cwd, env=dict(export.environment))
        self.served = False
        self._asked = 0

    def ask(self, words: Sequence[str], hooks: Hooks) -> Mapping[str, object]:
        """Have a request run; returns the last answer. Raises ``CommandError`` when the process ends instead."""
        self._asked += 1
        # Before each request, because the attempt that runs now is the one whose row names the process.
        hooks.on_start(self.process.identity)
        self.process.send(json.dumps({"id": self._asked, "words": list(words)}), hooks.on_stderr)
        while True:
            said: Mapping[str, object] = json.loads(self.process.receive(hooks.check))
            if "taken" not in said:
                return said
