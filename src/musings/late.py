"""The one door to a late import: one thread at a time may import what is not imported yet (ADR 7).

Python locks each module by itself and, where two threads would wait for each other, lets one go on with a module that
is half made. So two threads that import the same package for the first time, by different doors, break each other.
"""

import contextlib
import importlib
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

FIRST_USE: Mapping[str, Sequence[str]] = {
    "PIL": ("PIL.Image:init",),
    "anyio": ("anyio._backends._asyncio", "anyio.streams.memory", "anyio.streams.tls", "anyio.to_thread"),
    "av": ("av.subtitles.stream",),
    "httpx": ("httpcore", "anyio", "sniffio"),
    "numpy": ("numpy.fft", "numpy.ma", "numpy.random"),
    "openai": ("openai.resources.beta", "openai.resources.chat"),
}
"""What a library imports by itself when it is first used, wherever that is: modules, or ``module:function`` to call."""

_LOCK = threading.RLock()
_HELD = threading.local()
_COMPLETE: set[str] = set()


@contextmanager
def importing() -> Iterator[None]:
    """Stands around every import that is not at the top of its file; waits while another thread imports.

    What the libraries that came in would import later is imported before it ends.
    """
    with _LOCK:
        before, _HELD.mine = is_mine(), True
        try:
            yield
            _complete()
        finally:
            _HELD.mine = before


def is_mine() -> bool:
    """Whether this thread is the one that may import now."""
    return getattr(_HELD, "mine", False)


def _complete() -> None:
    while new := [name for name in FIRST_USE if name in sys.modules and name not in _COMPLETE]:
        _COMPLETE.update(new)
        for each in (each for name in new for each in FIRST_USE[name]):
            module, _, function = each.partition(":")
            with contextlib.suppress(ImportError):  # another version of the library keeps it elsewhere
                loaded = importlib.import_module(module)
                if function:
                    getattr(loaded, function)()
