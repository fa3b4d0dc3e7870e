"""Programs to run, and what became of them."""

import sys
import threading
import time

from musings import process

FAMILY = (
    "import subprocess, sys, time\nchild = subprocess.Popen(['sleep', '600'])\nprint(child.pid, flush=True)\n{last}"
)


def python(program: str, *words: str) -> list[str]:
    return [sys.executable, "-c", program, *words]


def gone(pid: int) -> bool:
    """Whether a process has ended; waits for it for a while."""
    pause, deadline = threading.Event(), time.monotonic() + 10
    while time.monotonic() < deadline:
        if not process.identity(pid).partition(":")[2]:
            return True
        pause.wait(0.01)
    return False
