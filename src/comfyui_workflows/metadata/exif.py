"""Texts in Exif data, and in the JPEG and WebP files that carry it. Pure.

Source: Exif 3.0 (CIPA DC-008-2023), section 4.6: a TIFF header and directories of entries of twelve bytes each.
ComfyUI's WebP files have ``workflow:{…}`` and ``prompt:{…}`` as the texts of tags that mean something else.
"""

import re

from comfyui_workflows.metadata.collected import MOST_TEXT, CollectedTexts, Content, decoded
from comfyui_workflows.metadata.containers import jpeg_segments, riff_chunks

ASCII, UNDEFINED, BYTE = 2, 7, 1
EXIF_DIRECTORY, USER_COMMENT, DESCRIPTION, SOFTWARE, XP_COMMENT = 0x8769, 0x9286, 0x010E, 0x0131, 0x9C9C
NAMES = {USER_COMMENT: "usercomment", DESCRIPTION: "description", SOFTWARE: "software", XP_COMMENT: "comment"}
NAMED = re.compile(r"\s*(\w{1,40})\s*:\s*(?=[{\[])")
"""A text that begins with the name of what it holds."""
MOST_DIRECTORIES = 8
COMMENT, APP1 = b"\xfe", b"\xe1"


def read_jpeg(content: Content, found: CollectedTexts) -> None:
    """Collect the texts of a JPEG: those of its Exif data, and its comments."""
    for segment in found.within_bounds(jpeg_segments(content)):
        data = content[segment.first : segment.last]
        if segment.kind == APP1 and data.startswith(b"Exif\0"):
            read_tiff(data[6:], found)
        elif segment.kind == COMMENT:
            found.keep("comment", decoded(data))


def read_webp(content: Content, found: CollectedTexts) -> None:
    """Collect the texts of a WebP, whose Exif data is a chunk of RIFF."""
    for chunk in found.within_bounds(riff_chunks(content)):
        if chunk.kind == b"EXIF":
            data = content[chunk.first : min(chunk.last, chunk.first + MOST_TEXT)]
            read_tiff(data.removeprefix(b"Exif\0\0"), found)


def read_tiff(data: bytes, found: CollectedTexts) -> None:
    """Collect the texts of Exif data without its ``Exif`` mark."""
    order = {b"II": "little", b"MM": "big"}.get(data[:2])
    if order is None:
        return
    little = order == "little"
    waiting, seen = [_number(data, 4, 4, little)], set[int]()
    # Each directory once: they can name each other in a circle.
    while waiting and len(seen) < MOST_DIRECTORIES:
        place = waiting.pop()
        if place in seen or not 8 <= place < len(data):
            continue
        seen.add(place)
        for number in range(_number(data, place, 2, little)):
            entry = place + 2 + 12 * number
            if entry + 12 > len(data) or not found.another():
                break
            if _number(data, entry, 2, little) == EXIF_DIRECTORY:
                waiting.append(_number(data, entry + 8, 4, little))
            else:
                _entry(data, entry, little, found)


def _entry(data: bytes, entry: int, little: bool, found: CollectedTexts) -> None:
    tag, kind, count = (_number(data, entry + at, size, little) for at, size in ((0, 2), (2, 2), (4, 4)))
    if kind not in (ASCII, UNDEFINED, BYTE) or count > MOST_TEXT:
        return
    start = entry + 8 if count <= 4 else _number(data, entry + 8, 4, little)
    raw = data[start : start + count]
    if tag == USER_COMMENT:
        text = _commented(raw, little)
    elif tag == XP_COMMENT:
        text = raw.decode("utf-16-le", "replace")
    elif kind == ASCII or tag in NAMES:
        text = decoded(raw.rstrip(b"\0"))
    else:
        return
    if named := NAMED.match(text):
        found.keep(named[1], text[named.end() :])
    else:
        found.keep(NAMES.get(tag, f"exif {tag:#06x}"), text)


def _commented(raw: bytes, little: bool) -> str:
    """A comment, whose first eight bytes name its encoding."""
    mark, text = raw[:8].rstrip(b"\0 "), raw[8:]
    if mark == b"UNICODE":
        # Writers disagree about the order of its bytes; a Latin letter tells.
        little = text[1:2] == b"\0" if b"\0" in text[:2] else little
        return text.decode("utf-16-le" if little else "utf-16-be", "replace")
    return decoded(text if mark in (b"ASCII", b"") else raw)


def _number(data: bytes, place: int, size: int, little: bool) -> int:
    return int.from_bytes(data[place : place + size], "little" if little else "big")
