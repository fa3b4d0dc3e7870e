"""The pipes of a child: its output is read while it runs, so that it never blocks; its input is fed."""

import contextlib
import os
import threading
from collections.abc import Callable
from typing import IO

from musings.process.groups import GRACE_SECONDS

# Enough for any traceback; a program that prints gigabytes must not fill our memory.
KEPT_BYTES = 1_000_000


class Drain:
    """Reads one pipe to its end, so that a talkative program never blocks; keeps the last megabyte."""

    def __init__(self, pipe: IO[bytes] | None, tell: Callable[[bytes], None] | None) -> None:
        self._pipe = pipe
        self._tell = tell
        self._kept = bytearray()
        self._trouble: BaseException | None = None
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    # Bounded: a grandchild that inherited the pipe can hold it open after the program's end.
    def text(self) -> str:
        self._thread.join(GRACE_SECONDS)
        return bytes(self._kept).decode("utf-8", "replace")

    def raise_trouble(self) -> None:
        if self._trouble is not None:
            raise self._trouble

    def _read(self) -> None:
        if self._pipe is None:
            return
        with self._pipe:
            # ``os.read`` returns what is there; ``read`` of a file object would wait for a full buffer.
            while chunk := os.read(self._pipe.fileno(), 65536):
                self._kept += chunk
                # The end is kept and not the beginning: that is where errors are.
                del self._kept[:-KEPT_BYTES]
                if self._tell is not None and self._trouble is None:
                    self._pass_on(chunk, self._tell)

    def _pass_on(self, chunk: bytes, tell: Callable[[bytes], None]) -> None:
        try:
            tell(chunk)
        except BaseException as error:  # noqa: BLE001 (``run`` raises it on its caller's thread; the pipe must still drain)
            self._trouble = error


def feed(pipe: IO[bytes] | None, data: bytes | None) -> None:
    """Write the input of a child, on a thread of its own; one that does not read it blocks only that thread."""
    if pipe is None or data is None:
        return
    # A program may end without reading its input, which closes the pipe under us.
    with contextlib.suppress(OSError), pipe:
        pipe.write(data)
