"""Places of a file that are served otherwise than they are kept."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Span:
    """``data`` stands at ``start`` in the place of as many bytes."""

    start: int
    data: bytes

    @property
    def end(self) -> int:
        return self.start + len(self.data)


def zeros(start: int, end: int) -> Span:
    """Nothing but zeros from ``start`` to ``end``."""
    return Span(start, bytes(max(0, end - start)))


def patched(piece: bytes, offset: int, spans: Sequence[Span]) -> bytes:
    """A piece of a file that begins at ``offset`` in it, with what of ``spans`` lies in it."""
    touched = [span for span in spans if span.start < offset + len(piece) and span.end > offset]
    if not touched:
        return piece
    changed = bytearray(piece)
    for span in touched:
        first, last = max(span.start, offset), min(span.end, offset + len(piece))
        changed[first - offset : last - offset] = span.data[first - span.start : last - span.start]
    return bytes(changed)
