"""Texts in PNG files. Pure.

Source: the PNG specification (third edition, W3C 2025), sections 5.3 and 11.3.3: ``tEXt``, ``zTXt``, ``iTXt`` and
``eXIf``. ComfyUI's animated PNGs have ``comf``, which is built as ``tEXt``.
"""

import zlib

from comfyui_workflows.metadata.collected import MOST_TEXT, CollectedTexts, Content, decoded
from comfyui_workflows.metadata.containers import png_chunks
from comfyui_workflows.metadata.exif import read_tiff

CHUNKS = (b"tEXt", b"zTXt", b"iTXt", b"comf", b"eXIf")


def read(content: Content, found: CollectedTexts) -> None:
    """Collect the texts of a PNG, also of one that is cut off."""
    for chunk in found.within_bounds(png_chunks(content)):
        if chunk.kind in CHUNKS:
            # Not more than counts as a text, whatever length is announced.
            _chunk(chunk.kind, content[chunk.first : min(chunk.last, chunk.first + MOST_TEXT)], found)


def _chunk(kind: bytes, data: bytes, found: CollectedTexts) -> None:
    if kind == b"eXIf":
        read_tiff(data, found)
        return
    name, _, rest = data.partition(b"\0")
    if kind == b"zTXt":
        rest = inflated(rest[1:])
    elif kind == b"iTXt":
        packed, rest = rest[:1] == b"\1", rest[2:]
        # A language and a translated name stand before the text.
        rest = rest.partition(b"\0")[2].partition(b"\0")[2]
        rest = inflated(rest) if packed else rest
    found.keep(name.decode("latin-1"), decoded(rest))


def inflated(data: bytes) -> bytes:
    """What zlib packed, up to ``MOST_TEXT`` bytes: a kilobyte may hold a gigabyte. Empty where it is no zlib."""
    try:
        return zlib.decompressobj().decompress(data, MOST_TEXT)
    except zlib.error:
        return b""
