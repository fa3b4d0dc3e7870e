"""Texts in MP4, MOV and M4A films and sounds, and in AVIF and HEIC pictures.

Source: ISO/IEC 14496-12 (boxes, ``free``, ``iinf``, ``iloc``), Apple's "QuickTime File Format Specification", and the
XMP specification, part 3. What is signed (C2PA's ``uuid`` box) stays as it came.
"""

from collections.abc import Iterator
from itertools import islice

from comfyui_workflows.metadata.collected import MOST_PARTS, Content
from comfyui_workflows.metadata.containers import ContainerPart, mp4_boxes
from musings.files.metadata_removal import tiff
from musings.files.metadata_removal.spans import Span, zeros

MARK = b"ftyp"
PICTURES = (b"avif", b"avis", b"heic", b"heix", b"mif1", b"msf1")
TEXTS = (b"udta", b"meta")
INSIDE = (b"moov", b"trak")
XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
FREE = b"free"
DEEPEST = 6


def blanked(content: Content) -> Iterator[Span]:
    """Each box of texts becomes one of the same length that every reader passes over."""
    if content[8:12] in PICTURES:
        return _of_picture(content)
    return _of_film(content, 0, len(content), 0)


def _of_film(content: Content, start: int, end: int, depth: int) -> Iterator[Span]:
    for box in _boxes(content, start, end):
        if box.kind in INSIDE and depth < DEEPEST:
            yield from _of_film(content, box.first, box.last, depth + 1)
        # The type alone would do; the words themselves must not be in what is sent.
        elif box.kind in TEXTS or (box.kind == b"uuid" and content[box.first : box.first + 16] == XMP):
            yield Span(box.start + 4, FREE)
            yield zeros(box.first, box.last)


def _of_picture(content: Content) -> Iterator[Span]:
    """The items of a picture that are EXIF or a text; the box that lists them is what the picture is found by."""
    for box in _boxes(content, 0, len(content)):
        # This one stays: without it nothing says where the pixels are.
        if box.kind != b"meta":
            continue
        inner = {each.kind: (each.first, each.last) for each in _boxes(content, box.first + 4, box.last)}
        if b"iinf" not in inner or b"iloc" not in inner:
            continue
        kinds = dict(_item_kinds(content, *inner[b"iinf"]))
        data = inner.get(b"idat", (0, 0))[0]
        for item, begin, end in _item_places(content, *inner[b"iloc"], data):
            if kinds.get(item) == b"Exif":
                # A length stands before it: of what comes before the TIFF header.
                header = begin + 4 + int.from_bytes(content[begin : begin + 4], "big")
                yield from tiff.blanked(content, header if header < end else begin, min(end, len(content)))
            # XMP is a text of XML, for which spaces are nothing.
            elif kinds.get(item) == b"mime":
                yield Span(begin, b" " * max(0, min(end, len(content)) - begin))


def _item_kinds(content: Content, first: int, last: int) -> Iterator[tuple[int, bytes]]:
    wide = content[first] if first < last else 0
    for box in _boxes(content, first + (6 if wide == 0 else 8), last):
        begin = box.first
        if box.kind == b"infe" and begin < box.last and content[begin] >= 2:
            size = 2 if content[begin] == 2 else 4
            number = int.from_bytes(content[begin + 4 : begin + 4 + size], "big")
            yield number, content[begin + 6 + size : begin + 10 + size]


def _item_places(content: Content, first: int, last: int, data: int) -> Iterator[tuple[int, int, int]]:
    """Each extent of an item: the item, and where it begins and ends. ``data``: where ``idat`` keeps its bytes."""
    place = first + 4

    def number(size: int) -> int:
        nonlocal place
        place += size
        return int.from_bytes(content[place - size : min(place, last)], "big")

    version, sizes = content[first] if first < last else 0, number(2)
    offset_size, length_size, base_size = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    index_size = sizes & 15 if version else 0
    for _ in range(min(number(4 if version == 2 else 2), MOST_PARTS)):
        if place >= last:
            return
        item = number(4 if version == 2 else 2)
        method = number(2) & 15 if version else 0
        number(2)  # in which file
        base = number(base_size) + (data if method == 1 else 0)
        for _ in range(min(number(2), MOST_PARTS)):
            if place >= last:
                return
            number(index_size)
            start = base + number(offset_size)
            yield item, start, start + number(length_size)


def _boxes(content: Content, start: int, end: int) -> Iterator[ContainerPart]:
    return islice(mp4_boxes(content, start, end), MOST_PARTS)
