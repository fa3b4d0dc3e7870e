"""How much of the processors other programs take: a time that was measured beside them is not only ours."""

import contextlib
import os
import time

import psutil


class Watch:
    """From when it is made. Ours are this process and all that it started and that still runs, or was waited for."""

    def __init__(self) -> None:
        self._began, self._busy, self._ours = time.monotonic(), _busy(), _ours()

    def ours(self) -> float:
        """Seconds of processors that our own programs took."""
        return max(0.0, _ours() - self._ours)

    def share_of_others(self) -> float:
        """Of all processors, from 0 to 1."""
        whole = max(0.001, (time.monotonic() - self._began) * (psutil.cpu_count() or 1))
        others = (_busy() - self._busy) - self.ours()
        return min(1.0, max(0.0, others / whole))


def _busy() -> float:
    """Seconds that all processors have worked since the machine started."""
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - getattr(times, "iowait", 0.0) - getattr(times, "guest", 0.0))


def _ours() -> float:
    spent = os.times()
    seconds = spent.user + spent.system + spent.children_user + spent.children_system
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):  # it has ended: then it is among the children above
            used = child.cpu_times()
            seconds += used.user + used.system + used.children_user + used.children_system
    return seconds
