"""XMP in PNG, JPEG and GIF.

Source: XMP specification, part 3 (storage in files), sections 1.1.2, 1.1.3 and 1.1.5; the PNG specification (third
edition), section 11.3.3.4 (``iTXt``); ITU-T T.81, annex B; the GIF89a specification, section 26.
"""

import zlib
from itertools import islice

from comfyui_workflows.metadata.collected import MOST_PARTS, Content
from comfyui_workflows.metadata.containers import (
    GIF_HEADER,
    PNG_END,
    PNG_SUM,
    gif_body,
    gif_extensions,
    jpeg_segments,
    png_chunks,
)
from musings.files.marking.edits import Edit, inserted
from musings.files.marking.xmp import Mark, packet
from musings.files.metadata_removal.gif import APPLICATION

PNG_KEYWORD = b"XML:com.adobe.xmp\0"
PNG_SIGNED = b"caBX"
JPEG_NAME = b"http://ns.adobe.com/xap/1.0/\0"
JPEG_EXIF = b"Exif\0\0"
APP0, APP1, APP11 = b"\xe0", b"\xe1", b"\xeb"
MOST_SEGMENT = 65_533
GIF_APPLICATION, GIF_NAME = b"\x21\xff", b"XMP DataXMP"
# Whoever reads sub-blocks jumps into it somewhere, and is led to its end from anywhere.
GIF_TRAILER = b"\x01" + bytes(range(255, -1, -1)) + b"\x00"


def png(content: Content, mark: Mark) -> list[Edit]:
    """A text chunk behind the header; none where one is, and none in what is signed or cut off."""
    place, kind = None, b""
    for chunk in islice(png_chunks(content), MOST_PARTS):
        kind = chunk.kind
        has_packet = kind == b"iTXt" and content[chunk.first : chunk.first + len(PNG_KEYWORD)] == PNG_KEYWORD
        if chunk.last + PNG_SUM > len(content) or kind == PNG_SIGNED or has_packet:
            return []
        place = place or chunk.last + PNG_SUM
    if place is None or kind != PNG_END:
        return []
    # Not packed, no language, no name of its own.
    data = PNG_KEYWORD + b"\0\0\0\0" + packet(mark)
    named = b"iTXt" + data
    return [inserted(place, len(data).to_bytes(4, "big") + named + zlib.crc32(named).to_bytes(4, "big"))]


def jpeg(content: Content, mark: Mark) -> list[Edit]:
    """A segment behind those that must be first, JFIF's and EXIF's."""
    place, end, leading = 2, 2, True
    for segment in islice(jpeg_segments(content), MOST_PARTS):
        head, end = content[segment.first : segment.first + len(JPEG_NAME)], segment.last
        if segment.kind == APP11 or (segment.kind == APP1 and head == JPEG_NAME):
            return []
        leading = leading and (segment.kind == APP0 or (segment.kind == APP1 and head[: len(JPEG_EXIF)] == JPEG_EXIF))
        place = segment.last if leading else place
    if content[end : end + 2] != b"\xff\xda":
        return []  # no picture begins there
    data = JPEG_NAME + packet(mark)
    # A segment has no room for a long text.
    data = data if len(data) <= MOST_SEGMENT else JPEG_NAME + packet(Mark(mark.source))
    return [inserted(place, b"\xff\xe1" + (len(data) + 2).to_bytes(2, "big") + data)]


def gif(content: Content, mark: Mark) -> list[Edit]:
    """An application block behind the one that says how often it repeats."""
    if len(content) <= GIF_HEADER or content[len(content) - 1] != 0x3B:
        return []
    place = gif_body(content)
    for part in islice(gif_extensions(content), MOST_PARTS):
        if part.kind != APPLICATION or part.start != place:
            break
        name = content[part.first + 1 : part.first + 1 + len(GIF_NAME)]
        if name == GIF_NAME or name.startswith(b"C2PA"):
            return []
        place = part.last
    if place >= len(content):
        return []
    block = GIF_APPLICATION + bytes([len(GIF_NAME)]) + GIF_NAME + packet(mark) + GIF_TRAILER
    # The older version has no such blocks.
    return [Edit(3, 6, b"89a"), inserted(place, block)]
