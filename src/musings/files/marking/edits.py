"""Changes of a file that may make it longer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from musings.files.metadata_removal.spans import Span, patched

CHUNK_BYTES = 256 * 1024


@dataclass(frozen=True)
class Edit:
    """``data`` stands in the place of what is from ``start`` to ``end``; where these are one, it is put in between."""

    start: int
    end: int
    data: bytes

    @property
    def growth(self) -> int:
        return len(self.data) - (self.end - self.start)


def inserted(place: int, data: bytes) -> Edit:
    """``data`` before the byte that stands at ``place``."""
    return Edit(place, place, data)


@dataclass(frozen=True)
class Revision:
    """A file as it leaves the house: ``spans`` are overwritten first, then ``edits`` are made, which lie in order."""

    size: int
    spans: Sequence[Span] = ()
    edits: Sequence[Edit] = ()

    @property
    def is_change(self) -> bool:
        return bool(self.spans or self.edits)

    @property
    def length(self) -> int:
        """Bytes of what leaves; ``size`` are those of the file."""
        return self.size + sum(edit.growth for edit in self.edits)

    def pieces(self, file: BinaryIO, first: int, last: int) -> Iterator[bytes]:
        """The bytes from ``first`` to ``last``, both counted, of what leaves."""
        place = 0  # in what leaves
        for start, end, data in self._parts():
            length = end - start if data is None else len(data)
            lower, upper = max(first - place, 0), min(last + 1 - place, length)
            place += length
            if lower >= upper:
                continue
            if data is not None:
                yield data[lower:upper]
            else:
                yield from self._read(file, start + lower, start + upper)

    def _parts(self) -> Iterator[tuple[int, int, bytes | None]]:
        """What is read from the file, from where to where, and what stands between; None for bytes of the file."""
        place = 0
        for edit in self.edits:
            yield place, edit.start, None
            yield edit.start, edit.end, edit.data
            place = edit.end
        yield place, self.size, None

    def _read(self, file: BinaryIO, start: int, end: int) -> Iterator[bytes]:
        file.seek(start)
        while start < end:
            piece = file.read(min(CHUNK_BYTES, end - start))
            if not piece:
                return  # it has just become shorter: whoever waits for the rest sees that it does not come
            yield patched(piece, start, self.spans)
            start += len(piece)
