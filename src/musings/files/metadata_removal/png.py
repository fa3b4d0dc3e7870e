"""Texts in PNG files.

Source: the PNG specification (third edition, W3C 2025), sections 5.3, 5.4 and 11.3.3. What is signed (C2PA's ``caBX``)
stays as it came.
"""

import zlib
from collections.abc import Iterator
from itertools import islice

from comfyui_workflows.metadata.collected import MOST_PARTS, Content
from comfyui_workflows.metadata.containers import PNG_SUM, png_chunks
from musings.files.metadata_removal import tiff
from musings.files.metadata_removal.spans import Span, patched, zeros

TEXTS = (b"tEXt", b"zTXt", b"iTXt", b"comf")  # the last is what ComfyUI's animated PNGs have
EXIF = b"eXIf"
# Ancillary, private, safe to copy: every reader passes it over (section 5.4).
PADDING = b"muSp"


def blanked(content: Content) -> Iterator[Span]:
    """Each text becomes a chunk of zeros of the same length that nobody reads, with its right check sum."""
    for chunk in islice(png_chunks(content), MOST_PARTS):
        if chunk.kind not in (*TEXTS, EXIF):
            continue
        named = chunk.start + 4
        if chunk.last + PNG_SUM > len(content):
            yield zeros(chunk.first, len(content))  # cut off, so that it has no sum
        elif chunk.kind == EXIF:
            spans = list(tiff.blanked(content, chunk.first, chunk.last))
            yield from spans
            yield Span(chunk.last, _sum(patched(content[named : chunk.last], named, spans)))
        else:
            # The name of a text would have readers look for its keyword.
            data = PADDING + bytes(chunk.last - chunk.first)
            yield Span(named, data + _sum(data))


def _sum(data: bytes) -> bytes:
    return zlib.crc32(data).to_bytes(4, "big")
