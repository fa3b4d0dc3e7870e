"""Waiting for what another thread or process does, without a guess at how long it takes."""

import threading
import time
from collections.abc import Callable


def until(true: Callable[[], object], seconds: float = 30.0) -> None:
    """Return as soon as ``true()`` is; fail after so many seconds."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not true():
        assert time.monotonic() < deadline, f"not true within {seconds} s"
        pause.wait(0.02)
