"""XMP in AVIF and HEIC pictures: one more item, and its bytes in a box at the end.

Source: ISO/IEC 14496-12 (``meta``, ``iinf``, ``infe``, ``iref``, ``iloc``); ISO/IEC 23008-12 (HEIF), annex A.3: an item
of type ``mime`` and content type ``application/rdf+xml``, with a reference ``cdsc`` to the picture that it is about.

The box that lists the items grows, so all that lies behind it moves; what says where the pixels are is told so. A file
in which anything else counts bytes from its beginning (a sequence has ``moov``) is left as it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice

from comfyui_workflows.metadata.collected import MOST_PARTS, Content
from comfyui_workflows.metadata.containers import ContainerPart, mp4_boxes
from musings.files.marking.edits import Edit, inserted
from musings.files.marking.films import whole_boxes
from musings.files.marking.xmp import Mark, packet

HEAD, SMALLEST = 8, 4
RDF = b"application/rdf+xml"
LARGEST_META = 1 << 20
"""Bytes: a list of hundreds of tiles has some thousands."""
LARGEST_ID = 0xFFFF
ONCE = (b"hdlr", b"pitm", b"iinf", b"iloc")
MOVING = (b"moov", b"moof")


@dataclass(frozen=True)
class _Place:
    """Where the bytes of an item are. ``extents``: an index, an offset and a length of each."""

    item: int
    method: int
    source: int
    base: int
    extents: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True)
class _Places:
    """``iloc``. Sizes are those of its fields in bytes: 0, 4 or 8."""

    version: int
    offset_size: int
    length_size: int
    base_size: int
    index_size: int
    places: tuple[_Place, ...]

    def box(self) -> bytes:
        """Raises ``OverflowError`` where a number has no room in its field."""
        id_size = 4 if self.version == 2 else 2
        sizes = self.offset_size << 12 | self.length_size << 8 | self.base_size << 4 | self.index_size
        out = [bytes([self.version, 0, 0, 0]), sizes.to_bytes(2, "big"), len(self.places).to_bytes(id_size, "big")]
        for each in self.places:
            out.append(each.item.to_bytes(id_size, "big"))
            out.append(each.method.to_bytes(2, "big") if self.version else b"")
            out += [each.source.to_bytes(2, "big"), each.base.to_bytes(self.base_size, "big")]
            out.append(len(each.extents).to_bytes(2, "big"))
            for index, offset, length in each.extents:
                out.append(index.to_bytes(self.index_size, "big") if self.version else b"")
                out += [offset.to_bytes(self.offset_size, "big"), length.to_bytes(self.length_size, "big")]
        return _box(b"iloc", b"".join(out))


@dataclass(frozen=True)
class _Listed:
    """What ``meta`` says. ``items`` are all numbers that are taken, ``packets`` those of items that are XMP."""

    parts: list[ContainerPart]
    primary: int
    places: _Places
    items: set[int] = field(default_factory=set)
    packets: set[int] = field(default_factory=set)


class _OddPictureError(ValueError):
    """A file that is built in a way that is not known here."""


def heif(content: Content, mark: Mark) -> list[Edit]:
    """Another ``meta``, and the packet behind everything else."""
    boxes = whole_boxes(content)
    metas = [box for box in boxes or () if box.kind == b"meta"]
    if boxes is None or len(metas) != 1 or any(box.kind in MOVING for box in boxes):
        return []
    [meta] = metas
    if meta.first - meta.start != HEAD or meta.last - meta.start > LARGEST_META:
        return []
    data = packet(mark)
    try:
        listed = _read(content, meta)
        made = _with_packet(content, meta, listed, len(data))
    # A number that has no room in its field, and anything that is not as it is written down.
    except (OverflowError, _OddPictureError):
        return []
    return [Edit(meta.start, meta.last, made), inserted(len(content), _box(b"mdat", data))]


def _with_packet(content: Content, meta: ContainerPart, listed: _Listed, length: int) -> bytes:
    if len(listed.packets) > 1 or any(not _is_blank(content, listed, item) for item in listed.packets):
        raise _OddPictureError  # of another program
    # One that was blanked with the other texts is taken for ours: it is in the lists already.
    free = next((each for each in range(1, LARGEST_ID) if each not in listed.items), LARGEST_ID)
    item = next(iter(listed.packets), free)
    is_new = not listed.packets
    # The length is that of the fields, whatever is in them: so it is known before the places are.
    growth = len(_meta(content, meta, listed, _moved(listed.places, meta, 0, item, 0, length), item, is_new))
    growth -= meta.last - meta.start
    place = len(content) + growth + HEAD
    moved = _moved(listed.places, meta, growth, item, place, length)
    return _meta(content, meta, listed, moved, item, is_new)


def _meta(content: Content, meta: ContainerPart, listed: _Listed, places: _Places, item: int, is_new: bool) -> bytes:
    out = [bytes(content[meta.first : meta.first + 4])]
    has_references = any(part.kind == b"iref" for part in listed.parts)
    for part in listed.parts:
        if part.kind == b"iloc":
            out.append(places.box())
        elif part.kind == b"iinf" and is_new:
            out.append(_one_more(content, part, _entry(item)))
            if not has_references:
                out.append(_box(b"iref", bytes(4) + _reference(item, listed.primary, 2)))
        elif part.kind == b"iref" and is_new:
            wide = 4 if content[part.first] else 2
            body = bytes(content[part.first : part.last]) + _reference(item, listed.primary, wide)
            out.append(_box(b"iref", body))
        else:
            out.append(bytes(content[part.start : part.last]))
    return _box(b"meta", b"".join(out))


def _moved(places: _Places, meta: ContainerPart, growth: int, item: int, place: int, length: int) -> _Places:
    """All that lies behind ``meta`` so much further, and the packet of ``length`` bytes at ``place``."""
    kept = [_shifted(places, each, meta, growth) for each in places.places if each.item != item]
    by_offset = places.offset_size > 0
    mine = _Place(item, 0, 0, 0 if by_offset else place, ((0, place if by_offset else 0, length),))
    return replace(places, places=(*kept, mine))


def _shifted(places: _Places, given: _Place, meta: ContainerPart, growth: int) -> _Place:
    # In `idat`, in another item or in another file: counted from elsewhere.
    if given.method != 0 or given.source != 0:
        return given
    begins = [given.base + offset for _, offset, _ in given.extents]
    # Without a length it is the whole file; within the box it is what is written anew.
    if any(length == 0 for *_, length in given.extents) or any(meta.start <= each < meta.last for each in begins):
        raise _OddPictureError
    if places.offset_size == 0:
        behind = any(each >= meta.last for each in begins)
        return replace(given, base=given.base + growth if behind else given.base)
    extents = tuple(
        (index, offset + growth if given.base + offset >= meta.last else offset, length)
        for index, offset, length in given.extents
    )
    return replace(given, extents=extents)


def _read(content: Content, meta: ContainerPart) -> _Listed:
    parts = list(islice(mp4_boxes(content, meta.first + 4, meta.last), MOST_PARTS))
    # Each by its own size, without a gap to the end.
    sizes = [int.from_bytes(content[each.start : each.start + 4], "big") for each in parts]
    whole = all(each.start + size == each.last for each, size in zip(parts, sizes, strict=True))
    by_kind = {each.kind: each for each in parts}
    counts = [sum(each.kind == kind for each in parts) for kind in ONCE]
    if not whole or not parts or parts[-1].last != meta.last or set(counts) != {1}:
        raise _OddPictureError
    # Each has a version and flags.
    if any(each.last - each.first < SMALLEST for each in parts if each.kind in (*ONCE, b"iref")):
        raise _OddPictureError
    if content[by_kind[b"hdlr"].first + 8 : by_kind[b"hdlr"].first + 12] != b"pict":
        raise _OddPictureError
    kinds = dict(_items(content, by_kind[b"iinf"]))
    pitm = by_kind[b"pitm"]
    primary = int.from_bytes(content[pitm.first + 4 : pitm.last], "big")
    places = _places(content, by_kind[b"iloc"])
    # Groups of items have numbers from the same row.
    groups = [each for part in parts if part.kind == b"grpl" for each in mp4_boxes(content, part.first, part.last)]
    numbers = {int.from_bytes(content[each.first + 4 : each.first + 8], "big") for each in groups[:MOST_PARTS]}
    items = {*kinds, primary, *(each.item for each in places.places), *numbers}
    return _Listed(parts, primary, places, items, {item for item, is_packet in kinds.items() if is_packet})


def _items(content: Content, part: ContainerPart) -> Iterator[tuple[int, bool]]:
    """Each item of ``iinf``, and whether it is XMP."""
    wide = 2 if content[part.first] == 0 else 4
    count = int.from_bytes(content[part.first + 4 : part.first + 4 + wide], "big")
    entries = list(islice(mp4_boxes(content, part.first + 4 + wide, part.last), MOST_PARTS))
    if count != len(entries) or not entries or entries[-1].last != part.last:
        raise _OddPictureError
    for entry in entries:
        version = content[entry.first] if entry.first < entry.last else 0
        if entry.kind != b"infe" or version not in (2, 3):
            raise _OddPictureError
        size = 2 if version == 2 else 4
        number, place = entry.first + 4, entry.first + 6 + size
        # The type, then a name that ends with zero, then for a text what it is.
        words = bytes(content[place + 4 : min(entry.last, place + 1_000)]).split(b"\0")
        is_packet = content[place : place + 4] == b"mime" and len(words) > 1 and words[1] == RDF
        yield int.from_bytes(content[number : number + size], "big"), is_packet


def _places(content: Content, part: ContainerPart) -> _Places:
    at = part.first + 4

    def number(size: int) -> int:
        nonlocal at
        at += size
        if at > part.last:
            raise _OddPictureError
        return int.from_bytes(content[at - size : at], "big")

    version, sizes = content[part.first], number(2)
    offset_size, length_size, base_size = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    index_size = sizes & 15 if version else 0
    if version > 2 or not {offset_size, length_size, base_size, index_size} <= {0, 4, 8}:
        raise _OddPictureError
    # Without a length an item is the whole file, and fields of no size could be counted without end.
    if length_size == 0 or (offset_size == 0 and base_size == 0):
        raise _OddPictureError
    found = []
    id_size = 4 if version == 2 else 2
    for _ in range(number(id_size)):
        item, method = number(id_size), number(2) if version else 0
        source, base = number(2), number(base_size)
        extents = tuple((number(index_size), number(offset_size), number(length_size)) for _ in range(number(2)))
        found.append(_Place(item, method, source, base, extents))
        if len(found) > MOST_PARTS:
            raise _OddPictureError
    if at != part.last:
        raise _OddPictureError
    return _Places(version, offset_size, length_size, base_size, index_size, tuple(found))


def _is_blank(content: Content, listed: _Listed, item: int) -> bool:
    """Whether an item is nothing but spaces, as one is left whose words were taken out."""
    mine = [each for each in listed.places.places if each.item == item]
    if len(mine) != 1 or mine[0].method != 0 or mine[0].source != 0:
        return False
    begins = [(mine[0].base + offset, length) for _, offset, length in mine[0].extents]
    if any(start + length > len(content) for start, length in begins):
        return False
    return all(not bytes(content[start : start + length]).strip(b" ") for start, length in begins)


def _one_more(content: Content, part: ContainerPart, entry: bytes) -> bytes:
    wide = 2 if content[part.first] == 0 else 4
    after = part.first + 4 + wide
    count = int.from_bytes(content[part.first + 4 : after], "big") + 1
    body = bytes(content[part.first : part.first + 4]) + count.to_bytes(wide, "big")
    return _box(b"iinf", body + bytes(content[after : part.last]) + entry)


def _entry(item: int) -> bytes:
    """Of version 2, not protected, without a name."""
    return _box(b"infe", b"\x02\0\0\0" + item.to_bytes(2, "big") + b"\0\0mime\0" + RDF + b"\0")


def _reference(item: int, primary: int, wide: int) -> bytes:
    """``item`` describes the picture that is shown."""
    return _box(b"cdsc", item.to_bytes(wide, "big") + b"\0\x01" + primary.to_bytes(wide, "big"))


def _box(kind: bytes, data: bytes) -> bytes:
    return (len(data) + HEAD).to_bytes(4, "big") + kind + data
