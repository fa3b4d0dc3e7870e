"""Texts in RIFF files: WebP, WAV, AVI.

Source: "Multimedia Programming Interface and Data Specifications 1.0" (RIFF, ``LIST INFO``, ``JUNK``), RFC 9649 (WebP),
EBU Tech 3285 (``bext``).
"""

from collections.abc import Iterator
from itertools import islice

from comfyui_workflows.metadata.collected import MOST_PARTS, Content
from comfyui_workflows.metadata.containers import riff_chunks
from musings.files.metadata_removal import tiff
from musings.files.metadata_removal.spans import Span

START = b"RIFF"
TEXTS = (b"XMP ", b"id3 ", b"ID3 ", b"iXML", b"bext", b"_PMX", b"aXML")
EXIF, EXTENDED, LIST, JUNK = b"EXIF", b"VP8X", b"LIST", b"JUNK"
HAS_XMP = 0x04


def blanked(content: Content) -> Iterator[Span]:
    """Each text becomes a ``JUNK`` chunk of the same length, which every reader passes over."""
    for chunk in islice(riff_chunks(content), MOST_PARTS):
        kind, first, last = chunk.kind, chunk.first, min(chunk.last, len(content))
        if kind == EXIF:
            yield from tiff.blanked(content, first, last)
        # It announces what is there; readers may look for an XMP that is none any more.
        elif kind == EXTENDED and first < len(content):
            yield Span(first, bytes([content[first] & ~HAS_XMP]))
        # Its length stays, so that the chunk behind it is found.
        elif kind in TEXTS or (kind == LIST and content[first : first + 4] == b"INFO"):
            yield Span(chunk.start, JUNK + content[chunk.start + 4 : first] + bytes(last - first))
