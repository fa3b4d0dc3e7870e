"""Chapters of a sound within its file, for players that look nowhere else.

Source: "ID3v2 Chapter Frame Addendum", version 1.0 (``CHAP``, ``CTOC``); Xiph's "Chapter Extension" for Vorbis comments
(``CHAPTERxxx``, ``CHAPTERxxxNAME``), which FLAC and Opus have as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass

MOST = 255
"""As many as the table of an ID3 tag has room for; with the shortest of ours that is two hours."""
FIELD = b"CHAPTER"
NO_PLACE = b"\xff\xff\xff\xff"
LONGEST_MS = 0xFFFFFFFE


@dataclass(frozen=True)
class FileChapter:
    """``start`` and ``end`` are in seconds from the beginning."""

    start: float
    end: float
    title: str


def in_order(starts: Sequence[tuple[float, str]], seconds: float | None) -> tuple[FileChapter, ...]:
    """Chapters by where they begin (s) and their titles; each ends where the next begins, the last with the sound.

    ``seconds`` is the length of the sound, where it is known.
    """
    found = sorted(starts)[:MOST]
    if not found:
        return ()
    ends = [start for start, _ in found[1:]]
    last = max(seconds or 0.0, found[-1][0])
    return tuple(FileChapter(start, end, title) for (start, title), end in zip(found, [*ends, last], strict=True))


def comments(chapters: Sequence[FileChapter]) -> list[bytes]:
    """As Vorbis comments."""
    found = []
    for number, each in enumerate(chapters):
        ms = _ms(each.start)
        time = f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"
        title = each.title.encode("utf-8", "replace")
        found += [b"%s%03d=%s" % (FIELD, number, time.encode()), b"%s%03dNAME=%s" % (FIELD, number, title)]
    return found


def bodies(chapters: Sequence[FileChapter], version: int) -> list[tuple[bytes, bytes]]:
    """As frames of an ID3 tag of ``version`` 3 or 4: the name of each and what is in it."""
    if not chapters:
        return []
    names = [b"chp%d\0" % number for number in range(len(chapters))]
    # The first table, and what it lists is in order.
    found = [(b"CTOC", b"toc\0\x03" + bytes([len(names)]) + b"".join(names))]
    for name, each in zip(names, chapters, strict=True):
        times = _ms(each.start).to_bytes(4, "big") + _ms(each.end).to_bytes(4, "big")
        # Byte order mark and UTF-16: what both versions know.
        title = b"\x01" + each.title.encode("utf-16", "replace")
        found.append((b"CHAP", name + times + NO_PLACE * 2 + frame(b"TIT2", title, version)))
    return found


def frame(name: bytes, data: bytes, version: int) -> bytes:
    """A frame of an ID3 tag. The two versions write down its length in two ways."""
    size = synchsafe(len(data)) if version == 4 else len(data).to_bytes(4, "big")
    return name + size + b"\0\0" + data


def synchsafe(number: int) -> bytes:
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


def _ms(seconds: float) -> int:
    return min(round(seconds * 1000), LONGEST_MS)
