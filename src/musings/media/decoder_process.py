"""One decoding child, seen from its parent: how it is started, asked, and understood."""

import contextlib
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from musings import process
from musings.errors import AttemptError, InternalFault, PassingFault

MOST_ANSWER_BYTES = 10_000_000
COMMAND = (sys.executable, "-P", "-m", "musings.media.decoding_child")
NEEDED = frozenset(
    {
        *("LANG", "LANGUAGE", "TZ", "TMPDIR", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME"),
        *("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "PYTHONHASHSEED"),
    }
)
"""The variables of our environment that the child gets, with those for languages and for macOS' loader."""
ADDED = {"PYTHONUTF8": "1", "MALLOC_ARENA_MAX": "2", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""Threads that numpy has no use for here would count as memory."""
Check = Callable[[], None]
Found = Mapping[str, Any]


class DecoderProcess:
    """One process; ``files`` is how many it was asked about."""

    def __init__(self, command: Sequence[str]) -> None:
        self.files = 0
        self._owner = os.getpid()
        self._talk = process.Conversation(
            command, cwd=Path("/"), env=environment(os.environ), most_line_bytes=MOST_ANSWER_BYTES
        )

    @property
    def is_usable(self) -> bool:
        """Whether it still runs, and is ours: a process that was forked has a copy of what belongs to its parent."""
        return self._owner == os.getpid() and not self._talk.ended

    def asked(self, request: str, check: Check) -> Found:
        self.files += 1
        self._talk.send(request)
        return _object(self._talk.receive(check))

    def kill(self) -> None:
        if self._owner == os.getpid():
            self._talk.kill()


def environment(ours: Mapping[str, str]) -> dict[str, str]:
    """What the child gets of our environment: no key and no token has a use there."""
    kept = {name: value for name, value in ours.items() if name in NEEDED or name.startswith(("LC_", "DYLD_"))}
    return {**kept, **ADDED}


def _object(line: str) -> Found:
    with contextlib.suppress(ValueError, RecursionError):
        found = json.loads(line)
        if isinstance(found, dict):
            return found
    raise _none_of_its_answers(line)


def meant(answer: Found) -> Found:
    """The result, or the error that the task has met, raised as it was there."""
    if isinstance(found := answer.get("done"), dict):
        return found
    if "os" in answer:
        raise _system_error(answer["os"])
    if "unloaded" in answer:
        raise ImportError(answer["unloaded"])
    if "fault" in answer:
        behind = None if answer.get("disk") is None else _system_error(answer["disk"])
        raise AttemptError(str(answer["fault"]), hint=answer.get("hint"), log=str(answer.get("log", ""))) from behind
    raise InternalFault(
        f"Musings made a mistake ({answer.get('bug')}).",
        hint="This is a bug: please report it with the log of this attempt.",
        log=str(answer.get("log")),
    )


def _system_error(told: object) -> OSError:
    if not isinstance(told, list) or len(told) != 3 or not isinstance(told[0], int):
        raise _none_of_its_answers(str(told))
    number, words, named = told
    return OSError(number, words, named) if named else OSError(number, words)


def _none_of_its_answers(said: str) -> PassingFault:
    return PassingFault("The decoder answered with something that is none of its answers.", log=said[:1000])
