"""Texts in MP4, MOV and M4A files. Pure.

Source: ISO/IEC 14496-12 (boxes), Apple's "QuickTime File Format Specification", chapter "Metadata" (``keys`` and
``ilst``), and the freeform atoms of iTunes (``----``). ComfyUI writes ``keys``, VideoHelperSuite a comment.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from comfyui_workflows.metadata.collected import MOST_TEXT, CollectedTexts, Content, decoded
from comfyui_workflows.metadata.containers import mp4_boxes

CONTAINERS = (b"moov", b"udta", b"meta", b"ilst")
COMMENTS = {b"\xa9cmt": "comment", b"desc": "description", b"\xa9des": "description", b"\xa9too": "software"}
FREE = b"----"
# A type and a place in front of the value.
DATA = 8
DEEPEST = 6


@dataclass
class _Keys:
    """The names that ``ilst`` counts from 1."""

    names: list[str] = field(default_factory=list)


def read(content: Content, found: CollectedTexts) -> None:
    """Collect the texts of the film as a whole; those of single tracks are not looked at."""
    _walk(content, 0, len(content), found, _Keys(), b"", 0)


def _walk(
    content: Content, start: int, end: int, found: CollectedTexts, keys: _Keys, inside: bytes, depth: int
) -> None:
    for box in found.within_bounds(mp4_boxes(content, start, end)):
        kind, first, last = box.kind, box.first, box.last
        if inside == b"ilst":
            _item(content, kind, first, last, found, keys)
        elif kind == b"keys":
            keys.names = list(_names(content, first, last, found))
        elif kind in CONTAINERS and depth < DEEPEST:
            # QuickTime's own ``meta`` has no version in front of its boxes.
            full = kind == b"meta" and content[first + 4 : first + 8] != b"hdlr"
            _walk(content, first + (4 if full else 0), last, found, keys, kind, depth + 1)
        elif inside == b"udta" and kind in COMMENTS:
            # Of old: a length and a language of two bytes each.
            found.keep(COMMENTS[kind], decoded(content[first + 4 : min(last, first + MOST_TEXT)]))


def _item(content: Content, kind: bytes, first: int, last: int, found: CollectedTexts, keys: _Keys) -> None:
    name, number = COMMENTS.get(kind), int.from_bytes(kind, "big")
    if name is None and 1 <= number <= len(keys.names):
        name = keys.names[number - 1]
    for box in found.within_bounds(mp4_boxes(content, first, last)):
        if kind == FREE and box.kind == b"name":
            name = decoded(content[box.first + 4 : min(box.last, box.first + 200)])
        elif box.kind == b"data" and name is not None:
            found.keep(name, decoded(content[box.first + DATA : min(box.last, box.first + DATA + MOST_TEXT)]))


def _names(content: Content, first: int, last: int, found: CollectedTexts) -> Iterator[str]:
    place = first + 8
    while place + 8 <= last and found.another():
        size = int.from_bytes(content[place : place + 4], "big")
        if size < 8:
            return
        yield decoded(content[place + 8 : min(place + size, last)])
        place += size
