"""The program that decodes what others made: ``python -m musings.media.decoding_child MEMORY_BYTES``.

One line of JSON in is one file to read (``task``, ``path``, ``arguments``, ``cpu_seconds``); one line out says what
was found or what went wrong. It ends with its parent, whose death closes its standard input, and when it has had
nothing to do for ``IDLE_SECONDS``. What bounds it is told in ADR 16.
"""

import contextlib
import json
import os
import queue
import resource
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from musings.errors import AttemptError, causes
from musings.files.disk import disk_error_in
from musings.media.decoding_tasks import TASKS

IDLE_SECONDS = 120.0
MOST_DESCRIPTORS = 64
ADDRESSES_BESIDE = 1 << 30
"""Bytes of libraries and of stacks that are mapped and never used; they count as addresses and not as memory."""

OOM_SCORE, FIRST_TO_GO = Path("/proc/self/oom_score_adj"), "500"

Said = Mapping[str, Any]


def main() -> None:
    bound(int(sys.argv[1]))
    asked, answer = _channel()
    while True:
        try:
            request = asked.get(timeout=IDLE_SECONDS)
        except queue.Empty:
            return
        allow(float(request["cpu_seconds"]))
        answer(answered(request))


def bound(memory_bytes: int) -> None:
    """Hold this process to so much memory (Linux; macOS has no such limit), few files, and no image of its crash."""
    _limit(resource.RLIMIT_CORE, 0)  # a core file would hold somebody's picture
    _limit(resource.RLIMIT_NOFILE, MOST_DESCRIPTORS)
    if sys.platform.startswith("linux"):
        _limit(resource.RLIMIT_DATA, memory_bytes)
        # Beside it, because kernels before 4.7 count only the heap as data.
        _limit(resource.RLIMIT_AS, memory_bytes + ADDRESSES_BESIDE)
        # Where the whole machine is short of memory, this process goes first, and its file is read again.
        with contextlib.suppress(OSError):
            OOM_SCORE.write_text(FIRST_TO_GO)


def allow(cpu_seconds: float) -> None:
    """Allow so much time of the processor from now on; the kernel ends us (SIGXCPU) when it is used up."""
    # Set by the kernel's clock and not by our parent's: it holds when that is dead and a decoder never returns.
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = int(used.ru_utime + used.ru_stime + cpu_seconds) + 1
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def answered(request: Said) -> Said:
    """What is said of a request: ``done``, or one of ``memory``, ``fault``, ``os``, ``unloaded`` and ``bug``."""
    try:
        return {"done": TASKS[request["task"]](Path(request["path"]), **request["arguments"])}
    except Exception as error:  # noqa: BLE001 (it is raised again in the parent, as what it was)
        return _told(error)


def _told(error: Exception) -> Said:
    if _is_of_memory(error):
        return {"memory": str(error)}
    if isinstance(error, AttemptError):
        disk = disk_error_in(error)
        behind = None if disk is None else _system(disk)
        return {"fault": str(error), "hint": error.hint, "log": error.log, "disk": behind}
    if isinstance(error, OSError) and error.errno is not None:
        return {"os": _system(error)}
    report = "".join(traceback.format_exception(error))
    if isinstance(error, ImportError):
        return {"unloaded": str(error), "log": report}
    return {"bug": f"{type(error).__name__}: {error}", "log": report}


def _is_of_memory(error: BaseException) -> bool:
    """Whether want of memory is behind an error: Pillow and FFmpeg say it in words of their own."""
    return any(isinstance(each, MemoryError) for each in causes(error))


def _system(error: OSError) -> list[Any]:
    named = error.filename if isinstance(error.filename, str) else None
    return [error.errno, error.strerror, named]


def _limit(what: int, most: int) -> None:
    soft, hard = resource.getrlimit(what)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    if soft == resource.RLIM_INFINITY or most < soft:
        resource.setrlimit(what, (most, most))


def _channel() -> tuple[queue.SimpleQueue[Said], Callable[[Said], None]]:
    """Requests as they come, and a way to answer. What a library prints goes to stderr, so that no answer is spoilt."""
    asked, told = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    requests: queue.SimpleQueue[Said] = queue.SimpleQueue()

    def listen() -> None:
        for line in asked:
            requests.put(json.loads(line))
        os._exit(0)  # our parent is gone: nobody is left who wants the answer

    def answer(said: Said) -> None:
        told.write(json.dumps(said).encode() + b"\n")
        told.flush()

    # On a thread, so that the end of our parent is noticed while a decoder works.
    threading.Thread(target=listen, daemon=True, name="requests").start()
    return requests, answer


if __name__ == "__main__":
    main()
