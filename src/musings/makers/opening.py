"""The makers of a process: opened when somebody first needs them, and again when that is after they were closed."""

import threading
from collections.abc import Callable, Sequence

from musings.makers.base import Maker, MakerList


class Opening:
    """``open_list`` opens the makers. Safe from any thread."""

    def __init__(self, open_list: Callable[[], MakerList]) -> None:
        self._open_list = open_list
        self._opened: MakerList | None = None
        self._lock = threading.Lock()

    def opened(self) -> MakerList:
        """The makers, opened now where they are not."""
        # One opening for all threads: each opening makes connections of its own.
        with self._lock:
            if self._opened is None:
                self._opened = self._open_list()
            return self._opened

    def in_use(self) -> Sequence[Maker]:
        """The makers that are open; none before anybody has needed them."""
        opened = self._opened
        return opened.makers if opened is not None else ()

    def close(self) -> None:
        # Taken under the lock and closed outside it: closing may wait for a server.
        with self._lock:
            opened, self._opened = self._opened, None
        for maker in opened.makers if opened is not None else ():
            maker.close()
