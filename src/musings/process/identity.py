"""Which process is which: a number that is used again, and the time it started, which is not."""

import time
from pathlib import Path

from musings.late import importing

PROC = Path("/proc")


def identity(pid: int) -> str:
    """``pid:start time``: names one process for ever, because a pid alone is used again."""
    return f"{pid}:{_start_time(pid)}"


# The start time must be the same: a pid alone says nothing after a reboot, and numbers are used again in time.
def alive(who: str) -> bool:
    """Whether the process that ``identity`` named still runs."""
    pid, _, since = who.partition(":")
    return pid.isdigit() and bool(since) and _start_time(int(pid)) == since


def resident_bytes(pid: int) -> int:
    """The memory that a process holds, its children left out; 0 when there is none."""
    with importing():
        import psutil
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0


def descendants(pid: int) -> list[str]:
    """The identities of what a process has started, and they, and so on, whatever group they are in."""
    with importing():
        import psutil
    try:
        return [identity(each.pid) for each in psutil.Process(pid).children(recursive=True)]
    except psutil.Error:
        return []


def start_time(pid: int) -> str:
    """When a process started, as ``ps -o lstart`` writes it, with ``_`` for spaces; empty when there is none.

    The form is that of identities which an earlier version kept in the database.
    """
    with importing():
        import psutil
    try:
        found = psutil.Process(pid)
        # A zombie runs nothing any more; only its parent has not fetched its exit code.
        if found.status() == psutil.STATUS_ZOMBIE:
            return ""
        return time.strftime("%a_%b_%e_%H:%M:%S_%Y", time.localtime(found.create_time()))
    except psutil.Error:
        return ""


def _start_time(pid: int) -> str:
    """When a process started; empty when there is none (or only a zombie is left).

    Linux counts in ticks since it booted, which no change of the clock moves; psutil knows only the time of day.
    """
    if not (PROC / "self").exists():
        return start_time(pid)  # macOS
    try:
        # The name of the program stands in parentheses and may itself hold blanks and parentheses: read from the last
        # one.
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    # Counted from the field after the name: 0 is the state and 19 the start time (proc(5), fields 3 and 22).
    return "" if fields[0] == "Z" else fields[19]
