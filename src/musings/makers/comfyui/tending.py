"""Looks after one server while a worker runs: whether it answers, and jobs on it that are wanted no more.

A job that was moved to another server because this one stayed away may still be there when it comes back, waiting or
running. Its result would be dropped, so it is taken away, as well as that can be done.
"""

import threading
from collections.abc import Callable

from musings.errors import MusingsError, PassingFault, UnreachableError
from musings.makers.comfyui.client import ComfyServer

# Soon enough to use a server that is back; one small question in five seconds.
LOOK_SECONDS = 5.0
# A server that is started again is there within seconds, and prompts wait for it.
AWAY_SECONDS = 1.0
# A running node cannot be stopped in its middle; the next look tries again.
WITHDRAW_SECONDS = 10.0


class Tender:
    """``tell`` is given what every look brought: the fault, or None when the server answered."""

    def __init__(self, server: ComfyServer, tell: Callable[[Exception | None], None]) -> None:
        self._server = server
        self._tell = tell
        # A dict as an ordered set: the oldest is taken away first.
        self._unwanted: dict[str, None] = {}
        self._lock = threading.Lock()
        self._closing = threading.Event()
        # Set also for a job to be taken away, which must not wait for the next look.
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, look_seconds: float = LOOK_SECONDS) -> None:
        """Look now, and then every so many seconds, on a thread of its own; more often while it does not answer.

        A second call changes nothing.
        """
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, args=(look_seconds,), daemon=True, name="comfy-tender")
            self._thread.start()

    @property
    def is_at_work(self) -> bool:
        return self._thread is not None

    def look_soon(self) -> None:
        """Somebody has found the server away: look now. Without a thread nobody looks."""
        self._wake.set()

    def leave(self, prompt_id: str) -> None:
        """A job to be taken away as soon as the server answers."""
        with self._lock:
            self._unwanted[prompt_id] = None
        self._wake.set()

    def has_left(self, prompt_id: str) -> bool:
        """Whether a job is still to be taken away."""
        with self._lock:
            return prompt_id in self._unwanted

    def close(self) -> None:
        """Ask it to stop; a look that waits for an answer ends by itself."""
        self._closing.set()
        self._wake.set()

    def _work(self, look_seconds: float) -> None:
        while not self._closing.is_set():
            fault = self._look()
            # Not told while closing: the pool that is told may be gone.
            if not self._closing.is_set():
                self._tell(fault)
            self._wake.wait(look_seconds if fault is None else min(look_seconds, AWAY_SECONDS))
            # Cleared before the look, so that what is left meanwhile is seen by the next one.
            self._wake.clear()

    def _look(self) -> Exception | None:
        try:
            self._server.queue_remaining()
            self._withdraw()
        except (UnreachableError, PassingFault) as error:
            return error
        except (MusingsError, RuntimeError):  # it answers, and refuses us; or it was closed while we asked
            # It answers: that it refuses us is told when a job is sent.
            return None
        return None

    def _withdraw(self) -> None:
        # A copy: new jobs may be left while this waits for the server.
        with self._lock:
            unwanted = list(self._unwanted)
        for prompt_id in unwanted:
            if self._server.interrupt(prompt_id, seconds=WITHDRAW_SECONDS, wait=self._pause):
                with self._lock:
                    del self._unwanted[prompt_id]

    # On the closing event, so that the end of the worker does not wait for it.
    def _pause(self, seconds: float) -> None:
        self._closing.wait(seconds)
