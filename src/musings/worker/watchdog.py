"""A thread that looks after what runs, and after what prompts wait for, beside the engine's loop."""

import threading
from collections.abc import Callable, Sequence

from musings import logs
from musings.errors import StoreError

# How late an abandoned or cancelled attempt is noticed at worst; four looks a second cost nothing measurable.
LOOK_SECONDS = 0.25


class Watchdog:
    """Calls each of ``looks`` every quarter of a second, and at once after ``wake``. Each costs nothing when idle."""

    def __init__(self, looks: Sequence[Callable[[], object]], look_seconds: float = LOOK_SECONDS) -> None:
        self._looks = looks
        self._look_seconds = look_seconds
        self._woken = threading.Event()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True, name="watchdog")

    def open(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """Safe from any thread."""
        self._woken.set()

    def close(self) -> None:
        self._closing.set()
        self._woken.set()
        self._thread.join()

    def look(self) -> None:
        """Look once, at everything. Raises nothing: the next time comes soon."""
        for each in self._looks:
            try:
                # Each for itself: a look that fails must not keep the others from a prompt that should stop.
                each()
            except StoreError as error:
                logs.get("worker").error("the database does not serve", error=error.explained)
            except Exception as error:  # noqa: BLE001 (a mistake of ours in one must not end the others)
                logs.get("worker").error("bug beside the prompts", exc_info=error)

    def _work(self) -> None:
        while True:
            self._woken.wait(self._look_seconds)
            # Before the looks: a wake that comes during them is not lost.
            self._woken.clear()
            if self._closing.is_set():
                return
            self.look()
