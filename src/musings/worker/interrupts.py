"""The signals that stop a worker.

A handler of Python runs between any two steps of the main thread, also inside ``Event.wait`` while that holds its
lock; setting an event there could wait for ever. So the handler only takes note, and a thread of its own acts.
"""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def interrupts(stop: Callable[[], None]) -> Iterator[list[int]]:
    """While it lasts, SIGTERM and SIGINT call ``stop`` on another thread; yields the signals met so far.

    A second signal ends the process at once, with 128 and its number: the next start recovers what ran.
    """
    met: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        # A person who presses twice wants out now; recovery is made for a death at any moment.
        if met:
            # Not ``sys.exit``: it would run handlers that may wait for what hangs.
            os._exit(128 + number)
        met.append(number)

    reader, writer = os.pipe()
    # A full pipe must not block inside a signal handler.
    os.set_blocking(writer, False)
    before = {number: signal.signal(number, note) for number in SIGNALS}
    # Python writes signal numbers there in C, at once, even while the main thread is inside a long call.
    woken = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    listener = threading.Thread(target=_listen, args=(reader, stop), daemon=True, name="signals")
    listener.start()
    try:
        yield met
    finally:
        # In the reverse order: no signal may be written into a pipe that is closed.
        signal.set_wakeup_fd(woken)
        for number, handler in before.items():
            signal.signal(number, handler)
        # Closing the writing end makes the listener's read return nothing, which ends its thread.
        os.close(writer)
        listener.join()
        os.close(reader)


def _listen(reader: int, stop: Callable[[], None]) -> None:
    """The interpreter writes the number of each signal into the pipe."""
    while number := os.read(reader, 1):
        # Other signals (a child's end, a window's size) are written into the same pipe.
        if number[0] in SIGNALS:
            stop()
