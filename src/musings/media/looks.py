"""What the last files were found to be, for who asks about one of them again.

A file that came from a server is decoded to see whether it is whole, and again when it is kept: by then the same child
knows all that will be asked. A file is the same while its place on the disk, its size and its time are.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MOST = 8
Key = tuple[object, ...]


@dataclass(frozen=True)
class Look:
    """``facts`` are what a reader of the kind says, ``found`` what is kept of the file, ``preview`` is a WebP."""

    facts: dict[str, Any]
    found: dict[str, Any]
    preview: bytes


class Looks:
    """At most ``MOST``, each with its preview of some ten kilobytes. For one thread."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Key, Look] = OrderedDict()

    def at(self, path: Path, look: Callable[[Path], Look]) -> Look:
        """What is known of a file, by another look where nothing is. Raises what ``look`` raises."""
        before = _key(path)
        known = self._kept.get((look, *before)) if before is not None else None
        if known is not None:
            return known
        found = look(path)
        # A file that changed meanwhile is not known.
        if before is not None and _key(path) == before:
            self._kept[(look, *before)] = found
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
        return found


def _key(path: Path) -> Key | None:
    """None where the file is not there: what looks at it says so better."""
    try:
        facts = path.stat()
    except OSError:
        return None
    return facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns
