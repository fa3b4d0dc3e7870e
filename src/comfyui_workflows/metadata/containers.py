"""The parts that media files are made of, as they follow each other. Pure.

For who reads their texts (this package), who takes them out and who puts a mark in. Sizes are as a file announces
them: a last part may end behind the file. What cannot be a part ends the walk. Each step gives a part, an empty one
where nothing is in it: who bounds the parts bounds the work.

Source: PNG (third edition, W3C 2025), section 5.3; ITU-T T.81, annex B (JPEG); RFC 9649 (RIFF, as in WebP); the GIF89a
specification, sections 17 to 26; RFC 9639, section 8 (FLAC); RFC 3533 (Ogg); ISO/IEC 14496-12 (MP4); RFC 8794,
section 4 (EBML, as in Matroska).
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from comfyui_workflows.metadata.collected import Content

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Length and type before the data, a check sum after it.
PNG_HEAD, PNG_SUM = 8, 4
PNG_END = b"IEND"
RIFF_HEADER, RIFF_HEAD = 12, 8
START_OF_SCAN, END_OF_IMAGE = 0xDA, 0xD9
WITHOUT_SEGMENT = (0x01, *range(0xD0, 0xD9))
FLAC_LAST = 0x80
OGG_START, OGG_HEAD, OGG_SEGMENTS = b"OggS", 27, 26
GIF_HEADER, GIF_DESCRIPTOR, GIF_EXTENSION, GIF_IMAGE = 13, 10, 0x21, 0x2C


@dataclass(frozen=True)
class ContainerPart:
    """``kind`` is its name as the file writes it. It begins at ``start``; its data are from ``first`` to ``last``."""

    kind: bytes
    start: int
    first: int
    last: int


def png_chunks(content: Content) -> Iterator[ContainerPart]:
    """Chunks up to the one that ends the picture, check sums not counted."""
    place = len(PNG_SIGNATURE)
    while place + PNG_HEAD <= len(content):
        kind, first = content[place + 4 : place + PNG_HEAD], place + PNG_HEAD
        last = first + int.from_bytes(content[place : place + 4], "big")
        yield ContainerPart(kind, place, first, last)
        if kind == PNG_END:
            return
        place = last + PNG_SUM


def riff_chunks(content: Content) -> Iterator[ContainerPart]:
    """The chunks of a RIFF file, those in lists not taken apart."""
    place = RIFF_HEADER
    while place + RIFF_HEAD <= len(content):
        first = place + RIFF_HEAD
        length = int.from_bytes(content[place + 4 : first], "little")
        yield ContainerPart(content[place : place + 4], place, first, first + length)
        # A chunk of an odd length is followed by one byte of nothing.
        place = first + length + length % 2


def jpeg_segments(content: Content) -> Iterator[ContainerPart]:
    """Segments before the first scan; ``kind`` is the one byte of the marker. What follows is the picture itself."""
    place = 2
    while place + 4 <= len(content) and content[place] == 0xFF:
        marker, first, last = content[place + 1], place + 4, place + 2
        if marker == 0xFF:  # a byte to fill up with
            first = last = place + 1
        elif marker in WITHOUT_SEGMENT:
            first = last
        else:
            length = int.from_bytes(content[place + 2 : first], "big")
            if marker in (START_OF_SCAN, END_OF_IMAGE) or length < 2:
                return
            last += length
        yield ContainerPart(bytes([marker]), place, first, last)
        place = last


def gif_body(content: Content) -> int:
    """Where the blocks of a GIF begin: behind its header and the table of colours."""
    return GIF_HEADER + _gif_table(content[10] if len(content) > GIF_HEADER else 0)


def gif_extensions(content: Content) -> Iterator[ContainerPart]:
    """Extensions; ``kind`` is the one byte of the label, the data are sub-blocks with the one that ends them."""
    place = gif_body(content)
    while place + 2 < len(content):
        start = place
        if content[place] == GIF_EXTENSION:
            place = _behind_sub_blocks(content, start + 2)
            yield ContainerPart(content[start + 1 : start + 2], start, start + 2, place)
        elif content[place] == GIF_IMAGE and place + GIF_DESCRIPTOR < len(content):
            table = _gif_table(content[place + GIF_DESCRIPTOR - 1])
            place = _behind_sub_blocks(content, start + GIF_DESCRIPTOR + table + 1)
        else:
            return  # what follows the last whole block shows nothing


def _gif_table(flags: int) -> int:
    """Bytes of a table of colours."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _behind_sub_blocks(content: Content, place: int) -> int:
    while place < len(content) and content[place]:
        place += 1 + content[place]
    return place + 1


def flac_blocks(content: Content) -> Iterator[ContainerPart]:
    """Metadata blocks; ``kind`` is their one byte without the bit that says which is the last."""
    place, is_last = 4, False
    while place + 4 <= len(content) and not is_last:
        kind, first = content[place], place + 4
        last = first + int.from_bytes(content[place + 1 : first], "big")
        yield ContainerPart(bytes([kind & ~FLAC_LAST]), place, first, last)
        place, is_last = last, bool(kind & FLAC_LAST)


@dataclass(frozen=True)
class OggPage:
    """``sizes`` are those of its segments, which begin at ``first``; a packet goes on while its segments are full."""

    serial: bytes
    start: int
    first: int
    sizes: bytes

    @property
    def last(self) -> int:
        return self.first + sum(self.sizes)


def ogg_pages(content: Content, start: int = 0) -> Iterator[OggPage]:
    """Pages from the one at ``start`` on."""
    place = start
    while place + OGG_HEAD <= len(content) and content[place : place + 4] == OGG_START:
        # The sizes of its segments are all that says how long a page is.
        sizes = content[place + OGG_HEAD : place + OGG_HEAD + content[place + OGG_SEGMENTS]]
        page = OggPage(content[place + 14 : place + 18], place, place + OGG_HEAD + len(sizes), sizes)
        yield page
        place = page.last


def mp4_boxes(content: Content, start: int, end: int) -> Iterator[ContainerPart]:
    """Boxes between two places. One that says it is larger than what it is in ends with it."""
    place = start
    while place + 8 <= end:
        size, kind, head = int.from_bytes(content[place : place + 4], "big"), content[place + 4 : place + 8], 8
        # Four bytes are too few for a film: then the size stands behind the type.
        if size == 1:
            size, head = int.from_bytes(content[place + 8 : place + 16], "big"), 16
        elif size == 0:
            size = end - place  # to the end
        if size < head:
            return
        yield ContainerPart(kind, place, place + head, min(place + size, end))
        place += size


@dataclass(frozen=True)
class EbmlElement:
    """``kind`` is its id with the bit that tells its length, as it is written."""

    kind: int
    start: int
    first: int
    last: int


def ebml_elements(content: Content, start: int, end: int, containers: Collection[int]) -> Iterator[EbmlElement]:
    """Elements between two places. ``containers`` are the ids that the caller walks into.

    Of unknown size, as a live stream has: such a container goes to the end, and what is in any other element follows as
    if it stood beside it.
    """
    place = start
    while place < end:
        kind, after_kind = _ebml_number(content, place, marked=True)
        size, first = _ebml_number(content, after_kind, marked=False)
        if kind is None:
            return
        if size is None and kind in containers:
            yield EbmlElement(kind, place, first, end)
            return
        # Without a size it is taken for empty, and the walk goes on with what is in it.
        last = first + (size or 0)
        yield EbmlElement(kind, place, first, min(last, end))
        place = last


def _ebml_number(content: Content, place: int, *, marked: bool) -> tuple[int | None, int]:
    """A number of one to eight bytes and where it ends; None for one that is no number, or says "unknown".

    ``marked``: with the bit that tells its length, as ids are written.
    """
    head = content[place] if place < len(content) else 0
    length = 9 - head.bit_length()
    if length > 8:
        return None, place + 1
    raw = int.from_bytes(content[place : place + length], "big")
    # Of seven bits in each byte; all of them set are no size.
    bare = raw & ((1 << 7 * length) - 1)
    unknown = not marked and bare == (1 << 7 * length) - 1
    return None if unknown else raw if marked else bare, place + length
