"""XMP in MP4 and MOV, and a tag in WebM and Matroska, which have no place for XMP.

Source: XMP specification, part 3, section 1.2.7 (the ``uuid`` box of MPEG-4); the C2PA specification 2.2, section A.5;
RFC 9559, section 5.1.8 (``Tags``); RFC 8794 (EBML).
"""

import zlib
from itertools import islice

from comfyui_workflows.metadata.collected import MOST_PARTS, Content
from comfyui_workflows.metadata.containers import ContainerPart, EbmlElement, ebml_elements, mp4_boxes
from musings.files.marking.edits import Edit, inserted
from musings.files.marking.xmp import Mark, packet
from musings.files.metadata_removal.matroska import LARGEST_HEAD, SEGMENT, TAGS, VOID, void
from musings.files.metadata_removal.mp4 import XMP

C2PA = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
SEEK_HEAD = 0x114D9B74
CRC_HEAD, CRC_BYTES = b"\xbf\x84", 6
TAG_NAME = b"DIGITAL_SOURCE_TYPE"


def mp4(content: Content, mark: Mark) -> list[Edit]:
    """A box at the end, where it moves nothing: the film says by their places where its pictures are."""
    boxes = whole_boxes(content)
    if boxes is None or not any(box.kind == b"moov" for box in boxes):
        return []
    # An index of a film in pieces is found from the end of the file.
    last = boxes[-1]
    place = last.start if last.kind == b"mfra" else last.last
    data = b"uuid" + XMP + packet(mark)
    return [inserted(place, (len(data) + 4).to_bytes(4, "big") + data)]


def whole_boxes(content: Content) -> list[ContainerPart] | None:
    """The boxes of a file. None for one that is cut off or goes on to its end, is signed, or has XMP in such a box."""
    boxes = list(islice(mp4_boxes(content, 0, len(content)), MOST_PARTS))
    for box in boxes:
        signed = box.kind == b"uuid" and content[box.first : box.first + 16] in (XMP, C2PA)
        size = int.from_bytes(content[box.start : box.start + 4], "big")
        if size == 1:
            size = int.from_bytes(content[box.start + 8 : box.start + 16], "big")
        # Of no size it goes to the end, whatever stands there; of a larger one than there is it is cut off.
        if signed or box.start + size != box.last:
            return None
    return boxes if boxes and boxes[-1].last == len(content) else None


def matroska(content: Content, mark: Mark) -> list[Edit]:
    """A tag at the end of the file, to which the list of what is where leads, if there is room behind it."""
    tags = _tags(mark)
    segment = next((each for each in _within(content, 0, len(content)) if each.kind == SEGMENT), None)
    if segment is None:
        return []
    elements = _within(content, segment.first, segment.last)
    if any(each.kind == TAGS and TAG_NAME in content[each.start : each.last] for each in elements):
        return []
    width = segment.first - segment.start - 4
    size = segment.last - segment.first
    if not 0 < width < LARGEST_HEAD or size + len(tags) > (1 << 7 * width) - 2:
        return []
    # A stream has no end to be told; one that is cut off has none that is right.
    if int.from_bytes(content[segment.start + 4 : segment.first], "big") != size | 1 << 7 * width:
        return []
    if segment.last != len(content) or not elements or elements[-1].last != segment.last:
        return []
    grown = (size + len(tags) | 1 << 7 * width).to_bytes(width, "big")
    listed = _listed(content, elements, size)
    return [Edit(segment.start + 4, segment.first, grown), *listed, inserted(len(content), tags)]


def _listed(content: Content, elements: list[EbmlElement], place: int) -> list[Edit]:
    """What stands at ``place`` in the segment, in the list that begins it; nothing where no empty stretch follows."""
    if len(elements) < 2 or (elements[0].kind, elements[1].kind) != (SEEK_HEAD, VOID):
        return []
    head, empty = elements[:2]
    rest = content[head.first : head.last]
    has_sum = rest[:2] == CRC_HEAD
    seek = _element(0x4DBB, _element(0x53AB, TAGS.to_bytes(4, "big")) + _element(0x53AC, place.to_bytes(8, "big")))
    entries = (rest[CRC_BYTES:] if has_sum else rest) + seek
    # RFC 8794, section 11.3.1: over what follows it, in the other order of bytes.
    body = (CRC_HEAD + zlib.crc32(entries).to_bytes(4, "little") if has_sum else b"") + entries
    made = _element(SEEK_HEAD, body)
    left = empty.last - head.start - len(made)
    # Two bytes are the smallest element that fills what is left.
    return [Edit(head.start, empty.last, made + void(left))] if left >= 2 else []


def _within(content: Content, start: int, end: int) -> list[EbmlElement]:
    return list(islice(ebml_elements(content, start, end, (SEGMENT,)), MOST_PARTS))


def _tags(mark: Mark) -> bytes:
    simple = _element(0x67C8, _element(0x45A3, TAG_NAME) + _element(0x4487, mark.source.address.encode("ascii")))
    # Without targets it is about the whole file.
    return _element(TAGS, _element(0x7373, _element(0x63C0, b"") + simple))


def _element(kind: int, data: bytes) -> bytes:
    return kind.to_bytes((kind.bit_length() + 7) // 8, "big") + (len(data) | 0x4000).to_bytes(2, "big") + data
