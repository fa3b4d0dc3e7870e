"""XMP in RIFF files: WebP, WAV and AVI.

Source: RFC 9649 (WebP), sections 2.5 to 2.7, and 3.4 for the size of a lossless picture; RFC 6386, section 9.1,
for that of any other; XMP specification, part 3, section 2.3.4 (``_PMX``).
"""

from itertools import islice

from comfyui_workflows.metadata.collected import MOST_PARTS, Content
from comfyui_workflows.metadata.containers import RIFF_HEADER, ContainerPart, riff_chunks
from musings.files.marking.edits import Edit, inserted
from musings.files.marking.xmp import Mark, packet

SIGNED, EXTENDED = b"C2PA", b"VP8X"
NAMES = {b"WEBP": b"XMP ", b"WAVE": b"_PMX", b"AVI ": b"_PMX"}
HAS_XMP, HAS_ALPHA = 0x04, 0x10
LARGEST = 0xFFFFFFFF


def riff(content: Content, mark: Mark) -> list[Edit]:
    """A chunk behind the others, announced where the format has a place for that."""
    form, size = content[8:12], int.from_bytes(content[4:8], "little")
    chunks = list(islice(riff_chunks(content), MOST_PARTS))
    kinds = {chunk.kind for chunk in chunks}
    name = NAMES.get(form)
    # What says another length than it has is a stream, or broken: another chunk would not be found.
    if not chunks or name is None or {name, SIGNED} & kinds or size + 8 != len(content) or size % 2:
        return []
    if chunks[-1].last + (chunks[-1].last - chunks[-1].first) % 2 != len(content):
        return []
    words = packet(mark)
    chunk = name + len(words).to_bytes(4, "little") + words + bytes(len(words) % 2)
    announced = _announced(content, chunks[0]) if form == b"WEBP" else []
    if announced is None:
        return []
    size += len(chunk) + sum(edit.growth for edit in announced)
    if size > LARGEST:
        return []
    return [Edit(4, 8, size.to_bytes(4, "little")), *announced, inserted(len(content), chunk)]


def _announced(content: Content, first: ContainerPart) -> list[Edit] | None:
    """The header that says what a WebP has; None for a picture that is none."""
    if first.kind == EXTENDED:
        return [Edit(first.first, first.first + 1, bytes([content[first.first] | HAS_XMP]))]
    found = _size_of(first.kind, content[first.first : first.first + 10])
    if found is None:
        return None
    width, height, has_alpha = found
    flags = HAS_XMP | (HAS_ALPHA if has_alpha else 0)
    body = bytes([flags, 0, 0, 0]) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return [inserted(RIFF_HEADER, EXTENDED + len(body).to_bytes(4, "little") + body)]


def _size_of(kind: bytes, head: bytes) -> tuple[int, int, bool] | None:
    """Width and height in pixels, and whether anything is seen through; None where it cannot be said."""
    if kind == b"VP8L" and head[:1] == b"\x2f" and len(head) >= 5:
        bits = int.from_bytes(head[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, bool(bits >> 28 & 1)
    if kind == b"VP8 " and head[3:6] == b"\x9d\x01\x2a" and len(head) == 10:
        width, height = (int.from_bytes(head[place : place + 2], "little") & 0x3FFF for place in (6, 8))
        return (width, height, False) if width and height else None
    return None
